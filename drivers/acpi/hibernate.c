// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: hibernate - what ACPI firmware is told, and when
 *
 * The core calls the functions of one table, each at its place in the nest of
 * devices, CPUs and interrupts. Firmware sees::
 *
 *	an image is made	_TTS(4) _PTS(4) | copy | _WAK(4) _TTS(0)
 *	the image is safe	_TTS(4) _PTS(4) _GTS(4) SLP_EN
 *	the image woke up	| _BFS(4) _WAK(4) _TTS(0)
 *
 * The first row exists because variables of the firmware's own code are part of
 * the image: when the image wakes up, _WAK must find them as a _PTS left them.
 * NVS memory and the hardware signature are recorded before the copy. The first
 * thing after the jump is to compare the signature and then to put the NVS memory
 * back, in which the signature may lie.
 *
 * _WAK runs if and only if _PTS ran, _BFS only after a _GTS or a sleep. _GTS and
 * _BFS run on one CPU with interrupts on: they may sleep and map memory, which
 * they could not where the specification puts them. ACPI 5 dropped both.
 *
 * Suspend has its own file; the target state and two quirks are shared.
 *
 * Context: process context in the task that owns the transition; s4_enter() and
 * s4_leave() with interrupts off.
 */
#define pr_fmt(fmt) "ACPI: PM: " fmt

#include <linux/acpi.h>
#include <linux/cache.h>
#include <linux/init.h>
#include <linux/moduleparam.h>
#include <linux/pm.h>
#include <linux/suspend.h>
#include <linux/tboot.h>
#include <xen/xen.h>
#include "internal.h"
#include "sleep.h"

#undef MODULE_PARAM_PREFIX
#define MODULE_PARAM_PREFIX "hibernate."

#define S4_FADT_WITHOUT_GTS	5	/* revision of the FADT that comes with ACPI 5 */
#define S4_PATIENCE_MS		10000u	/* chipsets may look at the register slowly */
#define S4_AGAIN_MS		2000u

/* 1: compare, refuse another one at boot; 0: do not look; -1: compare and say so. */
int acpi_check_s4_hw_signature __ro_after_init = -1;

/**
 * struct s4 - What is known about this machine's S4, and where a transition stands.
 * @facs: Firmware's table with the hardware signature; NULL: none.
 * @signature: Of the hardware this kernel was booted on.
 * @gts_bfs: Run _GTS and _BFS: 1 or 0; negative: where the FADT is older than ACPI 5.
 * @prepared: _PTS ran and _WAK did not yet.
 */
struct s4 {
	struct acpi_table_facs *facs;
	unsigned int signature;
	int gts_bfs;
	bool prepared;
};

static struct s4 s4 = { .gts_bfs = -1 };

module_param_named(gts_bfs, s4.gts_bfs, int, 0644);
MODULE_PARM_DESC(gts_bfs, "Run _GTS and _BFS: 0 never, 1 always, -1 if firmware is older than ACPI 5");

#ifdef CONFIG_HIBERNATION_DEBUG
/* Emulated firmware has none. */
module_param_named(hw_signature, s4.signature, uint, 0444);
MODULE_PARM_DESC(hw_signature, "Hardware signature to assume, for tests");
#endif

/* A method with one argument that firmware may have or not. */
static void s4_tell(const char *method, u64 argument)
{
	acpi_status status = acpi_execute_simple_method(NULL, (char *)method, argument);

	if (ACPI_FAILURE(status) && status != AE_NOT_FOUND)
		pr_notice("%s(%llu): %s\n", method + 1, argument, acpi_format_exception(status));
}

static void s4_tell_early(const char *method)
{
	bool old = !acpi_gbl_reduced_hardware &&
		   acpi_gbl_FADT.header.revision < S4_FADT_WITHOUT_GTS;

	if (s4.gts_bfs < 0 ? old : s4.gts_bfs)
		s4_tell(method, ACPI_STATE_S4);
}

/* Wake-up devices armed, _PTS; the first half of going to sleep. */
static void s4_prepare_sleep(void)
{
	acpi_status status;

	acpi_enable_wakeup_devices(ACPI_STATE_S4);
	status = acpi_enter_sleep_state_prep(ACPI_STATE_S4);
	if (ACPI_FAILURE(status))
		pr_notice("preparing for S4: %s\n", acpi_format_exception(status));
	s4.prepared = true;
}

/* From here on firmware's events and embedded controller leave memory alone. */
static void s4_hush(void)
{
	acpi_disable_all_gpes();
	acpi_os_wait_events_complete();
	acpi_ec_block_transactions();
}

static int s4_begin(pm_message_t stage)
{
	bool power_down = stage.event == PM_EVENT_HIBERNATE;
	int ret;

	/* The NVS memory of the copy is what is put back; a power-down needs no second one. */
	ret = power_down || !acpi_sleep_saves_nvs() ? 0 : suspend_nvs_alloc();
	if (ret)
		return ret;
	if (power_down)
		pm_set_suspend_via_firmware();
	acpi_sleep_set_target(ACPI_STATE_S4);
	s4_tell("\\_TTS", ACPI_STATE_S4);
	if (acpi_sleep_prepares_first())
		s4_prepare_sleep();
	acpi_scan_lock_acquire();
	return 0;
}

/* _WAK if _PTS ran, and only then. */
static void s4_wake(void)
{
	if (!s4.prepared)
		return;
	s4.prepared = false;
	acpi_disable_wakeup_devices(ACPI_STATE_S4);
	acpi_leave_sleep_state(ACPI_STATE_S4);
	acpi_set_waking_vector(0);
}

/* Nobody may have come as far as s4_finish(): then what s4_begin() did is still there. */
static void s4_end(void)
{
	suspend_nvs_free();
	s4_wake();
	acpi_turn_off_unused_power_resources();
	acpi_scan_lock_release();
	acpi_sleep_set_target(ACPI_STATE_S0);
	s4_tell("\\_TTS", ACPI_STATE_S0);
}

static int s4_prepare(void)
{
	if (!acpi_sleep_prepares_first())
		s4_prepare_sleep();
	s4_hush();
	return 0;
}

static int s4_pre_snapshot(void)
{
	int ret = s4_prepare();

	return ret ?: suspend_nvs_save();
}

/* Also the way back when devices could not be stopped: there may be nothing to undo. */
static void s4_finish(void)
{
	acpi_ec_unblock_transactions();
	suspend_nvs_free();
	s4_wake();
	acpi_sleep_set_target(ACPI_STATE_S0);
	acpi_resume_power_resources();
}

static void s4_going_to_sleep(void)
{
	s4_tell_early("\\_GTS");
}

static void s4_back_from_sleep(void)
{
	s4_tell_early("\\_BFS");
}

/* Reduced hardware has one register each for going to sleep and for having slept. */
static bool s4_is_awake(void)
{
	u64 status = 0;
	u32 awake = 0;

	if (!acpi_gbl_reduced_hardware)
		acpi_read_bit_register(ACPI_BITREG_WAKE_STATUS, &awake);
	else if (ACPI_SUCCESS(acpi_read(&status, &acpi_gbl_FADT.sleep_status)))
		awake = status & ACPI_X_WAKE_STATUS;
	return awake;
}

static bool s4_wait(unsigned int ms)
{
	bool awake = false;

	while (ms-- && !awake) {
		acpi_os_stall(USEC_PER_MSEC);
		awake = s4_is_awake();
	}
	return awake;
}

static void s4_write(u32 a, u32 b)
{
	if (acpi_gbl_reduced_hardware) {
		acpi_write(a, &acpi_gbl_FADT.sleep_control);
		return;
	}
	acpi_write(a, &acpi_gbl_FADT.xpm1a_control_block);
	if (acpi_gbl_FADT.xpm1b_control_block.address)
		acpi_write(b, &acpi_gbl_FADT.xpm1b_control_block);
}

/*
 * Called by ACPICA in place of its own last write, after which it would wait for
 * ever for a machine that does not do as it is told. Returns as that wait would.
 */
static int s4_press(u8 state, u32 a, u32 b)
{
	for (int again = 0; again < 2; again++) {
		s4_write(a, b);
		if (s4_wait(again ? S4_AGAIN_MS : S4_PATIENCE_MS))
			break;
	}
	return 1;
}

static void s4_take_last_write(int (*press)(u8 state, u32 a, u32 b))
{
	acpi_os_set_prepare_sleep(press);
	acpi_os_set_prepare_extended_sleep(press);
}

/* Is the last write another one's business? */
static bool s4_is_pressed_by_others(void)
{
	return tboot_enabled() || xen_initial_domain();
}

static int s4_enter(void)
{
	bool press = !s4_is_pressed_by_others();

	if (press)
		s4_take_last_write(s4_press);
	acpi_enter_sleep_state(ACPI_STATE_S4);
	if (press)
		s4_take_last_write(NULL);
	acpi_leave_sleep_state_prep(ACPI_STATE_S4);
	return -EIO;
}

static void s4_compare_signature(void)
{
	if (!s4.facs || !acpi_check_s4_hw_signature ||
	    s4.signature == s4.facs->hardware_signature)
		return;
	pr_crit("hardware signature was %#x and is %#x: hardware was changed during hibernation\n",
		s4.signature, s4.facs->hardware_signature);
}

/*
 * The kernel that loaded the image may never have switched ACPI on; for one that
 * did this changes nothing. After a mere copy nothing of it changes anything.
 */
static void s4_leave(void)
{
	pm_set_resume_via_firmware();
	acpi_enable();
	acpi_leave_sleep_state_prep(ACPI_STATE_S4);
	s4_compare_signature();
	suspend_nvs_restore();
	acpi_ec_unblock_transactions();
}

static int s4_pre_restore(void)
{
	s4_hush();
	return 0;
}

static void s4_restore_cleanup(void)
{
	acpi_ec_unblock_transactions();
	acpi_enable_all_runtime_gpes();
}

static const struct platform_hibernation_ops s4_ops = {
	.begin = s4_begin,
	.end = s4_end,
	.pre_snapshot = s4_pre_snapshot,
	.prepare = s4_prepare,
	.finish = s4_finish,
	.going_to_sleep = s4_going_to_sleep,
	.back_from_sleep = s4_back_from_sleep,
	.enter = s4_enter,
	.leave = s4_leave,
	.pre_restore = s4_pre_restore,
	.restore_cleanup = s4_restore_cleanup,
	.recover = s4_finish,
};

/**
 * acpi_hibernate_init() - Offer S4 to the hibernation core where there is one.
 *
 * Context: Boot, ACPI's tables loaded and its quirks known.
 * Return: true when this machine has an S4.
 */
bool __init acpi_hibernate_init(void)
{
	struct acpi_table_header *table;

	if (!acpi_sleep_state_supported(ACPI_STATE_S4))
		return false;

	hibernation_set_ops(&s4_ops);
	if (ACPI_SUCCESS(acpi_get_table(ACPI_SIG_FACS, 1, &table))) {
		s4.facs = (struct acpi_table_facs *)table;
		s4.signature = s4.signature ?: s4.facs->hardware_signature;
	}
	if (acpi_check_s4_hw_signature > 0)
		swsusp_hardware_signature = s4.signature;
	return true;
}
