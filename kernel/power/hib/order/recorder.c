// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: recorder - writes the black box of an image while a boot loads it
 *
 * The kernel that makes an image also makes its black box: one block of the root device that
 * is taken with the image's other blocks, and in which no steps are noted yet. A boot reads it
 * when it has checked the header. From "loading" to "jumping" it writes its own steps there,
 * behind those of boots before it::
 *
 *	make		way down: an empty one
 *	open		way up: the steps of boots before this one
 *	mark, follow	the steps of this boot, as they begin; once a second while pages are read
 *	write		also before the record says "kept"
 *	close
 *
 * If the boot dies, the next one knows in which step. The block is written when a step begins
 * or fails, while the record says "loading" or "kept": the image is valid then, whatever becomes
 * of the write, as nothing else lies in that block and nothing of the image depends on it.
 * There are about a dozen of these writes. None is flushed: the record of "jumping" and that of
 * "kept" flush what was written before. After an image is retired nothing is written, as its
 * blocks are swap.
 *
 * No failure here makes a transition fail.
 *
 * Context: process context, devices working.
 */
#define pr_fmt(fmt) "PM: hibernation: " fmt

#include "recorder.h"
#include <linux/blk_types.h>
#include <linux/err.h>
#include <linux/gfp.h>
#include <linux/pagemap.h>
#include <linux/printk.h>
#include <linux/slab.h>
#include <linux/workqueue.h>
#include "device/bio.h"
#include "pure/blackbox.h"
#include "down.h"
#include "mark.h"
#include "up.h"

/**
 * struct hib_recorder - Writes the black box of an image.
 * @u: The way up that it belongs to.
 * @disk: The block, in a page of its own.
 * @work: Writes it while pages are read, and queues itself again.
 */
struct hib_recorder {
	struct hib_up *u;
	struct hib_disk_blackbox *disk;
	struct delayed_work work;
};

/**
 * hib_recorder_make() - Write an empty black box, and note it in the header.
 * @d: Its lists were written. If its store has no block for a black box, nothing happens.
 *
 * Return: 0, or an errno of the device, noted in @d.
 */
int hib_recorder_make(struct hib_down *d)
{
	struct hib_disk_blackbox *disk = (void *)hib_store_header(&d->s.store);
	u64 block = d->s.store.blackbox_block;
	int ret;

	if (!block)
		return 0;
	hib_blackbox_build(disk, d->s.image_id, NULL);
	ret = hib_bio_write_block(d->s.store.bdev, block, disk, 0);
	if (ret)
		return hib_session_fail(&d->s, ret, "write: black box");
	d->s.header.blackbox_block = block;
	d->s.header.may_ignore |= HIB_MAY_BLACKBOX;
	return 0;
}

static void recorder_free(struct hib_recorder *r)
{
	free_page((unsigned long)r->disk);
	kfree(r);
}

/* The last step of a boot before this one; NULL: there was none. */
static const struct hib_timeline_step *recorder_last(const struct hib_timeline *t)
{
	const struct hib_timeline_step *step = t->nr ? &t->steps[t->nr - 1] : NULL;

	return step && step->kernel == HIB_TIMELINE_FAILED ? step : NULL;
}

static void recorder_tell(const struct hib_timeline_step *step)
{
	if (step->ended && step->ret)
		pr_notice("a boot before this one did not resume the image: %s failed: %pe\n",
			  step->name, ERR_PTR(step->ret));
	else
		pr_notice("a boot before this one did not resume the image: it ended in %s, %llu KiB read in that\n",
			  step->name, step->bytes >> 10);
}

/* A number from the disk led here: only a block that was made for it is ever written. */
static int recorder_read(struct hib_recorder *r)
{
	struct hib_session *s = &r->u->s;
	int ret = hib_bio_read_block(s->store.bdev, s->header.blackbox_block, r->disk);

	if (!ret && !hib_blackbox_is_of(r->disk, s->image_id))
		ret = -EBADMSG;
	if (ret)
		return ret;
	if (hib_blackbox_read(r->disk, s->image_id, s->timeline))
		pr_warn("what boots before this one did with the image is not known: its black box is damaged\n");
	else if (recorder_last(s->timeline))
		recorder_tell(recorder_last(s->timeline));
	return 0;
}

static void recorder_work(struct work_struct *work);

/**
 * hib_recorder_open() - Read the black box of an image, and tell what boots before this one did.
 * @u: Its header was checked. Their steps are put into its timeline.
 *
 * Without a black box, or where one is of no use any more, nothing is written later.
 */
void hib_recorder_open(struct hib_up *u)
{
	struct hib_recorder *r;
	int ret;

	if (u->nested || u->recorder || !(u->s.header.may_ignore & HIB_MAY_BLACKBOX))
		return;
	r = kzalloc(sizeof(*r), GFP_KERNEL);
	if (!r)
		return;
	r->u = u;
	INIT_DELAYED_WORK(&r->work, recorder_work);
	r->disk = (void *)get_zeroed_page(GFP_KERNEL);
	ret = r->disk ? recorder_read(r) : -ENOMEM;
	if (!ret) {
		u->recorder = r;
		return;
	}
	pr_warn("the black box of the image is not used: %pe\n", ERR_PTR(ret));
	recorder_free(r);
}

/**
 * hib_recorder_close() - Write nothing any more.
 * @u: The way up.
 */
void hib_recorder_close(struct hib_up *u)
{
	if (u->recorder)
		recorder_free(u->recorder);
	u->recorder = NULL;
}

/**
 * hib_recorder_write() - Write the steps of this boot, and those of boots before it.
 * @u: The way up; the image is valid. If it has no black box, nothing happens.
 *
 * Context: Process context. Sleeps.
 */
void hib_recorder_write(struct hib_up *u)
{
	u64 block = u->s.header.blackbox_block;
	struct hib_recorder *r = u->recorder;
	int ret;

	if (!r || !r->disk)
		return;
	hib_blackbox_build(r->disk, u->s.image_id, u->s.timeline);
	ret = hib_bio_write_block(u->s.store.bdev, block, r->disk, 0);
	invalidate_mapping_pages(u->s.store.bdev->bd_mapping, block, block);
	if (!ret)
		return;
	pr_warn("the black box of the image is not used: %pe\n", ERR_PTR(ret));
	free_page((unsigned long)r->disk);
	r->disk = NULL;
}

/**
 * hib_recorder_mark() - Note that a step of the way up begins or ends, also in the black box.
 * @session: The session of a struct hib_up.
 * @step: Its name.
 * @mark: What happens to it.
 * @ret: Its result.
 *
 * Nothing is written before the record says that this boot loads the image. "mark_jumping"
 * begins while it still says so, and is the last step that is written.
 */
void hib_recorder_mark(void *session, const char *step, enum hib_step_mark mark, int ret)
{
	struct hib_up *u = hib_up_of(session);

	hib_mark(session, step, mark, ret);
	if (u->counted && (mark == HIB_STEP_ENTERS || (mark == HIB_STEP_ENTERED && ret < 0)))
		hib_recorder_write(u);
}

static void recorder_work(struct work_struct *work)
{
	struct hib_recorder *r = container_of(to_delayed_work(work), struct hib_recorder, work);
	struct hib_session *s = &r->u->s;

	hib_timeline_moved(s->timeline, atomic64_read(&s->progress.bytes));
	hib_recorder_write(r->u);
	queue_delayed_work(system_unbound_wq, &r->work, HZ);
}

/**
 * hib_recorder_follow() - Begin to write, once a second, how much of the image is read.
 * @u: The way up; from now to hib_recorder_rest() it notes no step.
 */
void hib_recorder_follow(struct hib_up *u)
{
	if (u->recorder)
		queue_delayed_work(system_unbound_wq, &u->recorder->work, HZ);
}

/**
 * hib_recorder_rest() - Stop that.
 * @u: The way up.
 *
 * Context: Process context. Sleeps.
 */
void hib_recorder_rest(struct hib_up *u)
{
	if (u->recorder)
		cancel_delayed_work_sync(&u->recorder->work);
}
