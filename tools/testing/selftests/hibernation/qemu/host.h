/* SPDX-License-Identifier: GPL-2.0 */
/* What the programs share that the cases run on the host. Include it first. */
#ifndef HIB_HOST_H
#define HIB_HOST_H

#define _GNU_SOURCE
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "hib_pure.h"

static u64 random_state = 1;

static inline void __attribute__((noreturn, format(printf, 1, 2))) die(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fprintf(stderr, "%s: ", program_invocation_short_name);
	vfprintf(stderr, format, args);
	fprintf(stderr, "\n");
	exit(2);
}

/* A number below @below; the same ones again from the same random_state. */
static inline u64 draw(u64 below)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (random_state * 0x2545f4914f6cdd1dull >> 16) % below;
}

#endif
