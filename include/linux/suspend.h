/* SPDX-License-Identifier: GPL-2.0 */
/*
 * DOC: Sleep of the whole system
 *
 * What the rest of the kernel may ask of, and has to tell, those who put the
 * whole system to sleep: suspend (to idle, standby, to memory) and hibernation
 * (to disk). In this order:
 *
 * - what both have in common: the lock, events for subsystems, wake-up, messages
 * - hibernation, and what a platform does for it
 * - suspend, and what a platform does for it
 * - virtual consoles
 *
 * Each group ends with what takes its place when its option is off.
 */
#ifndef _LINUX_SUSPEND_H
#define _LINUX_SUSPEND_H

#include <linux/freezer.h>
#include <linux/init.h>
#include <linux/mm.h>
#include <linux/notifier.h>
#include <linux/pm.h>
#include <linux/printk.h>
#include <linux/swap.h>
#include <asm/errno.h>

/*
 * Which sleep state. Not a plain number, so that sparse notices when it is
 * mixed up with one.
 */
typedef int __bitwise suspend_state_t;

#define PM_SUSPEND_MAX		((__force suspend_state_t)4)	/* count, no state */
#define PM_SUSPEND_MEM		((__force suspend_state_t)3)
#define PM_SUSPEND_STANDBY	((__force suspend_state_t)2)
#define PM_SUSPEND_TO_IDLE	((__force suspend_state_t)1)
#define PM_SUSPEND_ON		((__force suspend_state_t)0)	/* awake */
#define PM_SUSPEND_MIN		PM_SUSPEND_TO_IDLE

/* --- Common: one transition at a time --- */

/* Held by whoever changes the state of the whole system, reboot included. */
extern struct mutex system_transition_mutex;

/*
 * What a sleep transition was doing last, for /sys/power/suspend_stats. The
 * order is that of the files there.
 */
enum suspend_stat_step {
	SUSPEND_WORKING = 0,
	SUSPEND_FREEZE,			/* tasks */
	SUSPEND_PREPARE,		/* devices, from here on */
	SUSPEND_SUSPEND,
	SUSPEND_SUSPEND_LATE,
	SUSPEND_SUSPEND_NOIRQ,
	SUSPEND_RESUME_NOIRQ,
	SUSPEND_RESUME_EARLY,
	SUSPEND_RESUME
};

void dpm_save_failed_step(enum suspend_stat_step step);
void dpm_save_failed_dev(const char *name);

/*
 * Events of the PM notifier chain, sent with all tasks running. Each *_PREPARE
 * is followed by the *_POST_* of its pair; a listener may refuse the former
 * with an errno. After a resume from disk, the listener hears
 * %PM_POST_HIBERNATION, since its memory is that of the time before.
 */
#define PM_HIBERNATION_PREPARE	0x0001	/* an image will be made */
#define PM_POST_HIBERNATION	0x0002	/* image made and resumed, or given up */
#define PM_SUSPEND_PREPARE	0x0003	/* suspend begins */
#define PM_POST_SUSPEND		0x0004	/* suspend is over */
#define PM_RESTORE_PREPARE	0x0005	/* an image will be loaded over this kernel */
#define PM_POST_RESTORE		0x0006	/* it was not: this kernel goes on */

#ifdef CONFIG_PM_SLEEP

/* Wait for the lock above, and mark the caller as one that is not frozen. */
unsigned int lock_system_sleep(void);
void unlock_system_sleep(unsigned int flags);	/* what the former returned */

/* kernel/power/main.c */
void ksys_sync_helper(void);		/* sync, with a line in the log */
int unregister_pm_notifier(struct notifier_block *nb);
int register_pm_notifier(struct notifier_block *nb);
void pm_report_max_hw_sleep(u64 t);	/* microseconds */
void pm_report_hw_sleep_time(u64 t);

/* Register @fn for good. Lower @pri is called later. */
#define pm_notifier(fn, pri)						\
{									\
	static struct notifier_block fn##_nb = {			\
		.priority = pri,					\
		.notifier_call = fn,					\
	};								\
	register_pm_notifier(&fn##_nb);					\
}

/* arch: CPU registers that neither a context switch nor a driver restores */
void restore_processor_state(void);
void save_processor_state(void);

/*
 * drivers/base/power/wakeup.c: does something want the system to stay awake?
 * @events_check_enabled: a wake-up event ends the transition in progress.
 */
extern bool events_check_enabled;

bool pm_wakeup_pending(void);
bool pm_get_wakeup_count(unsigned int *count, bool block);
bool pm_save_wakeup_count(unsigned int count);
void pm_system_wakeup(void);		/* wake up now, or do not sleep */
void pm_system_cancel_wakeup(void);
void pm_system_irq_wakeup(unsigned int irq_number);
unsigned int pm_wakeup_irq(void);	/* first one that did */
void pm_wakeup_clear(unsigned int irq_number);
void pm_wakep_autosleep_enabled(bool set);
void pm_print_active_wakeup_sources(void);

/**
 * pm_suspended_storage() - Is storage out of reach of memory reclaim?
 *
 * Devices may be suspended then, and allocations must not wait for them.
 *
 * Return: true while it is.
 */
static inline bool pm_suspended_storage(void)
{
	return !gfp_has_io_fs(gfp_allowed_mask);
}

#else

static inline void unlock_system_sleep(unsigned int flags) {}
static inline unsigned int lock_system_sleep(void) { return 0; }

static inline void ksys_sync_helper(void) {}
static inline void pm_report_max_hw_sleep(u64 t) {}
static inline void pm_report_hw_sleep_time(u64 t) {}

#define pm_notifier(fn, pri)	do { (void)(fn); } while (0)

static inline int unregister_pm_notifier(struct notifier_block *nb) { return 0; }
static inline int register_pm_notifier(struct notifier_block *nb) { return 0; }

static inline bool pm_suspended_storage(void) { return false; }

static inline void pm_system_irq_wakeup(unsigned int irq_number) {}
static inline void pm_wakeup_clear(unsigned int irq_number) {}
static inline void pm_system_wakeup(void) {}
static inline bool pm_wakeup_pending(void) { return false; }

#endif /* CONFIG_PM_SLEEP */

#ifdef CONFIG_PM_AUTOSLEEP
void queue_up_suspend_work(void);	/* no reason left to stay awake */
#else
static inline void queue_up_suspend_work(void) {}
#endif

/* --- Common: messages for those who look for a fault --- */

#ifdef CONFIG_PM_SLEEP_DEBUG

extern bool pm_debug_messages_on;	/* /sys/power/pm_debug_messages */
extern bool pm_print_times_enabled;	/* /sys/power/pm_print_times */
bool pm_debug_messages_should_print(void);	/* on, and in a transition */

static inline int pm_dyn_debug_messages_on(void)
{
	return IS_ENABLED(CONFIG_DYNAMIC_DEBUG);
}

#ifndef pr_fmt
#define pr_fmt(fmt) "PM: " fmt
#endif

#define __pm_deferred_pr_dbg(fmt, args...) do {				\
	if (pm_debug_messages_should_print())				\
		printk_deferred(KERN_DEBUG pr_fmt(fmt), ##args);	\
} while (0)

#define __pm_pr_dbg(fmt, args...) do {					\
	if (pm_debug_messages_should_print())				\
		printk(KERN_DEBUG pr_fmt(fmt), ##args);			\
	else if (pm_dyn_debug_messages_on())				\
		pr_debug(fmt, ##args);					\
} while (0)

#else

#define pm_debug_messages_on	(false)
#define pm_print_times_enabled	(false)

#define __pm_deferred_pr_dbg(fmt, args...) no_printk(KERN_DEBUG pr_fmt(fmt), ##args)
#define __pm_pr_dbg(fmt, args...) no_printk(KERN_DEBUG pr_fmt(fmt), ##args)

#endif /* CONFIG_PM_SLEEP_DEBUG */

/**
 * pm_pr_dbg() - Print a message of a sleep transition.
 * @fmt: As for printk().
 *
 * Printed during a transition if /sys/power/pm_debug_messages says so, else as
 * dynamic debug decides where that is built in.
 */
#define pm_pr_dbg(fmt, args...) __pm_pr_dbg(fmt, ##args)

/* The same where the console must not be touched at once. */
#define pm_deferred_pr_dbg(fmt, args...) __pm_deferred_pr_dbg(fmt, ##args)

/* --- Hibernation --- */

/**
 * struct platform_hibernation_ops - What firmware wants done around hibernation.
 * @begin: A transition starts; devices still work. The argument says whether an
 *	image will be made (%PMSG_FREEZE) or loaded (%PMSG_QUIESCE), or the
 *	machine turned off (%PMSG_HIBERNATE). An errno ends the transition.
 * @end: Devices work again, whatever came of it. Pairs with a @begin that
 *	returned 0.
 * @pre_snapshot: Devices are frozen, interrupts and all CPUs still on; the
 *	image is made next.
 * @finish: Pairs with @pre_snapshot and with @prepare. Secondary CPUs are back,
 *	devices are not: after the image was made, after it was resumed, and after
 *	a failure of either.
 * @prepare: The image counts, devices are being turned off; last thing with
 *	all CPUs.
 * @going_to_sleep: After @prepare, secondary CPUs are off, interrupts still on.
 *	May be left out.
 * @back_from_sleep: Pairs with @going_to_sleep, and comes likewise in the kernel
 *	that was resumed: interrupts on, secondary CPUs not yet. May be left out.
 * @enter: Turn the machine off. One CPU, interrupts off. Does not return unless
 *	that failed.
 * @leave: First thing after the copy was made or came back: one CPU, interrupts
 *	off, devices frozen.
 * @pre_restore: As @pre_snapshot, for an image that is about to take over.
 * @restore_cleanup: Pairs with @pre_restore when the image did not take over.
 * @recover: Freezing or turning off of devices failed. May be left out; what is
 *	not said to may not.
 *
 * Registered with hibernation_set_ops(). All run in process context in the task
 * that owns the transition; except where stated, they may sleep.
 */
struct platform_hibernation_ops {
	/* each with its pair */
	int (*begin)(pm_message_t stage);
	void (*end)(void);
	int (*pre_restore)(void);
	void (*restore_cleanup)(void);
	int (*pre_snapshot)(void);
	int (*prepare)(void);
	void (*finish)(void);
	void (*going_to_sleep)(void);
	void (*back_from_sleep)(void);
	/* alone */
	int (*enter)(void);
	void (*leave)(void);
	void (*recover)(void);
};

/*
 * Not used by our core. Its members are offered to assembly code by
 * asm-offsets on every x86 build, and architectures that have yet to implement
 * linux/hibernation_arch.h walk a list of these.
 */
struct pbe {
	void *address;
	void *orig_address;
	struct pbe *next;
};

/* arch: Bring SMT siblings that a resume left halted to where they belong. */
int arch_resume_nosmt(void);

#ifdef CONFIG_HIBERNATION

/* Hibernate. 0 after the machine slept and came back, else an errno. */
int hibernate(void);
/* Do policy and configuration allow it? Any process context, very early too. */
bool hibernation_available(void);
/* Is the device pass that turns the machine off under way? Any context. */
bool system_entering_hibernation(void);
/* Run @func with tasks frozen and devices quiescent; its result or an errno. */
int hibernate_quiet_exec(int (*func)(void *data), void *data);

/* NULL: there is no platform. */
void hibernation_set_ops(const struct platform_hibernation_ops *ops);
/* From firmware; 0: not known. One with another value than the image's refuses it. */
extern u32 swsusp_hardware_signature;

/* Page frames [start_pfn, end_pfn) hold nothing to be saved. Boot only. */
void register_nosave_region(unsigned long start_pfn, unsigned long end_pfn);
/* arch: Stop all CPUs but this one, such that a changed page wakes none. */
int hibernate_resume_nonboot_cpu_disable(void);

#else

static inline int hibernate(void) { return -ENOSYS; }
static inline bool hibernation_available(void) { return false; }
static inline bool system_entering_hibernation(void) { return false; }
static inline int hibernate_quiet_exec(int (*func)(void *data), void *data)
{
	return -ENOTSUPP;
}

static inline void hibernation_set_ops(const struct platform_hibernation_ops *ops) {}
static inline void register_nosave_region(unsigned long start_pfn,
					  unsigned long end_pfn) {}

#endif /* CONFIG_HIBERNATION */

/* May a swap area on @dev be written by a program, which holds an image for it? */
#ifdef CONFIG_HIBERNATION_SNAPSHOT_DEV
int is_hibernate_resume_dev(dev_t dev);
#else
static inline int is_hibernate_resume_dev(dev_t dev) { return 0; }
#endif

/* --- Suspend --- */

/**
 * struct platform_suspend_ops - What firmware wants done around suspend.
 * @valid: Can the platform enter this state at all? Decides what is listed in
 *	/sys/power/state and mem_sleep. suspend_valid_only_mem() fits where
 *	suspend to memory is all there is.
 * @begin: A transition to that state starts; devices still work. Optional. An
 *	errno ends the transition, and no other callback but @end follows.
 * @prepare: Devices are suspended, their late callbacks are still to come.
 *	Optional; an errno ends the transition.
 * @prepare_late: All devices are suspended, secondary CPUs are next. Optional;
 *	an errno ends the transition.
 * @enter: Enter the state. One CPU, interrupts off. Required. With a @begin,
 *	the argument is to be ignored. Returns after the wake-up, or with an errno.
 * @wake: Secondary CPUs are back. Pairs with @prepare_late, and is called even
 *	when that or @enter failed. Optional.
 * @finish: Pairs with @prepare, also when that failed; devices resume next.
 *	Optional.
 * @suspend_again: Asked right after @enter: shall the system sleep on, without
 *	tasks and most devices having noticed? Optional.
 * @end: Devices work again, or never stopped. Pairs with @begin. Optional.
 * @recover: Suspending of devices failed. Optional.
 */
struct platform_suspend_ops {
	/* each with its pair */
	int (*begin)(suspend_state_t state);
	void (*end)(void);
	int (*prepare)(void);
	void (*finish)(void);
	int (*prepare_late)(void);
	void (*wake)(void);
	/* alone */
	int (*valid)(suspend_state_t state);
	int (*enter)(suspend_state_t state);
	bool (*suspend_again)(void);
	void (*recover)(void);
};

/**
 * struct platform_s2idle_ops - The same for suspend to idle. All are optional.
 * @begin: As above.
 * @prepare: Devices are suspended.
 * @prepare_late: The loop that waits for a wake-up is next.
 * @check: Still asleep: do what the platform wants done from time to time.
 * @wake: Was this a wake-up? false: go on sleeping.
 * @restore_early: Pairs with @prepare_late.
 * @restore: Pairs with @prepare.
 * @end: Pairs with @begin.
 */
struct platform_s2idle_ops {
	/* each with its pair */
	int (*begin)(void);
	void (*end)(void);
	int (*prepare)(void);
	void (*restore)(void);
	int (*prepare_late)(void);
	void (*restore_early)(void);
	/* in the loop */
	bool (*wake)(void);
	void (*check)(void);
};

#ifdef CONFIG_SUSPEND

/* Suspend now. Returns after the wake-up, or with an errno. */
int pm_suspend(suspend_state_t state);

extern bool sync_on_suspend_enabled;		/* /sys/power/sync_on_suspend */
extern suspend_state_t mem_sleep_default;	/* mem_sleep_default= */
extern suspend_state_t mem_sleep_current;	/* /sys/power/mem_sleep */
extern suspend_state_t pm_suspend_target_state;	/* of the transition under way */

int suspend_valid_only_mem(suspend_state_t state);
void suspend_set_ops(const struct platform_suspend_ops *ops);

/* arch: may be overridden. Suspend only; hibernation does without. */
void arch_suspend_enable_irqs(void);
void arch_suspend_disable_irqs(void);

/* How far a suspend to idle is; changed under s2idle's own lock. */
enum s2idle_states {
	S2IDLE_STATE_NONE,
	S2IDLE_STATE_ENTER,	/* CPUs shall go idle and stay there */
	S2IDLE_STATE_WAKE,	/* they shall leave it */
};

extern enum s2idle_states __read_mostly s2idle_state;

void s2idle_wake(void);
void s2idle_set_ops(const struct platform_s2idle_ops *ops);
void __init pm_states_init(void);
bool pm_suspend_default_s2idle(void);	/* what "mem" means */

static inline bool idle_should_enter_s2idle(void)
{
	return unlikely(s2idle_state == S2IDLE_STATE_ENTER);
}

/*
 * What firmware does in the transition under way, or did in the last one. Set
 * by the platform, read by drivers, cleared when the next transition starts.
 */
extern unsigned int pm_suspend_global_flags;

#define PM_SUSPEND_FLAG_NO_PLATFORM	BIT(2)
#define PM_SUSPEND_FLAG_FW_RESUME	BIT(1)
#define PM_SUSPEND_FLAG_FW_SUSPEND	BIT(0)

/**
 * pm_suspend_via_firmware() - Does firmware put the system to sleep?
 *
 * True from when the platform knows that it will call firmware to enter the
 * sleep state. A driver may then have to reset its device, or to leave it as
 * firmware expects to find it.
 *
 * Return: true when it will.
 */
static inline bool pm_suspend_via_firmware(void)
{
	return pm_suspend_global_flags & PM_SUSPEND_FLAG_FW_SUSPEND;
}

static inline void pm_set_suspend_via_firmware(void)
{
	pm_suspend_global_flags |= PM_SUSPEND_FLAG_FW_SUSPEND;
}

/**
 * pm_resume_via_firmware() - Did firmware wake the system up?
 *
 * True once firmware has run on the way up, and has dealt with what woke the
 * system: devices may be in another state than they were left in.
 *
 * Return: true when it did.
 */
static inline bool pm_resume_via_firmware(void)
{
	return pm_suspend_global_flags & PM_SUSPEND_FLAG_FW_RESUME;
}

static inline void pm_set_resume_via_firmware(void)
{
	pm_suspend_global_flags |= PM_SUSPEND_FLAG_FW_RESUME;
}

/**
 * pm_suspend_no_platform() - Will devices keep the state that they are put in?
 *
 * True when nothing but the kernel has a hand in their power during this
 * transition.
 *
 * Return: true when they will.
 */
static inline bool pm_suspend_no_platform(void)
{
	return pm_suspend_global_flags & PM_SUSPEND_FLAG_NO_PLATFORM;
}

static inline void pm_set_suspend_no_platform(void)
{
	pm_suspend_global_flags |= PM_SUSPEND_FLAG_NO_PLATFORM;
}

/* A transition starts: forget the last one. */
static inline void pm_suspend_clear_flags(void)
{
	pm_suspend_global_flags = 0;
}

#else

static inline int pm_suspend(suspend_state_t state) { return -ENOSYS; }

#define pm_suspend_target_state	(PM_SUSPEND_ON)
#define suspend_valid_only_mem	NULL

static inline bool sync_on_suspend_enabled(void) { return true; }
static inline void suspend_set_ops(const struct platform_suspend_ops *ops) {}

static inline void s2idle_wake(void) {}
static inline void s2idle_set_ops(const struct platform_s2idle_ops *ops) {}
static inline void __init pm_states_init(void) {}
static inline bool idle_should_enter_s2idle(void) { return false; }
static inline bool pm_suspend_default_s2idle(void) { return false; }

static inline bool pm_suspend_no_platform(void) { return false; }
static inline bool pm_resume_via_firmware(void) { return false; }
static inline bool pm_suspend_via_firmware(void) { return false; }
static inline void pm_set_resume_via_firmware(void) {}
static inline void pm_set_suspend_via_firmware(void) {}
static inline void pm_suspend_clear_flags(void) {}

#endif /* CONFIG_SUSPEND */

/* --- Virtual consoles --- */

#ifdef CONFIG_VT_CONSOLE_SLEEP
/* Show the console of kernel messages while the system sleeps, and go back. */
void pm_restore_console(void);
void pm_prepare_console(void);
#else
static inline void pm_restore_console(void) {}
static inline void pm_prepare_console(void) {}
#endif

#ifdef CONFIG_VT
void pm_set_vt_switch(int do_switch);	/* is that needed at all? */
#else
static inline void pm_set_vt_switch(int do_switch) {}
#endif

#endif /* _LINUX_SUSPEND_H */
