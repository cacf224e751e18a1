/* SPDX-License-Identifier: GPL-2.0 */
/* The server's side of FUSE, without a library. */
#ifndef FUSE_H
#define FUSE_H

#include <linux/fuse.h>
#include <stddef.h>

#define FUSE_WRITE_MAX	(128 * 1024)
#define FUSE_ROOM	(FUSE_MIN_READ_BUFFER + FUSE_WRITE_MAX)

/**
 * fuse_mount() - Mount a file system that this process serves.
 * @where: Its folder; made if it is not there.
 *
 * Return: the file descriptor that requests come from; the program ends on an error.
 */
int fuse_mount(const char *where);

/**
 * fuse_answer() - Answer a request.
 * @fd: From fuse_mount().
 * @in: The request.
 * @error: Negative errno, or 0.
 * @data: What it asked for.
 * @bytes: Length of @data.
 */
void fuse_answer(int fd, const struct fuse_in_header *in, int error, const void *data, size_t bytes);

/**
 * fuse_shake_hands() - Take the first request and answer it.
 * @fd: From fuse_mount().
 */
void fuse_shake_hands(int fd);

#endif
