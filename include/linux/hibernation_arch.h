/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The seam between the hibernation core and an architecture: who this machine
 * and kernel are, how control is saved, and how it is passed to another kernel.
 */
#ifndef _LINUX_HIBERNATION_ARCH_H
#define _LINUX_HIBERNATION_ARCH_H

#include <linux/types.h>
#include <asm/page.h>

enum hib_arch_return {
	HIB_ARCH_SAVED = 0,	/* the copy was made, this is the same kernel */
	HIB_ARCH_RESUMED = 1,	/* this is the restored kernel */
};				/* or a negative errno of the copy */

/**
 * struct hib_move - One move of page frames by the final copy.
 * @dst_pfn: First frame that is written.
 * @src_pfn: First frame that is read.
 * @nr_pages: How many.
 */
struct hib_move {
	u64 dst_pfn;
	u64 src_pfn;
	u64 nr_pages;
};

#define HIB_MOVES_PER_PAGE	((PAGE_SIZE - 16) / sizeof(struct hib_move))

/**
 * struct hib_move_page - One page of moves. Lies in a frame that no move writes.
 * @next_phys: Physical address of the next page; 0: last.
 * @nr: Moves in use.
 * @moves: The moves.
 */
struct hib_move_page {
	u64 next_phys;		/* 0: last */
	u64 nr;			/* moves in use */
	struct hib_move moves[HIB_MOVES_PER_PAGE];
};

/*
 * Fill the header's architecture part (at most @size bytes): re-entry point,
 * page-table root, paging depth, firmware memory map, CPU features. Called
 * by the task that will call hib_arch_suspend(). Bytes used, or -EOVERFLOW.
 */
int hib_arch_ident_fill(void *buf, unsigned int size);

#define HIB_ARCH_LENT	8u

/* Firmware's run-time services, for the image's kernel; or which region is not there, from 1. */
#define HIB_ARCH_SERVICES_THERE		0u
#define HIB_ARCH_SERVICES_UNKNOWN	U32_MAX

/**
 * struct hib_arch_fit - How an image fits this machine.
 * @ram_gone: Page frames of RAM that the image's kernel had and this one has not.
 * @nr_lent: Ranges in use in @lent.
 * @lent: RAM of the image where this boot has its tables: no page is loaded
 *	there, all are moved there last.
 * @services: Firmware's run-time services, HIB_ARCH_SERVICES_* or a number.
 * @note: What differs and does no harm; empty: nothing.
 * @why: When it does not fit: a token, a colon, and what.
 */
struct hib_arch_fit {
	s64 ram_gone;
	unsigned int nr_lent;
	struct {
		u64 start_pfn;
		u64 end_pfn;
	} lent[HIB_ARCH_LENT];
	u32 services;
	char note[136];
	char why[112];
};

/*
 * May an image with this ident be resumed by this kernel on this machine?
 * 0; -EBADMSG malformed; -ESTALE other machine, memory map or paging depth;
 * -EOPNOTSUPP unknown version; -ENOMEM. @same_map: refuse every
 * difference in firmware's memory map, a harmless one too.
 */
int hib_arch_ident_check(const void *buf, unsigned int bytes, bool same_map,
			 struct hib_arch_fit *fit);
/* Can this machine hibernate at all? 0, or -EOPNOTSUPP with *@why. */
int hib_arch_possible(const char **why);

struct hib_arch_tables;
/*
 * Firmware's tables lie in memory that no kernel counts as its own and that the
 * next boot may use otherwise. Keep a copy in memory that is saved (NULL: there is
 * none); put it back, first thing in the restored kernel with interrupts off; free it.
 */
struct hib_arch_tables *hib_arch_tables_keep(void);
void hib_arch_tables_put_back(const struct hib_arch_tables *tables);
void hib_arch_tables_drop(struct hib_arch_tables *tables);

/*
 * In the restored kernel, interrupts off: @which, found by the boot kernel, of
 * firmware's run-time services is not where it was. None is called again.
 */
void hib_arch_services_lost(u32 which);

/*
 * Past the last frame of those from @pfn on that one entry of the kernel's page tables maps;
 * @pfn if it is not mapped. Any context.
 */
unsigned long hib_arch_mapped_end(unsigned long pfn);

/*
 * Interrupts off, one CPU. Saves the context, calls @copy(@arg), returns
 * HIB_ARCH_SAVED or copy's errno; returns a second time, in the restored
 * kernel, with HIB_ARCH_RESUMED and a usable per-CPU base.
 */
int hib_arch_suspend(int (*copy)(void *arg), void *arg);

struct hib_arch_jump_page;
/*
 * Process context. Build the temporary page tables and the trampoline from
 * pages of @alloc (zeroed, never an image destination; NULL when there is
 * none), for an image with this ident and fit. The pages belong to @alloc's
 * owner. NULL when they do not suffice.
 */
struct hib_arch_jump_page *hib_arch_jump_prepare(const void *ident, unsigned int bytes,
						 const struct hib_arch_fit *fit,
						 void *(*alloc)(void *arg), void *arg);
/* Undo hib_arch_jump_prepare() when there is no jump after all. */
void hib_arch_jump_unprepare(struct hib_arch_jump_page *jump);
/*
 * Interrupts off, one CPU; no processor state need be saved, since
 * nothing comes back. Performs the moves from
 * @first_move_page on and enters the image's kernel. Does not return.
 */
void __noreturn hib_arch_jump(struct hib_arch_jump_page *jump, u64 first_move_page_phys);

#endif
