// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: timeline - which step of a transition took how long
 *
 * Steps are noted when they begin and when they end, in a table of fixed size. When it is
 * full, the oldest one is forgotten: a user wants to know where a transition ended.
 *
 * Three kernels are at work in a transition that succeeds: the saving kernel, the boot
 * kernel, and the saving kernel again, as it was when memory was copied. What it did after
 * the copy is not in its memory then. So its steps are a list of the image, and the boot
 * kernel gives those after the copy to the restored kernel, with its own. Each kernel has a
 * clock of its own. Boots before that began to load the image and did not resume it are
 * told of by its black box, see blackbox.c.
 *
 * No state, any context.
 */
#include "timeline.h"
#include "leaf.h"

#define NS_IN_MS	1000000u
#define NS_IN_US	1000u

/**
 * hib_timeline_start() - From now on another kernel is at work.
 * @t: The table.
 * @kernel: Which one.
 * @start_ns: When it began.
 */
void hib_timeline_start(struct hib_timeline *t, enum hib_timeline_kernel kernel, u64 start_ns)
{
	t->kernel = kernel;
	t->start_ns = start_ns;
}

static struct hib_timeline_step *timeline_add(struct hib_timeline *t)
{
	if (t->nr == HIB_TIMELINE_STEPS) {
		memmove(t->steps, t->steps + 1, sizeof(t->steps) - sizeof(t->steps[0]));
		t->nr--;
		t->nr_lost++;
	}
	t->steps[t->nr] = (struct hib_timeline_step) {};
	return &t->steps[t->nr++];
}

/**
 * hib_timeline_begin() - Note that a step begins.
 * @t: The table.
 * @name: Its name; what is too long is cut off.
 * @leave: It is left, not entered.
 * @now_ns: The time.
 */
void hib_timeline_begin(struct hib_timeline *t, const char *name, bool leave, u64 now_ns)
{
	struct hib_timeline_step *step = timeline_add(t);
	u64 since = now_ns > t->start_ns ? now_ns - t->start_ns : 0;

	strscpy(step->name, name, sizeof(step->name));
	step->kernel = t->kernel;
	step->leave = leave;
	step->begin_ms = min_t(u64, div_u64(since, NS_IN_MS), U32_MAX);
	/* Until it ends: where in the millisecond it began. */
	step->took_us = div_u64(since, NS_IN_US) % 1000;
}

/* The step that is under way; NULL: none. Steps do not nest, and those of others do not count. */
static struct hib_timeline_step *timeline_open_step(struct hib_timeline *t)
{
	for (u32 i = t->nr; i--;)
		if (t->steps[i].kernel == t->kernel)
			return t->steps[i].ended ? NULL : &t->steps[i];
	return NULL;
}

/**
 * hib_timeline_moved() - Note how much was read from devices and written to them.
 * @t: The table. What was moved since the last call is that of the step that is under way.
 * @bytes: All that this transition moved until now. If it is less than it was, it is counted
 *	from there.
 */
void hib_timeline_moved(struct hib_timeline *t, u64 bytes)
{
	struct hib_timeline_step *step = timeline_open_step(t);

	if (step && bytes > t->moved)
		step->bytes += bytes - t->moved;
	t->moved = bytes;
}

/**
 * hib_timeline_end() - Note that a step has ended.
 * @t: The table. If the step is not there, nothing happens.
 * @name: Name of the step.
 * @leave: It was left.
 * @ret: What it returned.
 * @now_ns: The time.
 */
void hib_timeline_end(struct hib_timeline *t, const char *name, bool leave, int ret, u64 now_ns)
{
	u64 now_us = now_ns > t->start_ns ? div_u64(now_ns - t->start_ns, NS_IN_US) : 0;

	for (u32 i = t->nr; i--;) {
		struct hib_timeline_step *step = &t->steps[i];
		u64 began_us = 1000ull * step->begin_ms + step->took_us;

		if (step->ended || step->leave != leave || step->kernel == HIB_TIMELINE_FAILED ||
		    strncmp(step->name, name, sizeof(step->name) - 1))
			continue;
		step->ended = true;
		step->ret = ret;
		step->took_us = now_us > began_us ? min_t(u64, now_us - began_us, U32_MAX) : 0;
		return;
	}
}

/* The restored kernel has those in its memory. */
static bool timeline_is_known(const struct hib_timeline_step *step)
{
	return step->kernel == HIB_TIMELINE_SAVING;
}

/**
 * hib_timeline_give() - Copy the last steps for the restored kernel.
 * @t: The table. Steps before the copy are left out.
 * @steps: Receives them.
 * @most: Room there.
 *
 * Return: How many were copied.
 */
u32 hib_timeline_give(const struct hib_timeline *t, struct hib_timeline_step *steps, u32 most)
{
	u32 wanted = 0, nr = 0;

	for (u32 i = 0; i < t->nr; i++)
		wanted += !timeline_is_known(&t->steps[i]);
	for (u32 i = 0; i < t->nr; i++)
		if (!timeline_is_known(&t->steps[i]) && wanted-- <= most)
			steps[nr++] = t->steps[i];
	return nr;
}

static bool timeline_is_sound(const struct hib_timeline_step *step)
{
	size_t length = strnlen(step->name, sizeof(step->name));

	if (!length || length == sizeof(step->name) || step->kernel >= HIB_TIMELINE_KERNELS)
		return false;
	for (size_t i = 0; i < length; i++)
		if (step->name[i] <= ' ' || step->name[i] > '~')
			return false;
	return true;
}

/**
 * hib_timeline_take() - Put the steps of another kernel behind those that are there.
 * @t: The table.
 * @steps: From hib_timeline_give() of another kernel. What cannot be right is left out.
 * @nr: How many.
 */
void hib_timeline_take(struct hib_timeline *t, const struct hib_timeline_step *steps, u32 nr)
{
	for (u32 i = 0; i < nr; i++)
		if (timeline_is_sound(&steps[i]))
			*timeline_add(t) = steps[i];
}

/**
 * hib_timeline_encode() - A step as bytes on disk.
 * @step: The step.
 * @disk: Receives it.
 */
void hib_timeline_encode(const struct hib_timeline_step *step, struct hib_disk_step *disk)
{
	*disk = (struct hib_disk_step) {
		.begin_ms = cpu_to_le32(step->begin_ms),
		.took_us = cpu_to_le32(step->took_us),
		.ret = cpu_to_le32(step->ret),
		.kernel = step->kernel,
		.leave = step->leave,
		.ended = step->ended,
		.bytes = cpu_to_le64(step->bytes),
	};
	memcpy(disk->name, step->name, sizeof(disk->name));
}

/**
 * hib_timeline_decode() - A step from bytes on disk.
 * @disk: They.
 * @step: Receives it, for hib_timeline_take(), which leaves out what cannot be right.
 */
void hib_timeline_decode(const struct hib_disk_step *disk, struct hib_timeline_step *step)
{
	*step = (struct hib_timeline_step) {
		.begin_ms = le32_to_cpu(disk->begin_ms),
		.took_us = le32_to_cpu(disk->took_us),
		.ret = le32_to_cpu(disk->ret),
		.kernel = disk->kernel,
		.leave = !!disk->leave,
		.ended = !!disk->ended,
		.bytes = le64_to_cpu(disk->bytes),
	};
	memcpy(step->name, disk->name, sizeof(step->name));
}

/**
 * hib_timeline_build() - Put the last steps into a leaf.
 * @t: The table.
 * @leaf: Receives them, for hib_leaf_close().
 *
 * Return: How many they are; no more than fit.
 */
u32 hib_timeline_build(const struct hib_timeline *t, struct hib_disk_leaf *leaf)
{
	struct hib_disk_step *disk = (struct hib_disk_step *)leaf->data;
	u32 nr = min(t->nr, hib_leaf_capacity(HIB_LEAF_LOG));

	for (u32 i = 0; i < nr; i++)
		hib_timeline_encode(&t->steps[t->nr - nr + i], &disk[i]);
	return nr;
}

/**
 * hib_timeline_read() - Put the saving kernel's steps, from a leaf, behind those that are there.
 * @leaf: Was checked. What cannot be right, or is of another kernel, is left out.
 * @nr: Steps in it.
 * @t: The table.
 */
void hib_timeline_read(const struct hib_disk_leaf *leaf, u32 nr, struct hib_timeline *t)
{
	const struct hib_disk_step *disk = (const struct hib_disk_step *)leaf->data;

	for (u32 i = 0; i < min(nr, hib_leaf_capacity(HIB_LEAF_LOG)); i++) {
		struct hib_timeline_step step;

		hib_timeline_decode(&disk[i], &step);
		if (step.kernel <= HIB_TIMELINE_WRITING)
			hib_timeline_take(t, &step, 1);
	}
}

/**
 * hib_timeline_line() - A step as a line of text.
 * @step: The step.
 * @line: Receives kernel, way, name, start in ms, time in us, result and bytes, and an end of
 *	line. A step that has not ended has "-" for time and result.
 *
 * Return: Length of the line.
 */
int hib_timeline_line(const struct hib_timeline_step *step, char line[HIB_TIMELINE_LINE_BYTES])
{
	static const char * const kernels[] = {
		"saving", "writing", "failed", "boot", "restored"
	};
	const char *way = step->leave ? "leave" : "enter";

	if (!step->ended)
		return snprintf(line, HIB_TIMELINE_LINE_BYTES, "%s %s %s %u - - %llu\n",
				kernels[step->kernel], way, step->name, step->begin_ms,
				step->bytes);
	return snprintf(line, HIB_TIMELINE_LINE_BYTES, "%s %s %s %u %u %d %llu\n",
			kernels[step->kernel], way, step->name, step->begin_ms, step->took_us,
			step->ret, step->bytes);
}
