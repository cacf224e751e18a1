/* SPDX-License-Identifier: GPL-2.0 */
/**
 * DOC: hibernate_asm_64 - the jump from one kernel to another
 *
 * Two kernels take part. The one that loaded the image runs hib_arch_leave()
 * and then a copy of hib_arch_trampoline(); the one in the image goes on in
 * hib_arch_reenter(), behind the call of hib_arch_save() that it once made.
 * They may be different builds at different addresses, and agree only on::
 *
 *	rdi	address of the image's struct hib_arch_context
 *	rsi	its page tables, as a value for CR3
 *
 * While frames are moved, the stack, the per-CPU data, the descriptor tables
 * and the page tables of the first kernel are overwritten. The trampoline
 * therefore lies in a frame that nothing is moved to, works under page tables
 * made of such frames, and uses registers only. An exception, NMI or machine
 * check between its first move and restore_processor_state() is fatal, and
 * nothing here can help that: interrupt sources were masked by syscore before.
 */
#include <linux/linkage.h>
#include <linux/objtool.h>
#include <asm/asm-offsets.h>
#include <asm/msr-index.h>
#include <asm/nospec-branch.h>
#include <asm/page_types.h>
#include <asm/processor-flags.h>
#include <asm/unwind_hints.h>
#include "hibernate_64.h"

	.code64
	.text

/*
 * int hib_arch_save(struct hib_arch_context *context)
 *
 * Leaves what a function must preserve on the stack, and its place in
 * @context; then has the copy made. 0 or its errno. hib_arch_reenter() takes
 * the same frame apart.
 */
SYM_FUNC_START(hib_arch_save)
	pushq	%rbp
	movq	%rsp, %rbp		/* a frame, for whoever unwinds the copy */
	pushq	%rbx
	pushq	%r12
	pushq	%r13
	pushq	%r14
	pushq	%r15
	pushfq
	movq	%rsp, HIB_CONTEXT_RSP(%rdi)
	call	hib_arch_copy
	addq	$8, %rsp		/* flags: the callee kept them */
	popq	%r15
	popq	%r14
	popq	%r13
	popq	%r12
	popq	%rbx
	popq	%rbp
	RET
SYM_FUNC_END(hib_arch_save)

/*
 * The image's kernel, entered with its memory in place, with page tables of
 * the other kernel that map no more than this code here, and with global pages
 * off. It may not cross a 2 MiB boundary: that is as much as is mapped.
 *
 * No stack, no per-CPU access and no return before what they need is back;
 * return thunks may count calls in per-CPU data.
 */
	.balign 256
SYM_CODE_START(hib_arch_reenter)
	UNWIND_HINT_UNDEFINED
	ENDBR

	/* Our own page tables. PCID bits are zero, so CR4.PCIDE may be set. */
	movq	%rsi, %cr3

	/*
	 * As at boot, without PCIDE; restore_processor_state() knows the exact
	 * value. Going through PGE off drops global entries of the other kernel.
	 */
	movq	mmu_cr4_features(%rip), %rax
	movq	%rax, %rdx
	andq	$~X86_CR4_PGE, %rdx
	movq	%rdx, %cr4
	movq	%rax, %cr4

	/* The descriptor table that save_processor_state() noted. */
	leaq	saved_context(%rip), %rax
	lgdt	saved_context_gdt_desc(%rax)

	movl	HIB_CONTEXT_GS_BASE(%rdi), %eax
	movl	(HIB_CONTEXT_GS_BASE + 4)(%rdi), %edx
	movl	$MSR_GS_BASE, %ecx
	wrmsr

	/* From here on this is an ordinary return from hib_arch_save(). */
	movq	HIB_CONTEXT_RSP(%rdi), %rsp
#if defined(CONFIG_KASAN_GENERIC) && defined(CONFIG_KASAN_STACK)
	/* The functions that made the copy will not return to clear their red zones. */
	movq	%rsp, %rdi
	call	kasan_unpoison_task_stack_below
#endif
	popfq
	popq	%r15
	popq	%r14
	popq	%r13
	popq	%r12
	popq	%rbx
	popq	%rbp
	movl	$1, %eax		/* HIB_ARCH_RESUMED */
	RET
SYM_CODE_END(hib_arch_reenter)

/*
 * void hib_arch_leave(const struct hib_arch_jump_page *jump)
 *
 * Takes everything into registers and goes over to the trampoline.
 */
SYM_CODE_START(hib_arch_leave)
	UNWIND_HINT_UNDEFINED
	ANNOTATE_NOENDBR		/* only called directly */
	movq	HIB_JUMP_DIRECT_MAP(%rdi), %r8
	movq	HIB_JUMP_CR3(%rdi), %r9
	movq	HIB_JUMP_CR4(%rdi), %r10
	movq	HIB_JUMP_REENTRY(%rdi), %r11
	movq	HIB_JUMP_CONTEXT(%rdi), %r12
	movq	HIB_JUMP_IMAGE_CR3(%rdi), %r13
	movq	HIB_JUMP_MOVES(%rdi), %rbx
	movq	HIB_JUMP_TRAMPOLINE(%rdi), %rax
	cld
	ANNOTATE_RETPOLINE_SAFE
	jmp	*%rax
	int3
SYM_CODE_END(hib_arch_leave)

/*
 * Copied to a frame of its own and run there, at an address of the direct map
 * that both the current and the temporary page tables have executable.
 * Position independent, without relocations.
 *
 *	r8	direct map		rbx	page of moves, physical, then virtual
 *	r9	temporary CR3		rbp	place in it
 *	r10	CR4, PGE off		r14	moves left in it
 *	r11	image: re-entry		rdi	destination
 *	r12	image: context		rsi	source
 *	r13	image: CR3		rcx	blocks of 64 bytes left
 *	rax, rdx, r15, and r9		words on their way
 */
SYM_CODE_START(hib_arch_trampoline)
	UNWIND_HINT_UNDEFINED
	ENDBR
	movq	%r9, %cr3
	movq	%r10, %cr4		/* drops global entries, and no new ones come */

.Lpage:
	testq	%rbx, %rbx
	jz	.Lenter
	addq	%r8, %rbx
	leaq	HIB_MOVE_PAGE_MOVES(%rbx), %rbp
	movq	HIB_MOVE_PAGE_NR(%rbx), %r14

.Lmove:
	testq	%r14, %r14
	jz	.Lnext_page
	movq	HIB_MOVE_DST(%rbp), %rdi
	movq	HIB_MOVE_SRC(%rbp), %rsi
	movq	HIB_MOVE_NR_PAGES(%rbp), %rcx
	shlq	$PAGE_SHIFT, %rdi
	shlq	$PAGE_SHIFT, %rsi
	shlq	$(PAGE_SHIFT - 6), %rcx
	jz	.Lmoved
	addq	%r8, %rdi
	addq	%r8, %rsi

	/* String instructions are slow under emulation; this never is. */
.Lblock:
	movq	(%rsi), %rax
	movq	8(%rsi), %rdx
	movq	16(%rsi), %r15
	movq	24(%rsi), %r9
	movq	%rax, (%rdi)
	movq	%rdx, 8(%rdi)
	movq	%r15, 16(%rdi)
	movq	%r9, 24(%rdi)
	movq	32(%rsi), %rax
	movq	40(%rsi), %rdx
	movq	48(%rsi), %r15
	movq	56(%rsi), %r9
	movq	%rax, 32(%rdi)
	movq	%rdx, 40(%rdi)
	movq	%r15, 48(%rdi)
	movq	%r9, 56(%rdi)
	addq	$64, %rsi
	addq	$64, %rdi
	decq	%rcx
	jnz	.Lblock

.Lmoved:
	addq	$HIB_MOVE_BYTES, %rbp
	decq	%r14
	jmp	.Lmove

.Lnext_page:
	movq	HIB_MOVE_PAGE_NEXT(%rbx), %rbx
	jmp	.Lpage

.Lenter:
	movq	%r12, %rdi
	movq	%r13, %rsi
	ANNOTATE_RETPOLINE_SAFE
	jmp	*%r11
	int3
.Ltrampoline_end:
SYM_CODE_END(hib_arch_trampoline)

	.section .rodata
	.balign 4
SYM_DATA(hib_arch_trampoline_bytes, .long .Ltrampoline_end - hib_arch_trampoline)
