// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: poke - a driver that changes memory while devices freeze, and takes some when they thaw
 *
 * An image may be written in part before the copy. Drivers change memory until
 * then, their own and, by DMA, that of user space. This driver does so on request:
 * each freeze callback adds one to one byte in some of the frames that it holds,
 * of kernel memory that it allocated and of user memory that a program handed to
 * it. The frames and the byte follow from a seed, so that anybody can tell what
 * every byte must be after any number of freezes.
 *
 * All is done by files in debugfs, below hib_poke/:
 *
 * user		written: "ADDRESS PAGES", a range of the writer's memory
 * arm		written: "SEED EVERY PAGES": one of EVERY frames is poked, all of
 *		them if that is 1; PAGES of kernel memory are allocated and filled
 * disarm	written: anything; lets go of all memory
 * refuse	written: "N", the next N freeze callbacks give -EBUSY
 * thaw		written: "PAGES": that many are allocated, if available, when devices
 *		come back from the copy, in either kernel; pages that it holds from
 *		before are freed, and so they are in a freeze callback
 * break	written: "N", in each of the next N freeze callbacks a page that it
 *		allocates has a hardware error, and is kept
 * hang		written: "1", the shutdown callback never comes back
 * state	read: one "name number" a line
 *
 * Not armed, and asked for no pages, it is a device whose callbacks return at once.
 * guest/poker.c of the selftests is the program that uses it.
 */
#include <linux/bits.h>
#include <linux/cleanup.h>
#include <linux/debugfs.h>
#include <linux/delay.h>
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/pm.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#define POKE_WORDS		(PAGE_SIZE / sizeof(u64))
#define POKE_MAX_PAGES		BIT(22)
#define POKE_KERNEL_PLACE	BIT_ULL(40)	/* places of user frames start with 0 */
#define POKE_ORDER_BYTES	64u

/**
 * struct poke_frames - Frames that are held.
 * @page: Them, in the order of their places.
 * @nr: How many.
 */
struct poke_frames {
	struct page **page;
	unsigned int nr;
};

/**
 * struct poke - The device.
 * @lock: Guards all below.
 * @seed: What the choice and the kernel frames' content follow from.
 * @every: One of this many frames is poked; 0: not armed.
 * @refuse: So many callbacks fail.
 * @breaks: In so many callbacks a page breaks.
 * @hang: Shutdown hangs.
 * @freezes: Callbacks since it was armed.
 * @thaw_pages: Wanted when devices come back.
 * @thaw: What there was of these.
 * @kernel: Frames of its own.
 * @user: Frames that were handed over.
 */
struct poke {
	struct mutex lock;	/* all below */
	u64 seed;
	unsigned int every;
	u32 refuse;
	u32 breaks;
	bool hang;
	unsigned int freezes;
	unsigned int thaw_pages;
	struct list_head thaw;
	struct poke_frames kernel;
	struct poke_frames user;
};

/* splitmix64; guest/pattern.c has the same. */
static u64 poke_mix(u64 x)
{
	x += 0x9e3779b97f4a7c15ull;
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ull;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebull;
	return x ^ (x >> 31);
}

/* Whether the frame at @place is poked, and where. */
static bool poke_chooses(const struct poke *p, u64 place, unsigned int *offset)
{
	u64 draw = poke_mix(p->seed ^ poke_mix(place));

	*offset = (draw >> 32) % PAGE_SIZE;
	return draw % p->every == 0;
}

static void poke_fill(const struct poke *p, u64 place, u64 *word)
{
	u64 base = poke_mix(p->seed + place);

	for (unsigned int i = 0; i < POKE_WORDS; i++)
		word[i] = poke_mix(base + i);
}

static unsigned int poke_change(const struct poke *p, const struct poke_frames *frames, u64 place)
{
	unsigned int poked = 0, offset;

	for (unsigned int i = 0; i < frames->nr; i++) {
		if (!poke_chooses(p, place + i, &offset))
			continue;
		((u8 *)page_address(frames->page[i]))[offset]++;
		poked++;
	}
	return poked;
}

static void poke_free_thaw(struct poke *p)
{
	struct page *page, *next;

	list_for_each_entry_safe(page, next, &p->thaw, lru)
		__free_page(page);
	INIT_LIST_HEAD(&p->thaw);
}

static int poke_thaw(struct device *dev)
{
	struct poke *p = dev_get_drvdata(dev);
	unsigned int got = 0;

	guard(mutex)(&p->lock);
	for (; got < p->thaw_pages; got++) {
		struct page *page = alloc_page(GFP_NOWAIT | __GFP_NOWARN);

		if (!page)
			break;
		list_add(&page->lru, &p->thaw);
	}
	if (p->thaw_pages)
		dev_info(dev, "thaw: %u pages of %u\n", got, p->thaw_pages);
	return 0;
}

static void poke_break(struct poke *p)
{
	struct page *page;

	if (!IS_ENABLED(CONFIG_MEMORY_FAILURE) || !p->breaks)
		return;
	p->breaks--;
	page = alloc_page(GFP_KERNEL);
	if (page)
		memory_failure(page_to_pfn(page), 0);
}

static int poke_freeze(struct device *dev)
{
	struct poke *p = dev_get_drvdata(dev);
	unsigned int kernel, user;

	guard(mutex)(&p->lock);
	poke_free_thaw(p);
	poke_break(p);
	if (p->refuse) {
		p->refuse--;
		return -EBUSY;
	}
	if (!p->every)
		return 0;
	kernel = poke_change(p, &p->kernel, POKE_KERNEL_PLACE);
	user = poke_change(p, &p->user, 0);
	p->freezes++;
	dev_info(dev, "freeze %u: poked %u kernel and %u user frames\n", p->freezes, kernel, user);
	return 0;
}

static const struct dev_pm_ops poke_pm_ops = {
	.freeze = poke_freeze,
	.thaw = poke_thaw,
	.restore = poke_thaw,
};

static unsigned int poke_count(const struct poke *p, const struct poke_frames *frames, u64 place)
{
	unsigned int chosen = 0, offset;

	for (unsigned int i = 0; p->every && i < frames->nr; i++)
		chosen += poke_chooses(p, place + i, &offset);
	return chosen;
}

/* Kernel frames that do not hold what they must. */
static unsigned int poke_wrong(const struct poke *p, u64 *scratch)
{
	unsigned int wrong = 0, offset;

	for (unsigned int i = 0; i < p->kernel.nr; i++) {
		u64 place = POKE_KERNEL_PLACE + i;

		poke_fill(p, place, scratch);
		if (poke_chooses(p, place, &offset))
			((u8 *)scratch)[offset] += p->freezes;
		wrong += !!memcmp(page_address(p->kernel.page[i]), scratch, PAGE_SIZE);
	}
	return wrong;
}

static int poke_state_show(struct seq_file *m, void *unused)
{
	struct poke *p = m->private;
	u64 *scratch = kmalloc(PAGE_SIZE, GFP_KERNEL);

	if (!scratch)
		return -ENOMEM;
	mutex_lock(&p->lock);
	seq_printf(m, "armed %u\nfreezes %u\n", !!p->every, p->freezes);
	seq_printf(m, "user_pages %u\nuser_poked %u\n", p->user.nr, poke_count(p, &p->user, 0));
	seq_printf(m, "kernel_pages %u\nkernel_poked %u\nkernel_wrong %u\n", p->kernel.nr,
		   poke_count(p, &p->kernel, POKE_KERNEL_PLACE), poke_wrong(p, scratch));
	mutex_unlock(&p->lock);
	kfree(scratch);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(poke_state);

static void poke_free_kernel(struct poke *p)
{
	while (p->kernel.nr)
		__free_page(p->kernel.page[--p->kernel.nr]);
	kvfree(p->kernel.page);
	p->kernel.page = NULL;
}

static int poke_alloc_kernel(struct poke *p, unsigned int nr_pages)
{
	p->kernel.page = kvcalloc(nr_pages, sizeof(*p->kernel.page), GFP_KERNEL);
	if (!p->kernel.page)
		return -ENOMEM;
	while (p->kernel.nr < nr_pages) {
		struct page *page = alloc_page(GFP_KERNEL);

		if (!page) {
			poke_free_kernel(p);
			return -ENOMEM;
		}
		poke_fill(p, POKE_KERNEL_PLACE + p->kernel.nr, page_address(page));
		p->kernel.page[p->kernel.nr++] = page;
	}
	return 0;
}

static void poke_unpin_user(struct poke *p)
{
	if (p->user.nr)
		unpin_user_pages_dirty_lock(p->user.page, p->user.nr, true);
	kvfree(p->user.page);
	p->user = (struct poke_frames) {};
}

static int poke_pin_user(struct poke *p, unsigned long address, unsigned int nr_pages)
{
	p->user.page = kvcalloc(nr_pages, sizeof(*p->user.page), GFP_KERNEL);
	if (!p->user.page)
		return -ENOMEM;
	while (p->user.nr < nr_pages) {
		int got = pin_user_pages_fast(address + p->user.nr * PAGE_SIZE,
					      nr_pages - p->user.nr, FOLL_WRITE | FOLL_LONGTERM,
					      p->user.page + p->user.nr);

		if (got <= 0) {
			poke_unpin_user(p);
			return got ?: -EFAULT;
		}
		p->user.nr += got;
	}
	return 0;
}

static int poke_user(struct poke *p, const char *order)
{
	unsigned long address;
	unsigned int nr_pages;

	if (sscanf(order, "%lu %u", &address, &nr_pages) != 2 || !nr_pages ||
	    nr_pages > POKE_MAX_PAGES || !PAGE_ALIGNED(address))
		return -EINVAL;
	if (p->user.nr || p->every)
		return -EBUSY;
	return poke_pin_user(p, address, nr_pages);
}

static int poke_arm(struct poke *p, const char *order)
{
	unsigned int every, nr_pages;
	int ret = 0;
	u64 seed;

	if (sscanf(order, "%llu %u %u", &seed, &every, &nr_pages) != 3 || !every ||
	    nr_pages > POKE_MAX_PAGES)
		return -EINVAL;
	if (p->every)
		return -EBUSY;
	p->seed = seed;
	if (nr_pages)
		ret = poke_alloc_kernel(p, nr_pages);
	if (ret)
		return ret;
	p->freezes = 0;
	p->every = every;
	return 0;
}

static int poke_disarm(struct poke *p, const char *order)
{
	p->every = 0;
	p->thaw_pages = 0;
	poke_free_thaw(p);
	poke_free_kernel(p);
	poke_unpin_user(p);
	return 0;
}

static int poke_set_thaw(struct poke *p, const char *order)
{
	unsigned int nr_pages;

	if (sscanf(order, "%u", &nr_pages) != 1 || nr_pages > POKE_MAX_PAGES)
		return -EINVAL;
	poke_free_thaw(p);
	p->thaw_pages = nr_pages;
	return 0;
}

static ssize_t poke_order(struct file *file, const char __user *buf, size_t count,
			  int (*obey)(struct poke *p, const char *order))
{
	struct poke *p = file->private_data;
	char order[POKE_ORDER_BYTES] = "";
	int ret;

	if (count >= sizeof(order))
		return -EINVAL;
	if (copy_from_user(order, buf, count))
		return -EFAULT;
	guard(mutex)(&p->lock);
	ret = obey(p, order);
	return ret ?: count;
}

#define POKE_FILE(_name, _obey)							\
	static ssize_t poke_##_name##_write(struct file *file, const char __user *buf,	\
					    size_t count, loff_t *pos)			\
	{										\
		return poke_order(file, buf, count, _obey);				\
	}										\
	static const struct file_operations poke_##_name##_fops = {			\
		.open = simple_open,							\
		.write = poke_##_name##_write,						\
	}

POKE_FILE(user, poke_user);
POKE_FILE(arm, poke_arm);
POKE_FILE(disarm, poke_disarm);
POKE_FILE(thaw, poke_set_thaw);

static int __init poke_probe(struct platform_device *pdev)
{
	struct poke *p = devm_kzalloc(&pdev->dev, sizeof(*p), GFP_KERNEL);
	struct dentry *dir;

	if (!p)
		return -ENOMEM;
	dir = debugfs_create_dir("hib_poke", NULL);
	mutex_init(&p->lock);
	INIT_LIST_HEAD(&p->thaw);
	platform_set_drvdata(pdev, p);
	debugfs_create_file("user", 0200, dir, p, &poke_user_fops);
	debugfs_create_file("arm", 0200, dir, p, &poke_arm_fops);
	debugfs_create_file("disarm", 0200, dir, p, &poke_disarm_fops);
	debugfs_create_file("thaw", 0200, dir, p, &poke_thaw_fops);
	debugfs_create_u32("refuse", 0600, dir, &p->refuse);
	debugfs_create_u32("break", 0600, dir, &p->breaks);
	debugfs_create_bool("hang", 0600, dir, &p->hang);
	debugfs_create_file("state", 0400, dir, p, &poke_state_fops);
	return 0;
}

static void poke_shutdown(struct platform_device *pdev)
{
	while (READ_ONCE(((struct poke *)platform_get_drvdata(pdev))->hang))
		msleep(1000);
}

static struct platform_driver poke_driver = {
	.shutdown = poke_shutdown,
	.driver = {
		.name = "hib_poke",
		.pm = &poke_pm_ops,
		.suppress_bind_attrs = true,
	},
};

static int __init poke_init(void)
{
	return PTR_ERR_OR_ZERO(platform_create_bundle(&poke_driver, poke_probe, NULL, 0, NULL, 0));
}
device_initcall(poke_init);
