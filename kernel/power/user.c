// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: user - /dev/snapshot
 *
 * A program opens the device to read and writes the image wherever it wants
 * (order/userdown.c), or opens it to write and has an image restored that it read from
 * there (order/userup.c). This file is what the program sees: the file, its ioctls in their
 * order, and slots of a swap area. Documentation/power/userland-swsusp.rst describes them.
 *
 * An open file claims the system, so there is one at a time, and it excludes a hibernation
 * by /sys/power/state. When the file is closed, tasks are thawed and everything is given
 * back, whatever the program did before it ended.
 *
 * Each call takes system_transition_mutex.
 */
#define pr_fmt(fmt) "PM: hibernation: " fmt

#include <linux/compat.h>
#include <linux/device.h>
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/suspend.h>
#include <linux/suspend_ioctls.h>
#include <linux/uaccess.h>
#include "device/userarea.h"
#include "order/machine.h"
#include "order/settings.h"
#include "order/userdown.h"
#include "order/userup.h"
#include "power.h"

/**
 * struct snapshot_file - The open file.
 * @down: It was opened to read,
 * @up: or to write; the other one is NULL.
 * @platform: The machine is to sleep through its firmware.
 * @waited: Devices were waited for.
 * @pos: Bytes of the current block that were read or written.
 * @block: That block; NULL: reading has not begun, or is at the end.
 * @page: Room for a block that is written.
 * @area: The swap area that the program may write to.
 */
struct snapshot_file {
	struct hib_userdown *down;
	struct hib_userup *up;
	bool platform;
	bool waited;
	size_t pos;
	const u8 *block;
	u8 *page;
	struct hib_userarea area;
};

/**
 * is_hibernate_resume_dev() - May a program write to an active swap area's device?
 * @dev: The device.
 *
 * Context: Any. Takes no lock.
 * Return: 1 if the program that has /dev/snapshot open has chosen an area there.
 */
int is_hibernate_resume_dev(dev_t dev)
{
	return hibernation_available() && READ_ONCE(hib_machine.user_dev) == dev;
}

static int file_begin(struct snapshot_file *f, unsigned int mode)
{
	int ret;

	if (mode == O_RDONLY) {
		f->down = hib_userdown_begin(&ret);
	} else {
		f->page = (u8 *)__get_free_page(GFP_KERNEL);
		if (!f->page)
			return -ENOMEM;
		f->up = hib_userup_begin(&ret);
	}
	return ret;
}

static void file_free(struct snapshot_file *f)
{
	free_page((unsigned long)f->page);
	kfree(f);
}

static int snapshot_open(struct inode *inode, struct file *file)
{
	unsigned int flags, mode = file->f_flags & O_ACCMODE;
	struct snapshot_file *f;
	int ret;

	if (!hibernation_available())
		return -EPERM;
	f = kzalloc(sizeof(*f), GFP_KERNEL);
	if (!f)
		return -ENOMEM;
	hib_userarea_init(&f->area);
	flags = lock_system_sleep();
	if (hibernation_in_progress())
		ret = -EBUSY;
	else
		ret = mode == O_RDWR ? -ENOSYS : file_begin(f, mode);
	unlock_system_sleep(flags);
	if (ret) {
		file_free(f);
		return ret;
	}
	file->private_data = f;
	return nonseekable_open(inode, file);
}

static int snapshot_release(struct inode *inode, struct file *file)
{
	struct snapshot_file *f = file->private_data;
	unsigned int flags = lock_system_sleep();

	WRITE_ONCE(hib_machine.user_dev, 0);
	hib_userarea_give_back(&f->area);
	if (f->down)
		hib_userdown_end(f->down);
	if (f->up)
		hib_userup_end(f->up);
	unlock_system_sleep(flags);
	file_free(f);
	return 0;
}

/* The next read or write begins a block. */
static void file_rewind(struct snapshot_file *f)
{
	f->pos = 0;
	f->block = NULL;
}

/* At most to the end of the block. */
static ssize_t file_read(struct snapshot_file *f, char __user *buf, size_t count)
{
	size_t nr = min(count, HIB_BLOCK_BYTES - f->pos);

	if (!f->down || !hib_userdown_has_image(f->down))
		return -ENODATA;
	if (!f->block)
		f->block = hib_userdown_next(f->down);
	if (!f->block)
		return 0;
	nr -= copy_to_user(buf, f->block + f->pos, nr);
	if (!nr)
		return -EFAULT;
	f->pos += nr;
	if (f->pos == HIB_BLOCK_BYTES)
		file_rewind(f);
	return nr;
}

static ssize_t snapshot_read(struct file *file, char __user *buf, size_t count, loff_t *pos)
{
	unsigned int flags = lock_system_sleep();
	ssize_t ret = count ? file_read(file->private_data, buf, count) : 0;

	unlock_system_sleep(flags);
	return ret;
}

static void file_wait(struct snapshot_file *f)
{
	if (f->up && !f->waited)
		wait_for_device_probe();
	f->waited = true;
}

static ssize_t file_write(struct snapshot_file *f, const char __user *buf, size_t count)
{
	size_t nr = min(count, HIB_BLOCK_BYTES - f->pos);
	int ret;

	if (hib_userup_is_complete(f->up))
		return 0;
	nr -= copy_from_user(f->page + f->pos, buf, nr);
	if (!nr)
		return -EFAULT;
	f->pos += nr;
	if (f->pos < HIB_BLOCK_BYTES)
		return nr;
	file_rewind(f);
	ret = hib_userup_write(f->up, f->page);
	return ret ?: nr;
}

static ssize_t snapshot_write(struct file *file, const char __user *buf, size_t count,
			      loff_t *pos)
{
	struct snapshot_file *f = file->private_data;
	unsigned int flags;
	ssize_t ret;

	file_wait(f);
	flags = lock_system_sleep();
	ret = count ? file_write(f, buf, count) : 0;
	unlock_system_sleep(flags);
	return ret;
}

static bool file_is_frozen(const struct snapshot_file *f)
{
	return f->down ? hib_userdown_is_frozen(f->down) : hib_userup_is_frozen(f->up);
}

static int ioctl_freeze(struct snapshot_file *f)
{
	return f->down ? hib_userdown_freeze(f->down) : hib_userup_freeze(f->up);
}

/* As long as there is an image, tasks stay frozen. */
static int ioctl_unfreeze(struct snapshot_file *f)
{
	if (f->up) {
		hib_userup_thaw(f->up);
	} else if (!hib_userdown_has_image(f->down)) {
		file_rewind(f);
		hib_userdown_drop(f->down);
		hib_userdown_thaw(f->down);
	}
	return 0;
}

static int ioctl_create(struct snapshot_file *f, int __user *arg)
{
	bool made;
	int ret;

	if (!f->down || !file_is_frozen(f) || hib_userdown_has_image(f->down) ||
	    !hibernation_available())
		return -EPERM;
	hib_userdown_drop(f->down);
	file_rewind(f);
	ret = hib_userdown_create(f->down, f->platform, &made);
	return ret ?: put_user((int)made, arg);
}

static int ioctl_restore(struct snapshot_file *f)
{
	if (!f->up || !file_is_frozen(f) || !hib_userup_is_complete(f->up) ||
	    !hibernation_available())
		return -EPERM;
	return hib_userup_restore(f->up);
}

static int ioctl_free(struct snapshot_file *f)
{
	file_rewind(f);
	if (f->down)
		hib_userdown_drop(f->down);
	else
		hib_userup_drop(f->up);
	return 0;
}

static int ioctl_image_size(struct snapshot_file *f, loff_t __user *arg)
{
	if (!f->down || !hib_userdown_has_image(f->down))
		return -ENODATA;
	return put_user((loff_t)hib_userdown_bytes(f->down), arg);
}

static int ioctl_suspend(struct snapshot_file *f)
{
	if (!f->down || !file_is_frozen(f))
		return -EPERM;
	return hib_userdown_suspend(f->down);
}

/* Without the platform, the program switches off by itself. */
static int ioctl_power_off(struct snapshot_file *f)
{
	if (!f->platform)
		return 0;
	return f->down ? hib_userdown_power_off(f->down) : -EPERM;
}

static int ioctl_set_area(struct snapshot_file *f, const struct resume_swap_area __user *arg)
{
	struct resume_swap_area area;
	dev_t dev;
	int ret;

	if (copy_from_user(&area, arg, sizeof(area)))
		return -EFAULT;
	dev = new_decode_dev(area.dev);
	ret = hib_userarea_set(&f->area, dev, area.offset);
	if (!ret)
		WRITE_ONCE(hib_machine.user_dev, dev);
	return ret;
}

static int ioctl_free_bytes(struct snapshot_file *f, loff_t __user *arg)
{
	return put_user((loff_t)hib_userarea_room(&f->area) << PAGE_SHIFT, arg);
}

static int ioctl_take_slot(struct snapshot_file *f, loff_t __user *arg)
{
	u64 block;
	int ret = hib_userarea_take(&f->area, &block);

	return ret ?: put_user((loff_t)block << PAGE_SHIFT, arg);
}

static long file_ioctl(struct snapshot_file *f, unsigned int cmd, unsigned long arg)
{
	void __user *ptr = (void __user *)arg;

	switch (cmd) {
	case SNAPSHOT_FREEZE:
		return ioctl_freeze(f);
	case SNAPSHOT_UNFREEZE:
		return ioctl_unfreeze(f);
	case SNAPSHOT_CREATE_IMAGE:
		return ioctl_create(f, ptr);
	case SNAPSHOT_ATOMIC_RESTORE:
		return ioctl_restore(f);
	case SNAPSHOT_FREE:
		return ioctl_free(f);
	case SNAPSHOT_PREF_IMAGE_SIZE:
		hib_settings.image_size = arg;
		return 0;
	case SNAPSHOT_GET_IMAGE_SIZE:
		return ioctl_image_size(f, ptr);
	case SNAPSHOT_AVAIL_SWAP_SIZE:
		return ioctl_free_bytes(f, ptr);
	case SNAPSHOT_ALLOC_SWAP_PAGE:
		return ioctl_take_slot(f, ptr);
	case SNAPSHOT_FREE_SWAP_PAGES:
		return hib_userarea_give_back(&f->area);
	case SNAPSHOT_S2RAM:
		return ioctl_suspend(f);
	case SNAPSHOT_PLATFORM_SUPPORT:
		f->platform = arg;
		return 0;
	case SNAPSHOT_POWER_OFF:
		return ioctl_power_off(f);
	case SNAPSHOT_SET_SWAP_AREA:
		return ioctl_set_area(f, ptr);
	default:
		return -ENOTTY;
	}
}

static long snapshot_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	long ret;

	if (_IOC_TYPE(cmd) != SNAPSHOT_IOC_MAGIC || _IOC_NR(cmd) > SNAPSHOT_IOC_MAXNR)
		return -ENOTTY;
	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	file_wait(file->private_data);
	if (!mutex_trylock(&system_transition_mutex))
		return -EBUSY;
	ret = file_ioctl(file->private_data, cmd, arg);
	mutex_unlock(&system_transition_mutex);
	return ret;
}

#ifdef CONFIG_COMPAT
/* All structures are the same; what is a pointer is turned into one. */
static long snapshot_compat_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	if (_IOC_DIR(cmd) != _IOC_NONE)
		arg = (unsigned long)compat_ptr(arg);
	return snapshot_ioctl(file, cmd, arg);
}
#endif

static const struct file_operations snapshot_fops = {
	.owner = THIS_MODULE,
	.open = snapshot_open,
	.release = snapshot_release,
	.read = snapshot_read,
	.write = snapshot_write,
	.unlocked_ioctl = snapshot_ioctl,
#ifdef CONFIG_COMPAT
	.compat_ioctl = snapshot_compat_ioctl,
#endif
};

static struct miscdevice snapshot_miscdev = {
	.minor = SNAPSHOT_MINOR,
	.name = "snapshot",
	.fops = &snapshot_fops,
};

static int __init snapshot_miscdev_init(void)
{
	return misc_register(&snapshot_miscdev);
}
device_initcall(snapshot_miscdev_init);
