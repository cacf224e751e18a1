// SPDX-License-Identifier: GPL-2.0
/*
 * A line is sent under a file lock, byte by byte. The lock lies in the root
 * file system, which is memory, and so comes through a hibernation.
 */
#include "port.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/io.h>
#include <unistd.h>

#define PORT 0x6e0

void port_say(const char *format, ...)
{
	char line[2048];
	va_list args;
	int lock, i;

	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);

	if (ioperm(PORT, 1, 1)) {
		perror("ioperm");
		exit(1);
	}
	lock = open("/port.lock", O_CREAT | O_RDWR | O_CLOEXEC, 0600);
	if (lock >= 0)
		flock(lock, LOCK_EX);
	for (i = 0; line[i]; i++)
		outb(line[i], PORT);
	outb('\n', PORT);
	if (lock >= 0)
		close(lock);
}
