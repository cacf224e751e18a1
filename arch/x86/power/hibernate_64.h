/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the C and the assembly part of the 64-bit jump share: offsets into the
 * three structures that assembly code reads. hibernate_64.c asserts them.
 */
#ifndef _X86_POWER_HIBERNATE_64_H
#define _X86_POWER_HIBERNATE_64_H

/* struct hib_arch_context */
#define HIB_CONTEXT_RSP		0
#define HIB_CONTEXT_GS_BASE	8
#define HIB_CONTEXT_CR3		16

/* struct hib_arch_jump_page */
#define HIB_JUMP_TRAMPOLINE	0
#define HIB_JUMP_CR3		8
#define HIB_JUMP_CR4		16
#define HIB_JUMP_DIRECT_MAP	24
#define HIB_JUMP_MOVES		32
#define HIB_JUMP_REENTRY	40
#define HIB_JUMP_CONTEXT	48
#define HIB_JUMP_IMAGE_CR3	56

/* struct hib_move_page and struct hib_move */
#define HIB_MOVE_PAGE_NEXT	0
#define HIB_MOVE_PAGE_NR	8
#define HIB_MOVE_PAGE_MOVES	16
#define HIB_MOVE_DST		0
#define HIB_MOVE_SRC		8
#define HIB_MOVE_NR_PAGES	16
#define HIB_MOVE_BYTES		24

#ifndef __ASSEMBLY__

#include <linux/compiler.h>
#include <linux/linkage.h>
#include <linux/types.h>

/**
 * struct hib_arch_context - Where a kernel that was saved goes on.
 * @rsp: Top of the stack, on which hib_arch_save() left the registers.
 * @gs_base: Per-CPU base of the boot CPU.
 * @cr3: Its page tables, nothing but the address.
 * @copy: Makes the copy of memory.
 * @arg: Passed to it.
 *
 * Ordinary saved data: the image has it as it was when the copy was made.
 */
struct hib_arch_context {
	u64 rsp;
	u64 gs_base;
	u64 cr3;
	int (*copy)(void *arg);
	void *arg;
};

/**
 * struct hib_arch_jump_page - All that the jump needs, in a page that it may read.
 * @trampoline: Address of the relocated code.
 * @cr3: Temporary page tables.
 * @cr4: What CR4 is to be while they are in use.
 * @direct_map: Where this kernel sees physical address 0.
 * @moves: Physical address of the first struct hib_move_page.
 * @reentry: The image's kernel: where to enter it,
 * @context: where its struct hib_arch_context lies,
 * @image_cr3: and its page tables.
 * @alloc: Gives pages while this is being prepared.
 * @alloc_arg: Passed to it.
 * @pgd: Root of the temporary page tables.
 */
struct hib_arch_jump_page {
	u64 trampoline;
	u64 cr3;
	u64 cr4;
	u64 direct_map;
	u64 moves;
	u64 reentry;
	u64 context;
	u64 image_cr3;
	void *(*alloc)(void *arg);
	void *alloc_arg;
	void *pgd;
};

/* hibernate_asm_64.S */
asmlinkage int hib_arch_save(struct hib_arch_context *context);
extern const char hib_arch_reenter[];		/* code: entered by another kernel */
extern const char hib_arch_trampoline[];	/* code: only ever run as a copy */
extern const u32 hib_arch_trampoline_bytes;
asmlinkage void hib_arch_leave(const struct hib_arch_jump_page *jump);	/* for good */

/* hibernate_64.c */
asmlinkage int hib_arch_copy(struct hib_arch_context *context);

#endif /* __ASSEMBLY__ */
#endif
