// SPDX-License-Identifier: GPL-2.0
/*
 * usage: uring start FILE poll|wait | uring finish
 *
 * Direct writes through io_uring that are under way when tasks freeze. `start`
 * makes FILE, submits writes to it, and returns; nobody asks whether they are
 * over. With `poll` nobody is told either: such a request ends when its owner
 * looks, and the file system counts it as a writer until then. `finish` has the
 * owner look, and prints how many writes were right.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/io_uring.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "order.h"

#define WRITES	16u
#define BYTES	(256 * 1024u)

static const char *path;
static unsigned int flags;
static int ring;
static struct io_uring_params params;
static void *sq, *cq;
static struct io_uring_sqe *sqes;

static unsigned int *at(void *base, unsigned int offset)
{
	return base + offset;
}

static _Noreturn void die(const char *what)
{
	perror(what);
	exit(1);
}

static void make_ring(void)
{
	params.flags = flags;
	ring = syscall(__NR_io_uring_setup, WRITES, &params);
	if (ring < 0)
		die("io_uring_setup");
	sq = mmap(NULL, params.sq_off.array + params.sq_entries * sizeof(unsigned int),
		  PROT_READ | PROT_WRITE, MAP_SHARED, ring, IORING_OFF_SQ_RING);
	cq = mmap(NULL, params.cq_off.cqes + params.cq_entries * sizeof(struct io_uring_cqe),
		  PROT_READ | PROT_WRITE, MAP_SHARED, ring, IORING_OFF_CQ_RING);
	sqes = mmap(NULL, params.sq_entries * sizeof(*sqes), PROT_READ | PROT_WRITE, MAP_SHARED,
		    ring, IORING_OFF_SQES);
	if (sq == MAP_FAILED || cq == MAP_FAILED || sqes == MAP_FAILED)
		die("mmap");
}

static void submit(int fd)
{
	char *data;

	if (posix_memalign((void **)&data, 4096, BYTES))
		die("memory");
	memset(data, 'u', BYTES);
	for (unsigned int i = 0; i < WRITES; i++) {
		sqes[i] = (struct io_uring_sqe) {
			.opcode = IORING_OP_WRITE, .fd = fd, .addr = (unsigned long)data,
			.len = BYTES, .off = (unsigned long)i * BYTES,
		};
		at(sq, params.sq_off.array)[i] = i;
	}
	__atomic_store_n(at(sq, params.sq_off.tail), WRITES, __ATOMIC_RELEASE);
	if (syscall(__NR_io_uring_enter, ring, WRITES, 0, 0, NULL, 0) != WRITES)
		die("io_uring_enter");
}

/* Until all are over: how many wrote all they had. */
static unsigned int look(void)
{
	const struct io_uring_cqe *cqes = cq + params.cq_off.cqes;
	unsigned int right = 0;

	while (__atomic_load_n(at(cq, params.cq_off.tail), __ATOMIC_ACQUIRE) < WRITES)
		if (syscall(__NR_io_uring_enter, ring, 0, 1, IORING_ENTER_GETEVENTS, NULL, 0) < 0)
			perror("io_uring_enter");
	for (unsigned int i = 0; i < WRITES; i++)
		right += cqes[i].res == (int)BYTES;
	return right;
}

static void serve(int done)
{
	int fd = open(path, O_RDWR | O_CREAT | O_DIRECT | O_TRUNC, 0600);

	/* With its blocks in place a write needs nobody but the disk. */
	if (fd < 0 || posix_fallocate(fd, 0, WRITES * BYTES))
		die(path);
	fsync(fd);
	make_ring();
	submit(fd);
	if (write(done, "", 1) != 1)
		die("done");
	close(done);
	order_take();
	order_answer(look());
}

int main(int argc, char **argv)
{
	unsigned long right;

	order_init("/uring");
	if (argc == 4) {
		path = argv[2];
		flags = strcmp(argv[3], "poll") ? 0 : IORING_SETUP_IOPOLL;
		return order_stay(serve);
	}
	if (order_give('f', &right))
		return 1;
	printf("%lu of %u\n", right, WRITES);
	return 0;
}
