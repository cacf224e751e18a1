// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: load - the way up, as a table of steps
 *
 * The device is opened and the image is checked, which changes nothing. Then the steps
 * of loadsteps.c follow, which read the image. The last steps are in jump.c: masters, mark
 * jumping, quiesce.
 *
 * If a step is refused for a reason that passes, there is another try in the same boot:
 * from the first step on, or, when all pages are loaded, from the masters on.
 *
 * A load that succeeds does not return: hib_arch_suspend() returns a second time, in
 * the restored kernel. If a load fails, its steps are left in reverse order, and refused.c
 * sees to the image. If a boot dies while it loads an image, the next boot may try again, a
 * limited number of times.
 *
 * Context: process context, system_transition_mutex held.
 */
#define pr_fmt(fmt) "PM: hibernation: " fmt

#include "load.h"
#include <linux/hibernation_arch.h>
#include <linux/suspend.h>
#include "../../power.h"
#include "device/area.h"
#include "device/commit.h"
#include "device/place.h"
#include "down.h"
#include "inject.h"
#include "jump.h"
#include "machine.h"
#include "mark.h"
#include "read.h"
#include "recorder.h"
#include "refused.h"
#include "report.h"
#include "up.h"

/* How long to wait for devices beside the first one, unless resumewait says more. */
#define MEMBER_WAIT_S		5
#define MEMBER_WAIT_MOST_S	86400
#define GUARD_WAIT_MOST_S	60u

/**
 * hib_load_report() - Print and keep why nothing was resumed.
 * @u: The way up.
 * @step: The step that failed, unless a failing table has noted one already.
 *
 * Context: Process context.
 */
void hib_load_report(struct hib_up *u, const char *step)
{
	u->s.result.phase = "resume";
	if (!u->s.result.step)
		u->s.result.step = step;
	hib_machine_keep_result(&u->s.result);
	u->s.reported = true;
	hib_report_result(&u->s.result);
}

/**
 * hib_load_try() - Take all steps to the jump, once.
 * @u: The way up; its header was checked.
 *
 * Context: Process context, system_transition_mutex held.
 * Return: Only if a step refused: its errno, noted in @u. All steps were left.
 */
int hib_load_try(struct hib_up *u)
{
	const struct hib_step_table table = hib_load_steps(u);
	struct hib_step_run run = {
		.steps = table.steps,
		.nr_steps = table.nr_steps,
		.context = &u->s,
		.inject = hib_inject,
		.mark = hib_recorder_mark,
	};
	int ret;

	hib_jump_ignore_events(u);
	u->refusal = HIB_REFUSAL_PASSES;
	u->s.progress = (struct hib_progress) {};
	ret = hib_step_enter_all(&run);
	if (ret) {
		u->s.result.step = run.failed;
		return hib_session_fail(&u->s, ret, "failed");
	}
	ret = hib_jump(u);
	hib_step_leave_all(&run, HIB_FAILED);
	return ret;
}

static int load_run(struct hib_up *u)
{
	int ret;

	do
		ret = hib_load_try(u);
	while (hib_jump_again(u, ret));
	hib_load_report(u, "jump");
	return ret;
}

/* Differences of the machine that are no reason to refuse the image. */
static void load_tell_differences(const struct hib_arch_fit *fit)
{
	if (fit->note[0])
		pr_info("this machine is not quite the same: %s\n", fit->note);
	if (fit->services != HIB_ARCH_SERVICES_THERE)
		pr_warn("firmware's run-time services will be off: not where the image has them\n");
}

/* They come as late as the first one may. */
static unsigned int load_member_wait_s(void)
{
	if (hib_settings.resume_wait_s < 0)
		return MEMBER_WAIT_MOST_S;
	return max(hib_settings.resume_wait_s, MEMBER_WAIT_S);
}

/* As long as tasks run, such a disk can still be told what becomes of the image. */
static int load_disk_check(struct hib_up *u)
{
	char why[HIB_AREA_WHY_BYTES];

	if (!hib_area_disk_stands(u->s.store.bdev->bd_disk, why))
		return 0;
	return hib_session_fail(&u->s, -EOPNOTSUPP, "device: %s", why);
}

static int load_check(struct hib_up *u)
{
	int ret = hib_inject(&u->s, "check");

	if (ret)
		return ret;
	hib_mark(&u->s, "check", HIB_STEP_ENTERS, 0);
	ret = hib_read_check(u);
	if (u->described)
		hib_recorder_open(u);
	ret = ret ?: load_disk_check(u);
	hib_mark(&u->s, "check", HIB_STEP_ENTERED, ret);
	return ret;
}

static int load_device(struct hib_up *u, enum hib_load_when when)
{
	int ret = load_check(u);

	if (ret == -ENODATA)
		return ret;
	if (ret) {
		pr_err("Image mismatch: %s\n", u->s.result.reason);
		hib_load_report(u, "check");
		if (ret == -ENODEV && when == HIB_LOAD_EARLY &&
		    u->s.record.state != HIB_STATE_KEPT)
			return -EAGAIN;
	} else {
		pr_info("resume from hibernation\n");
		load_tell_differences(&u->fit);
		ret = load_run(u);
	}
	pr_err("resume failed (%d)\n", ret);
	hib_refused(u, ret);
	/* The other one says that the image was left for another device. */
	return ret == -EAGAIN ? -EBUSY : ret;
}

/**
 * hib_load() - Resume the image in a swap area, if there is one.
 * @dev: Device.
 * @root_block: Block of the swap header on it.
 * @when: Who asks.
 *
 * Context: Process context, system_transition_mutex held.
 * Return: Only if nothing was resumed:
 * * -ENODATA	- there is no image
 * * -ENODEV	- no device is set, or it is not there
 * * -EAGAIN	- with %HIB_LOAD_EARLY: another device is not there; the image was left
 * * -EBUSY	- another transition, or the device is in use
 * * other	- the reason why the image was refused
 */
int hib_load(dev_t dev, u64 root_block, enum hib_load_when when)
{
	struct hib_up *u;
	int ret;

	if (!dev)
		return -ENODEV;
	/* Programs name the place again before they hibernate to it: this is no failure. */
	if (hib_place_is_active(dev, root_block)) {
		pm_pr_dbg("%u:%u is in use as swap, it holds no image\n", MAJOR(dev), MINOR(dev));
		return -EBUSY;
	}
	u = hib_up_begin(hib_settings.mode, &ret);
	if (!u)
		return ret;
	ret = hib_store_open_device(&u->s.store, dev, root_block);
	if (!ret) {
		hib_machine_looked(dev, root_block);
		u->member_wait_s = load_member_wait_s();
		u->guard_wait_s = min(u->member_wait_s, GUARD_WAIT_MOST_S);
		u->asked = when == HIB_LOAD_ASKED || hib_settings.retry;
		ret = load_device(u, when);
		hib_store_close_device(&u->s.store);
	} else {
		hib_session_fail(&u->s, ret, "device: %u:%u cannot be opened", MAJOR(dev),
				 MINOR(dev));
		hib_load_report(u, "open");
	}
	hib_up_end(u);
	return ret;
}

/**
 * hib_load_nested() - Resume the image that was just made, without powering down.
 * @down: The way down; its image is committed, and tasks are frozen.
 *
 * Context: Process context, allocations restricted.
 * Return: Only if it failed; the image is still valid.
 */
int hib_load_nested(struct hib_down *down)
{
	struct hib_up *u;
	int ret;

	hib_stream_release(&down->s.stream);
	hib_snapshot_release_frames(&down->snapshot);
	u = hib_up_begin_nested(down);
	if (!u)
		return hib_session_fail(&down->s, -ENOMEM, "memory: session");
	ret = hib_store_open_device_shared(&u->s.store, &down->s.store);
	if (!ret) {
		ret = hib_read_check(u);
		if (ret)
			hib_load_report(u, "check");
		else
			ret = load_run(u);
		hib_store_close_device(&u->s.store);
	}
	down->s.result = u->s.result;
	down->s.result.step = NULL;	/* the way down fails in a step of its own */
	hib_up_end(u);
	return ret;
}

/* What boots before this one did with an image that ends now becomes the log of this boot. */
static void load_remember(struct hib_up *u)
{
	if (hib_read_header(u))
		return;
	hib_recorder_open(u);
	u->s.reported = u->s.timeline->nr;
}

/**
 * hib_load_retire() - Retire an image that this boot must not resume.
 * @dev: Device.
 * @root_block: Block of the swap header on it.
 *
 * If a boot was told not to resume, it changes the disks, so a later boot must not resume
 * the image either.
 *
 * Return: 0 if an image was retired, -ENODATA if there was none, or another errno if it
 * could not be retired.
 */
int hib_load_retire(dev_t dev, u64 root_block)
{
	struct hib_up *u;
	int ret;

	u = hib_up_begin(hib_settings.mode, &ret);
	if (!u)
		return ret;
	ret = hib_store_open_device(&u->s.store, dev, root_block);
	if (!ret) {
		ret = hib_read_record(u);
		if (!ret)
			load_remember(u);
		if (ret != -ENODATA)
			ret = hib_refused_retire(u);
		hib_store_close_device(&u->s.store);
	}
	hib_up_end(u);
	return ret;
}
