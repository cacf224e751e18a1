// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: answers - why hibernation is not available, and where an image would lie
 *
 * What administrators ask before they hibernate, or when it was refused. Asking
 * changes nothing, freezes nothing, and says nothing in the log.
 *
 * Context: process context, system_transition_mutex held.
 */
#include "answers.h"
#include <linux/blkdev.h>
#include <linux/fs.h>
#include <linux/hibernation_arch.h>
#include <linux/mm.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/secretmem.h>
#include <linux/security.h>
#include <linux/slab.h>
#include <linux/swap.h>
#include <linux/swapops.h>
#include <linux/sysfs.h>
#include "device/choose.h"
#include "device/store.h"
#include "order/machine.h"
#include "order/settings.h"
#include "pure/mib.h"

#define ARMED_NOT	"armed: this boot did not look for an image on %pg at block %llu\n"

/* A task that is changing its memory right now is passed over. */
static bool has_secret_memory(struct task_struct *task)
{
	struct mm_struct *mm = get_task_mm(task);
	struct vm_area_struct *vma;
	bool found = false;

	if (!mm)
		return false;
	if (mmap_read_trylock(mm)) {
		VMA_ITERATOR(vmi, mm, 0);

		for_each_vma(vmi, vma)
			found |= vma_is_secretmem(vma);
		mmap_read_unlock(mm);
	}
	mmput_async(mm);
	return found;
}

static ssize_t show_secret(char *buf, ssize_t at)
{
	struct task_struct *task;
	ssize_t begin = at;

	if (!secretmem_active())
		return 0;
	rcu_read_lock();
	for_each_process(task)
		if (has_secret_memory(task))
			at += sysfs_emit_at(buf, at, "secretmem: %s, process %d\n", task->comm,
					    task_pid_nr(task));
	rcu_read_unlock();
	if (at == begin)
		at += sysfs_emit_at(buf, at, "secretmem: in use\n");
	return at - begin;
}

static ssize_t show_place(char *buf, ssize_t at)
{
	const struct hib_place_wanted wanted = hib_machine_place(true);
	struct hib_store *s = kzalloc(sizeof(*s), GFP_KERNEL);
	ssize_t begin = at;
	int ret;

	if (!s)
		return sysfs_emit_at(buf, at, "place: unknown, no memory\n");
	ret = hib_store_open(s, &wanted);
	if (ret) {
		at += sysfs_emit_at(buf, at, "place: %s\n", s->why[0] ? s->why :
				    ret == -ENODEV ? "no usable swap area" : "cannot be read");
	} else {
		if (!hib_machine_armed(s->bdev->bd_dev, s->root_block))
			at += sysfs_emit_at(buf, at, ARMED_NOT, s->bdev, s->root_block);
		hib_store_close(s);
	}
	kfree(s);
	return at - begin;
}

/**
 * hib_answers_available() - Answer for /sys/power/hibernate/available.
 * @buf: A sysfs buffer.
 *
 * One line for each reason. That this boot did not look for an image is a reason only with
 * hibernate.require_armed, and a warning else.
 *
 * Return: Bytes written to @buf.
 */
ssize_t hib_answers_available(char *buf)
{
	const char *why;
	ssize_t at = 0;

	if (hib_settings.disabled)
		at += sysfs_emit_at(buf, at, "nohibernate: given on the command line\n");
	if (security_locked_down(LOCKDOWN_HIBERNATION))
		at += sysfs_emit_at(buf, at, "lockdown: see /sys/kernel/security/lockdown\n");
	at += show_secret(buf, at);
	if (cxl_mem_active())
		at += sysfs_emit_at(buf, at, "cxl: CXL memory is in use\n");
	if (hib_arch_possible(&why))
		at += sysfs_emit_at(buf, at, "machine: %s\n", why);
	at += show_place(buf, at);
	return at ?: sysfs_emit(buf, "yes\n");
}

/* The path as swapon was given it; a name that would break the line is changed. */
static const char *area_path(const struct swap_info_struct *si, char *page)
{
	char *path = file_path(si->swap_file, page, PAGE_SIZE);

	return IS_ERR(path) ? "?" : strreplace(path, '\n', '?');
}

static ssize_t show_area(char *buf, ssize_t at, const struct swap_info_struct *si, void *page)
{
	const struct hib_place_wanted any = { .quiet = true };
	u64 free_mib = hib_blocks_to_mib(count_swap_pages(si->type, 1));
	char why[HIB_AREA_WHY_BYTES];
	struct hib_chosen_area found = {};
	int ret = hib_choose_look(si->type, &any, &found, page, why);
	dev_t dev = found.bdev ? found.bdev->bd_dev : 0;

	if (ret == -ENODEV)
		return 0;
	return sysfs_emit_at(buf, at, "%u:%u %llu %llu %s %s%s%s\n", MAJOR(dev), MINOR(dev),
			     found.member.root_block, free_mib, ret ? "unusable" : "usable",
			     area_path(si, page), ret ? ": " : "", ret ? why : "");
}

/**
 * hib_answers_areas() - Answer for /sys/power/hibernate/areas.
 * @buf: A sysfs buffer.
 *
 * Return: Bytes written to @buf, or -ENOMEM.
 */
ssize_t hib_answers_areas(char *buf)
{
	void *page = (void *)__get_free_page(GFP_KERNEL);
	ssize_t at = 0;

	if (!page)
		return -ENOMEM;
	for (int type = 0; type < MAX_SWAPFILES; type++) {
		struct swap_info_struct *si = NULL;

		if (count_swap_pages(type, 0))
			si = get_swap_device(swp_entry(type, 1));
		if (!si)
			continue;
		at += show_area(buf, at, si, page);
		put_swap_device(si);
	}
	free_page((unsigned long)page);
	return at;
}

/**
 * hib_answers_armed() - Answer for /sys/power/hibernate/resume_armed.
 * @buf: A sysfs buffer.
 *
 * Return: Bytes written to @buf, or -ENOMEM.
 */
ssize_t hib_answers_armed(char *buf)
{
	const struct hib_place_wanted wanted = hib_machine_place(true);
	struct hib_store *s = kzalloc(sizeof(*s), GFP_KERNEL);
	bool armed = false;

	if (!s)
		return -ENOMEM;
	if (!hib_store_open(s, &wanted)) {
		armed = hib_machine_armed(s->bdev->bd_dev, s->root_block);
		hib_store_close(s);
	}
	kfree(s);
	return sysfs_emit(buf, "%d\n", armed);
}
