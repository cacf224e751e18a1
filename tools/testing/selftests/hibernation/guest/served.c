// SPDX-License-Identifier: GPL-2.0
/*
 * usage: served start DEVICE
 *
 * A FUSE file system whose only file, /served/image, is a disk: each read and
 * write goes through a task of user space. `start` returns when it is mounted;
 * the server's number is in /served.pid.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fuse.h"

#define WHERE	"/served"
#define NAME	"image"
#define NODE	2

static int disk;
static off_t disk_bytes;

static struct fuse_attr attributes(uint64_t node)
{
	struct fuse_attr attr = { .ino = node, .mode = S_IFDIR | 0755, .nlink = 2 };

	if (node == NODE) {
		attr.mode = S_IFREG | 0600;
		attr.nlink = 1;
		attr.size = disk_bytes;
		attr.blksize = 4096;
	}
	return attr;
}

static void answer_attributes(int fd, const struct fuse_in_header *in)
{
	struct fuse_attr_out out = { .attr_valid = 1000, .attr = attributes(in->nodeid) };

	fuse_answer(fd, in, 0, &out, sizeof(out));
}

static void answer_lookup(int fd, const struct fuse_in_header *in, const char *name)
{
	struct fuse_entry_out out = {
		.nodeid = NODE, .entry_valid = 1000, .attr_valid = 1000, .attr = attributes(NODE),
	};

	if (strcmp(name, NAME))
		fuse_answer(fd, in, -ENOENT, NULL, 0);
	else
		fuse_answer(fd, in, 0, &out, sizeof(out));
}

static void answer_read(int fd, const struct fuse_in_header *in, const struct fuse_read_in *what)
{
	static char data[FUSE_WRITE_MAX];
	ssize_t bytes = pread(disk, data, what->size < sizeof(data) ? what->size : sizeof(data),
			      what->offset);

	fuse_answer(fd, in, bytes < 0 ? -EIO : 0, data, bytes < 0 ? 0 : bytes);
}

static void answer_write(int fd, const struct fuse_in_header *in, const struct fuse_write_in *what)
{
	ssize_t bytes = pwrite(disk, what + 1, what->size, what->offset);
	struct fuse_write_out out = { .size = bytes };

	if (bytes < 0)
		fuse_answer(fd, in, -EIO, NULL, 0);
	else
		fuse_answer(fd, in, 0, &out, sizeof(out));
}

static void answer(int fd, const struct fuse_in_header *in)
{
	const struct fuse_open_out opened = { 0 };
	const struct fuse_statfs_out room = { .st = { .bsize = 4096, .frsize = 4096, .namelen = 255 } };

	switch (in->opcode) {
	case FUSE_LOOKUP:
		return answer_lookup(fd, in, (const char *)(in + 1));
	case FUSE_GETATTR:
	case FUSE_SETATTR:
		return answer_attributes(fd, in);
	case FUSE_OPEN:
	case FUSE_OPENDIR:
		return fuse_answer(fd, in, 0, &opened, sizeof(opened));
	case FUSE_READ:
		return answer_read(fd, in, (const void *)(in + 1));
	case FUSE_WRITE:
		return answer_write(fd, in, (const void *)(in + 1));
	case FUSE_STATFS:
		return fuse_answer(fd, in, 0, &room, sizeof(room));
	case FUSE_FSYNC:
	case FUSE_FLUSH:
	case FUSE_RELEASE:
	case FUSE_RELEASEDIR:
		return fuse_answer(fd, in, 0, NULL, 0);
	case FUSE_FORGET:
	case FUSE_BATCH_FORGET:
	case FUSE_INTERRUPT:
		return;
	default:
		return fuse_answer(fd, in, -ENOSYS, NULL, 0);
	}
}

static _Noreturn void serve(int fd)
{
	static char request[FUSE_ROOM];
	FILE *note = fopen(WHERE ".pid", "w");

	setsid();
	fprintf(note, "%d\n", getpid());
	fclose(note);
	fuse_shake_hands(fd);
	for (;;) {
		ssize_t bytes = read(fd, request, sizeof(request));

		if (bytes < 0 && errno != EINTR && errno != EAGAIN)
			exit(1);
		if (bytes >= (ssize_t)sizeof(struct fuse_in_header))
			answer(fd, (const void *)request);
	}
}

int main(int argc, char **argv)
{
	struct stat image;
	int fd;

	if (argc < 3)
		return 2;
	disk = open(argv[2], O_RDWR);
	disk_bytes = lseek(disk, 0, SEEK_END);
	fd = fuse_mount(WHERE);
	if (disk < 0 || disk_bytes <= 0)
		return 1;
	signal(SIGCHLD, SIG_IGN);
	if (!fork())
		serve(fd);
	return stat(WHERE "/" NAME, &image) != 0;
}
