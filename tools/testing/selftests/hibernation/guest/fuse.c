// SPDX-License-Identifier: GPL-2.0
#include "fuse.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

static _Noreturn void die(const char *what)
{
	perror(what);
	exit(1);
}

int fuse_mount(const char *where)
{
	char options[64];
	int fd = open("/dev/fuse", O_RDWR);

	mkdir(where, 0755);
	snprintf(options, sizeof(options), "fd=%d,rootmode=40000,user_id=0,group_id=0", fd);
	if (fd < 0 || mount("fuse", where, "fuse", 0, options))
		die("mount");
	return fd;
}

void fuse_answer(int fd, const struct fuse_in_header *in, int error, const void *data, size_t bytes)
{
	struct fuse_out_header header = {
		.len = sizeof(header) + bytes, .error = error, .unique = in->unique,
	};
	struct iovec parts[] = {
		{ .iov_base = &header, .iov_len = sizeof(header) },
		{ .iov_base = (void *)data, .iov_len = bytes },
	};

	if (writev(fd, parts, bytes ? 2 : 1) != (ssize_t)header.len)
		perror("answer");
}

void fuse_shake_hands(int fd)
{
	static char request[FUSE_ROOM];
	const struct fuse_init_out init = {
		.major = FUSE_KERNEL_VERSION, .minor = FUSE_KERNEL_MINOR_VERSION,
		.flags = FUSE_BIG_WRITES, .max_write = FUSE_WRITE_MAX,
	};

	if (read(fd, request, sizeof(request)) < (ssize_t)sizeof(struct fuse_in_header))
		die("read");
	fuse_answer(fd, (const void *)request, 0, &init, sizeof(init));
}
