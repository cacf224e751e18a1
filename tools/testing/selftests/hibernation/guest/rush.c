// SPDX-License-Identifier: GPL-2.0
/*
 * usage: rush start seed=N mib=N folder=PATH | rush verify | rush stop
 *
 * Direct I/O that is under way when tasks freeze. `start` makes a file, then
 * submits reads of all of it and writes of as much to another, past the page
 * cache and without waiting, and returns. The process that owns the requests
 * stays behind; `verify` has it wait for them and compare what was read with
 * what the file holds, and what was written with what was to be.
 *
 * An answer is a line "rush reads=.. writes=.. early=.. wrong=.."; early ones were
 * over before `start` returned.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/aio_abi.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "order.h"
#include "pattern.h"
#include "port.h"

#define PIECE (1UL << 20)
#define PAGES (PIECE / PATTERN_PAGE)
#define MAX_PIECES 256

static unsigned long long seed;
static unsigned long pieces = 16;
static char folder[64] = "/mnt";
static char paths[2][80];
static unsigned char *buffers;
static aio_context_t context;
static unsigned long early, waiting;

static _Noreturn void fail(const char *what)
{
	port_say("judge wrong rush, %s: %s", what, strerror(errno));
	exit(1);
}

static void fill(unsigned char *buffer, unsigned long piece)
{
	for (unsigned long i = 0; i < PAGES; i++)
		pattern_fill(buffer + i * PATTERN_PAGE, seed, piece * PAGES + i);
}

static unsigned long wrong_in(const unsigned char *buffer, unsigned long piece)
{
	unsigned long wrong = 0;

	for (unsigned long i = 0; i < PAGES; i++)
		wrong += pattern_wrong(buffer + i * PATTERN_PAGE, seed, piece * PAGES + i);
	return wrong;
}

static unsigned char *buffer_of(unsigned long piece)
{
	return buffers + piece * PIECE;
}

static int open_direct(const char *path, int flags)
{
	int fd = open(path, flags | O_DIRECT, 0600);

	if (fd < 0)
		fail(path);
	return fd;
}

/* Pieces from 0 are the first file's, those after it the second one's. */
static void make_files(void)
{
	for (unsigned int i = 0; i < 2; i++) {
		int fd = open_direct(paths[i], O_RDWR | O_CREAT | O_TRUNC);

		for (unsigned long piece = 0; piece < pieces; piece++) {
			fill(buffer_of(piece), piece);
			if (i)
				memset(buffer_of(piece), 0, PIECE);
			if (write(fd, buffer_of(piece), PIECE) != (ssize_t)PIECE)
				fail(paths[i]);
		}
		fsync(fd);
		close(fd);
	}
}

/* Writes first: a file system that is frozen waits for them, and not for reads. */
static void submit(void)
{
	int in = open_direct(paths[0], O_RDONLY), out = open_direct(paths[1], O_WRONLY);
	static struct iocb request[2 * MAX_PIECES];

	if (syscall(SYS_io_setup, 2 * MAX_PIECES, &context))
		fail("io_setup");
	for (unsigned long i = 0; i < 2 * pieces; i++) {
		struct iocb *list[1] = { &request[i] };
		bool is_read = i >= pieces;
		unsigned long piece = is_read ? i - pieces : pieces + i;

		if (is_read)
			memset(buffer_of(piece), 0, PIECE);
		else
			fill(buffer_of(piece), piece);
		request[i] = (struct iocb) {
			.aio_data = i,
			.aio_lio_opcode = is_read ? IOCB_CMD_PREAD : IOCB_CMD_PWRITE,
			.aio_fildes = is_read ? in : out,
			.aio_buf = (unsigned long)buffer_of(piece),
			.aio_nbytes = PIECE,
			.aio_offset = i % pieces * PIECE,
		};
		if (syscall(SYS_io_submit, context, 1, list) != 1)
			fail("io_submit");
	}
}

/* Takes answers; with a time limit of zero only those that are there. */
static unsigned long collect(unsigned long wanted, struct timespec *limit)
{
	static struct io_event events[2 * MAX_PIECES];
	unsigned long count = 0;

	while (count < wanted) {
		long got = syscall(SYS_io_getevents, context, limit ? 0 : 1, wanted - count, events, limit);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			fail("io_getevents");
		for (long i = 0; i < got; i++)
			if (events[i].res != (long long)PIECE)
				fail("a request");
		count += got;
		if (limit)
			break;
	}
	return count;
}

static unsigned long verify(void)
{
	int written = open_direct(paths[1], O_RDONLY);
	unsigned long wrong = 0, piece;

	waiting -= collect(waiting, NULL);
	for (piece = 0; piece < pieces; piece++) {
		wrong += wrong_in(buffer_of(piece), piece);
		if (read(written, buffer_of(pieces), PIECE) != (ssize_t)PIECE)
			fail(paths[1]);
		wrong += wrong_in(buffer_of(pieces), pieces + piece);
	}
	close(written);
	port_say("rush reads=%lu writes=%lu early=%lu wrong=%lu", pieces, pieces, early, wrong);
	return wrong;
}

static void serve(int done)
{
	struct timespec now = { 0, 0 };

	buffers = mmap(NULL, 2 * pieces * PIECE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (buffers == MAP_FAILED)
		fail("memory");
	make_files();
	submit();
	early = collect(2 * pieces, &now);
	waiting = 2 * pieces - early;
	if (write(done, "d", 1) != 1)
		fail("done");
	close(done);
	while (order_take() == 'v')
		order_answer(verify());
	order_answer(0);
	_exit(0);
}

static int start(void)
{
	int ret = order_stay(serve);

	if (ret < 0)
		fail("pipes");
	return ret;
}

int main(int argc, char **argv)
{
	unsigned long answer;

	if (argc < 2)
		return 2;
	order_init("/rush");
	if (strcmp(argv[1], "start")) {
		if (order_give(argv[1][0], &answer))
			fail("nobody to ask");
		return answer != 0;
	}
	for (int i = 2; i < argc; i++) {
		if (sscanf(argv[i], "seed=%llu", &seed) != 1 &&
		    (sscanf(argv[i], "mib=%lu", &pieces) != 1 || !pieces || pieces > MAX_PIECES) &&
		    sscanf(argv[i], "folder=%63s", folder) != 1) {
			errno = EINVAL;
			fail(argv[i]);
		}
	}
	for (int i = 0; i < 2; i++)
		snprintf(paths[i], sizeof(paths[i]), "%s/rush%d", folder, i);
	return start();
}
