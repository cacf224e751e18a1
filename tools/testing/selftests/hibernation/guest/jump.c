// SPDX-License-Identifier: GPL-2.0
/*
 * usage: jump ADDRESS BYTES TIMES
 *
 * Loads code at a physical address by kexec_load() with KEXEC_PRESERVE_CONTEXT, and jumps to
 * it so often, without loading it again. As many bytes from the address on are exchanged
 * before each jump, and after it. The code is their beginning, and the rest is zeros. It
 * counts its calls in its own page, sends the count's last digit to the serial port, destroys
 * all registers but the stack pointer, and returns. Prints "ok", or the call that failed and
 * the name of the error.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/kexec.h>
#include <linux/reboot.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

extern const char code[], code_end[];

asm(".pushsection .rodata\n"
    "code:\n"
    "	incl	count(%rip)\n"
    "	movl	count(%rip), %eax\n"
    "	xorl	%edx, %edx\n"
    "	movl	$10, %ecx\n"
    "	divl	%ecx\n"
    "	leal	'0'(%rdx), %eax\n"
    "	movl	$0x3f8, %edx\n"
    "	outb	%al, %dx\n"
    "	movl	$10, %eax\n"
    "	outb	%al, %dx\n"
    "	movq	$-1, %rax\n"
    "	movq	%rax, %rbx\n"
    "	movq	%rax, %rcx\n"
    "	movq	%rax, %rdx\n"
    "	movq	%rax, %rsi\n"
    "	movq	%rax, %rdi\n"
    "	movq	%rax, %rbp\n"
    "	movq	%rax, %r8\n"
    "	movq	%rax, %r9\n"
    "	movq	%rax, %r10\n"
    "	movq	%rax, %r11\n"
    "	movq	%rax, %r12\n"
    "	movq	%rax, %r13\n"
    "	movq	%rax, %r14\n"
    "	movq	%rax, %r15\n"
    "	ret\n"
    "count:	.long	0\n"
    "code_end:\n"
    ".popsection\n");

static int failed(const char *call)
{
	printf("%s: %s\n", call, strerrorname_np(errno));
	return 1;
}

int main(int argc, char **argv)
{
	struct kexec_segment segment = { .buf = code, .bufsz = code_end - code };
	unsigned long address;
	int times;

	if (argc != 4)
		return 2;
	address = strtoul(argv[1], NULL, 0);
	segment.mem = (void *)address;
	segment.memsz = strtoul(argv[2], NULL, 0);
	times = atoi(argv[3]);
	if (syscall(SYS_kexec_load, address, 1, &segment, KEXEC_ARCH_X86_64 | KEXEC_PRESERVE_CONTEXT))
		return failed("kexec_load");
	for (int i = 0; i < times; i++)
		if (syscall(SYS_reboot, LINUX_REBOOT_MAGIC1, LINUX_REBOOT_MAGIC2, LINUX_REBOOT_CMD_KEXEC, NULL))
			return failed("reboot");
	puts("ok");
	return 0;
}
