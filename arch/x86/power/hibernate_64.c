// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: hibernate_64 - saving control, and passing it to another kernel
 *
 * Way down: hib_arch_suspend() records in hib_arch_context where this kernel
 * goes on, and has memory copied. That record is in the image.
 *
 * Way up: hib_arch_jump_prepare() makes, in pages that no part of the image is
 * moved to::
 *
 *	page tables	all RAM at this kernel's direct map, and the 2 MiB in
 *			which the image's kernel is entered, where it expects
 *			them; everything can be written and executed
 *	a trampoline	the code that moves frames and enters that kernel
 *	the jump	struct hib_arch_jump_page, what the trampoline starts with
 *
 * The pages stay with those who gave them. What this file changes outside of
 * them is one permission, that of the trampoline in the current page tables;
 * hib_arch_jump_unprepare() takes it back. hib_arch_jump() does not return:
 * past it there is nothing left of this kernel to return to.
 *
 * The object hib_arch_context is the only one with a life of its own; it is
 * written on the way down, read by assembly code, and described in the image by
 * hib_arch_ident_fill().
 */
#include "hibernate_64.h"
#include <linux/errno.h>
#include <linux/hibernation_arch.h>
#include <linux/irqflags.h>
#include <linux/lockdep.h>
#include <linux/mm.h>
#include <linux/pgtable.h>
#include <linux/range.h>
#include <linux/set_memory.h>
#include <linux/string.h>
#include <linux/suspend.h>
#include <asm/hpet.h>
#include <asm/ibt.h>
#include <asm/init.h>
#include <asm/msr.h>
#include <asm/page.h>
#include <asm/processor-flags.h>
#include <asm/special_insns.h>
#include "hibernate_ident.h"

static_assert(offsetof(struct hib_arch_context, rsp) == HIB_CONTEXT_RSP);
static_assert(offsetof(struct hib_arch_context, gs_base) == HIB_CONTEXT_GS_BASE);
static_assert(offsetof(struct hib_arch_context, cr3) == HIB_CONTEXT_CR3);
static_assert(offsetof(struct hib_arch_jump_page, trampoline) == HIB_JUMP_TRAMPOLINE);
static_assert(offsetof(struct hib_arch_jump_page, cr3) == HIB_JUMP_CR3);
static_assert(offsetof(struct hib_arch_jump_page, cr4) == HIB_JUMP_CR4);
static_assert(offsetof(struct hib_arch_jump_page, direct_map) == HIB_JUMP_DIRECT_MAP);
static_assert(offsetof(struct hib_arch_jump_page, moves) == HIB_JUMP_MOVES);
static_assert(offsetof(struct hib_arch_jump_page, reentry) == HIB_JUMP_REENTRY);
static_assert(offsetof(struct hib_arch_jump_page, context) == HIB_JUMP_CONTEXT);
static_assert(offsetof(struct hib_arch_jump_page, image_cr3) == HIB_JUMP_IMAGE_CR3);
static_assert(offsetof(struct hib_move_page, next_phys) == HIB_MOVE_PAGE_NEXT);
static_assert(offsetof(struct hib_move_page, nr) == HIB_MOVE_PAGE_NR);
static_assert(offsetof(struct hib_move_page, moves) == HIB_MOVE_PAGE_MOVES);
static_assert(sizeof(struct hib_move_page) <= PAGE_SIZE);
static_assert(offsetof(struct hib_move, dst_pfn) == HIB_MOVE_DST);
static_assert(offsetof(struct hib_move, src_pfn) == HIB_MOVE_SRC);
static_assert(offsetof(struct hib_move, nr_pages) == HIB_MOVE_NR_PAGES);
static_assert(sizeof(struct hib_move) == HIB_MOVE_BYTES);

static struct hib_arch_context hib_arch_context;

/**
 * hib_arch_copy() - Make the copy, in C, so that CFI knows the call.
 * @context: Says which function copies.
 *
 * Called by hib_arch_save().
 *
 * Context: One CPU, interrupts off.
 * Return: What that function returned.
 */
asmlinkage __visible int hib_arch_copy(struct hib_arch_context *context)
{
	return context->copy(context->arg);
}

/**
 * hib_arch_mapped_end() - How far does the direct map surely show memory?
 * @pfn: A page frame.
 *
 * Context: Any.
 * Return: Past the last frame that the entry of the page tables maps by which @pfn is mapped,
 * which may be a large page; @pfn if it is not mapped.
 */
unsigned long hib_arch_mapped_end(unsigned long pfn)
{
	unsigned int level;
	pte_t *pte = lookup_address((unsigned long)pfn_to_kaddr(pfn), &level);

	if (!pte || !(pte_flags(*pte) & _PAGE_PRESENT))
		return pfn;
	return (pfn | (page_level_size(level) / PAGE_SIZE - 1)) + 1;
}

/**
 * hib_arch_suspend() - Save control and have memory copied.
 * @copy: Copies memory; interrupts off, one CPU. 0 or an errno.
 * @arg: Passed to it.
 *
 * Returns once more in the restored kernel. Page tables, stack and per-CPU base
 * are right then, all else is left to restore_processor_state(). Whether
 * indirect branches are checked (IBT) is this kernel's choice and not that of
 * the one which loaded the image, or which @copy has left this one for; nobody
 * else restores that.
 *
 * Context: Interrupts off, one CPU, after save_processor_state().
 * Return: %HIB_ARCH_SAVED, %HIB_ARCH_RESUMED or the errno of @copy.
 */
int hib_arch_suspend(int (*copy)(void *arg), void *arg)
{
	u64 ibt = ibt_save(false);
	int ret;

	lockdep_assert_irqs_disabled();
	hib_arch_context.copy = copy;
	hib_arch_context.arg = arg;
	hib_arch_context.cr3 = read_cr3_pa();
	rdmsrl(MSR_GS_BASE, hib_arch_context.gs_base);

	ret = hib_arch_save(&hib_arch_context);
	ibt_restore(ibt);
	return ret;
}

/**
 * hib_arch_ident_fill() - Describe this kernel and machine for an image.
 * @buf: The header's architecture part, aligned to 8 bytes.
 * @size: Its size in bytes.
 *
 * What it says about the kernel is what hib_arch_suspend() recorded, not the
 * state of the caller, which may be another task by now.
 *
 * Context: Process context, after hib_arch_suspend() returned %HIB_ARCH_SAVED.
 * Return:
 * * bytes used
 * * -EOVERFLOW	- @size is too small
 * * -EINVAL	- hib_arch_suspend() was never called
 * * -ENOMEM
 */
int hib_arch_ident_fill(void *buf, unsigned int size)
{
	if (size < sizeof(struct hib_arch_ident))
		return -EOVERFLOW;
	if (!hib_arch_context.cr3)
		return -EINVAL;
	return hib_arch_ident_describe(buf, &hib_arch_context) ?: sizeof(struct hib_arch_ident);
}

static void *jump_page(void *arg)
{
	struct hib_arch_jump_page *jump = arg;

	return jump->alloc(jump->alloc_arg);
}

/* Large pages that may be written and executed; not global: CR3 drops them. */
static u64 jump_leaf_flags(void)
{
	return (__PAGE_KERNEL_LARGE_EXEC & ~_PAGE_GLOBAL) & __default_kernel_pte_mask;
}

/* All RAM where this kernel has it, so that no move can reach these tables; and the image's. */
static int jump_map_ram(struct hib_arch_jump_page *jump, const struct hib_arch_fit *fit)
{
	struct x86_mapping_info info = {
		.alloc_pgt_page = jump_page,
		.context = jump,
		.page_flag = jump_leaf_flags(),
		.offset = __PAGE_OFFSET,
	};
	int i, ret = 0;

	for (i = 0; !ret && i < nr_pfn_mapped; i++)
		ret = kernel_ident_mapping_init(&info, jump->pgd,
						PFN_PHYS(pfn_mapped[i].start),
						PFN_PHYS(pfn_mapped[i].end));
	for (i = 0; !ret && i < fit->nr_lent; i++)
		ret = kernel_ident_mapping_init(&info, jump->pgd,
						PFN_PHYS(fit->lent[i].start_pfn),
						PFN_PHYS(fit->lent[i].end_pfn));
	return ret;
}

/* The table that an entry leads to; made when there is none yet. */
static u64 *jump_table_below(struct hib_arch_jump_page *jump, u64 *entry)
{
	void *table;

	if (*entry & _PAGE_PRESENT)
		return __va(*entry & PTE_PFN_MASK);
	table = jump_page(jump);
	if (table)
		*entry = __pa(table) | (_KERNPG_TABLE & __default_kernel_pte_mask);
	return table;
}

/*
 * The 2 MiB around the re-entry, where the image's kernel has them. Tables of
 * all levels look alike, and the first one may already be there: with five
 * levels the direct map and the kernel can share an entry of the root.
 */
static int jump_map_reentry(struct hib_arch_jump_page *jump, u64 address, u64 phys)
{
	const unsigned int step = PMD_SHIFT - PAGE_SHIFT;
	u64 *table = jump->pgd;
	unsigned int shift;

	for (shift = PGDIR_SHIFT; shift > PMD_SHIFT; shift -= step) {
		table = jump_table_below(jump, &table[(address >> shift) % PTRS_PER_PTE]);
		if (!table)
			return -ENOMEM;
	}
	table[(address >> PMD_SHIFT) % PTRS_PER_PTE] = (phys & PMD_MASK) | jump_leaf_flags();
	return 0;
}

static int jump_make_tables(struct hib_arch_jump_page *jump, const struct hib_arch_fit *fit,
			    u64 reentry_phys)
{
	int ret;

	jump->pgd = jump_page(jump);
	if (!jump->pgd)
		return -ENOMEM;
	jump->cr3 = __pa(jump->pgd);
	ret = jump_map_ram(jump, fit);
	if (ret)
		return ret;
	return jump_map_reentry(jump, jump->reentry, reentry_phys);
}

/* Last, since this is the part that has to be undone. */
static int jump_make_trampoline(struct hib_arch_jump_page *jump)
{
	void *page = jump_page(jump);

	if (!page)
		return -ENOMEM;
	memcpy(page, hib_arch_trampoline, hib_arch_trampoline_bytes);
	jump->trampoline = (unsigned long)page;
	return set_memory_rox(jump->trampoline, 1);
}

/**
 * hib_arch_jump_prepare() - Make ready to enter an image's kernel.
 * @ident: The header's architecture part; hib_arch_ident_check() agreed to it.
 * @bytes: Its size.
 * @fit: What that function made of it.
 * @alloc: Gives zeroed pages that are no image destination, NULL when out of
 *	them: some for each GiB of RAM. They stay with @alloc's owner, who frees
 *	them after hib_arch_jump_unprepare() or after an error.
 * @arg: Passed to @alloc.
 *
 * Context: Process context, sleeps.
 * Return: The jump, or NULL when @alloc gave no page or a page of this kernel's
 * own tables was missing.
 */
struct hib_arch_jump_page *hib_arch_jump_prepare(const void *ident, unsigned int bytes,
						 const struct hib_arch_fit *fit,
						 void *(*alloc)(void *arg), void *arg)
{
	const struct hib_arch_ident *image = ident;
	struct hib_arch_jump_page *jump;
	const char *why;

	if (hib_arch_ident_parse(ident, bytes, &why))
		return NULL;
	jump = alloc(arg);
	if (!jump)
		return NULL;

	jump->alloc = alloc;
	jump->alloc_arg = arg;
	jump->direct_map = __PAGE_OFFSET;
	jump->reentry = le64_to_cpu(image->reentry);
	jump->context = le64_to_cpu(image->context);
	jump->image_cr3 = le64_to_cpu(image->cr3);

	if (jump_make_tables(jump, fit, le64_to_cpu(image->reentry_phys)) ||
	    jump_make_trampoline(jump)) {
		hib_arch_jump_unprepare(jump);
		return NULL;
	}
	return jump;
}

/**
 * hib_arch_jump_unprepare() - There is no jump after all.
 * @jump: From hib_arch_jump_prepare().
 *
 * Takes back what was changed for it, so that its pages can be freed.
 *
 * Context: Process context, sleeps.
 */
void hib_arch_jump_unprepare(struct hib_arch_jump_page *jump)
{
	if (!jump->trampoline)
		return;
	/* Never both at once, not even on the way back. */
	WARN_ON_ONCE(set_memory_nx(jump->trampoline, 1) ||
		     set_memory_rw(jump->trampoline, 1));
	jump->trampoline = 0;
}

/*
 * If a HPET replaces the legacy timer and clock, the interrupts of those two
 * reach nobody. A kernel that uses no HPET, as without ACPI, would wait for its
 * ticks forever. A kernel that uses it sets it up again.
 */
#ifdef CONFIG_HPET_TIMER
static void jump_give_timers_back(void)
{
	hpet_disable();
}
#else
static void jump_give_timers_back(void)
{
}
#endif

/**
 * hib_arch_jump() - Move frames to their places and enter the image's kernel.
 * @jump: From hib_arch_jump_prepare().
 * @first_move_page_phys: First struct hib_move_page, 0 for none.
 *
 * The other kernel may have been built without landing pads for indirect
 * branches, so IBT is off before it is entered; it knows what it had.
 *
 * Context: Interrupts off, one CPU, devices and syscore at rest. Does not return.
 */
void __noreturn hib_arch_jump(struct hib_arch_jump_page *jump, u64 first_move_page_phys)
{
	lockdep_assert_irqs_disabled();
	jump->moves = first_move_page_phys;
	jump->cr4 = __read_cr4() & ~X86_CR4_PGE;
	ibt_save(true);
	jump_give_timers_back();
	hib_arch_leave(jump);
	BUG();
}
