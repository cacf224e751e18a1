// SPDX-License-Identifier: GPL-2.0
/*
 * usage: put FILE TEXT
 *
 * One write of TEXT to FILE. Prints the name of the error, or "ok"; a shell's
 * echo would lose it. Tells the host the moments before and after, so that a
 * transition is timed from outside.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "port.h"

static const char *put(const char *file, const char *text)
{
	int fd = open(file, O_WRONLY);
	const char *result = "ok";

	if (fd < 0)
		return strerrorname_np(errno);
	if (write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		result = strerrorname_np(errno);
	close(fd);
	return result;
}

int main(int argc, char **argv)
{
	const char *result;

	if (argc != 3)
		return 2;
	port_say("put-begin %s %s", argv[1], argv[2]);
	result = put(argv[1], argv[2]);
	port_say("put-end %s %s %s", argv[1], argv[2], result);
	puts(result);
	return strcmp(result, "ok") != 0;
}
