// SPDX-License-Identifier: GPL-2.0
/*
 * usage: judge start nonce=N seed=N [anon=MIB] [kind=KIND] [procs=N] [hard=1] [odd=N] [file=PATH:MIB]...
 *        judge verify | judge stop
 *
 * JUDGE= in the environment names another judge than the first. Kinds of memory
 * are those of memory.h; hard=1 fills all with what does not compress,
 * odd=N with pages of which N words of sixteen are noise.
 *
 * The judge of a resume. `start` leaves processes behind that hold the host's
 * number and memory filled from the host's seed, shared among them; returns
 * when all is filled. `verify` asks them: each compares every byte it holds,
 * and the first also every file, the pipe that links them and the timers that
 * have run all the time. Of files it says how much was still in memory. Only a process that was there before can answer with
 * the number, and it says how many bytes it looked at.
 *
 * Failure is a line "judge wrong ..." and an exit status.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "memory.h"
#include "order.h"
#include "pattern.h"
#include "port.h"

#define MAX_FILES 8
#define MAX_PROCS 32
#define MIB (1UL << 20)
#define TICK_NS 20000000L
#define FAR_SECONDS 36000
#define IN_PIPE 8192

struct filled_file {
	const char *path;
	size_t size;
};

static struct judge {
	unsigned long long nonce;
	unsigned long long seed;
	size_t anon;
	unsigned int procs;
	unsigned int hard;
	unsigned int odd;
	char kind[16];
	unsigned int nr_files;
	struct filled_file file[MAX_FILES];
} judge = { .procs = 1, .kind = "plain" };

static volatile unsigned long ticks;

static _Noreturn void fail(const char *what)
{
	port_say("judge wrong %s: %s", what, strerror(errno));
	exit(1);
}

static uint64_t place_of(unsigned int area, size_t page)
{
	return ((uint64_t)area << 40) + page + (judge.hard ? PATTERN_HARD : 0) + PATTERN_ODD(judge.odd);
}

static void fill_file(const struct filled_file *file, unsigned int area)
{
	_Alignas(8) unsigned char page[PATTERN_PAGE];
	int fd = open(file->path, O_CREAT | O_TRUNC | O_WRONLY, 0600);
	size_t i;

	if (fd < 0)
		fail(file->path);
	for (i = 0; i < file->size / PATTERN_PAGE; i++) {
		pattern_fill(page, judge.seed, place_of(area, i));
		if (write(fd, page, sizeof(page)) != sizeof(page))
			fail(file->path);
	}
	close(fd);
}

static unsigned long verify_file(const struct filled_file *file, unsigned int area)
{
	_Alignas(8) unsigned char page[PATTERN_PAGE];
	int fd = open(file->path, O_RDONLY);
	unsigned long wrong = 0;
	size_t i;

	if (fd < 0)
		fail(file->path);
	for (i = 0; i < file->size / PATTERN_PAGE; i++) {
		if (read(fd, page, sizeof(page)) != sizeof(page))
			fail(file->path);
		wrong += pattern_wrong(page, judge.seed, place_of(area, i));
	}
	close(fd);
	return wrong;
}

/* Bytes of the file in the page cache. */
static size_t cached(const struct filled_file *file)
{
	size_t pages = file->size / PATTERN_PAGE, count = 0, i;
	unsigned char *in_memory = malloc(pages);
	int fd = open(file->path, O_RDONLY);
	void *map = mmap(NULL, file->size, PROT_READ, MAP_SHARED, fd, 0);

	if (map == MAP_FAILED || !in_memory || mincore(map, file->size, in_memory))
		fail(file->path);
	for (i = 0; i < pages; i++)
		count += in_memory[i] & 1;
	munmap(map, file->size);
	free(in_memory);
	close(fd);
	return count * PATTERN_PAGE;
}

static void count_tick(int signal)
{
	(void)signal;
	ticks++;
}

/* A timer that ticks, and one that must stay far away. */
static void start_timers(int *far)
{
	struct itimerspec tick = { { 0, TICK_NS }, { 0, TICK_NS } };
	struct itimerspec late = { { 0, 0 }, { FAR_SECONDS, 0 } };
	timer_t timer;

	signal(SIGALRM, count_tick);
	*far = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
	if (timer_create(CLOCK_MONOTONIC, NULL, &timer) ||
	    timer_settime(timer, 0, &tick, NULL) ||
	    *far < 0 || timerfd_settime(*far, 0, &late, NULL))
		fail("timers");
}

static double seconds_now(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return now.tv_sec + now.tv_nsec / 1e9;
}

static void verify_timers(int far, double armed_at)
{
	double elapsed = seconds_now(CLOCK_MONOTONIC) - armed_at, left;
	unsigned long before = ticks;
	struct itimerspec late;
	double until = seconds_now(CLOCK_MONOTONIC) + 5;

	timerfd_gettime(far, &late);
	left = late.it_value.tv_sec + late.it_value.tv_nsec / 1e9;
	if (left + elapsed < FAR_SECONDS - 2 || left + elapsed > FAR_SECONDS + 2)
		port_say("judge wrong timer: %.1f s left after %.1f s", left, elapsed);
	while (ticks == before && seconds_now(CLOCK_MONOTONIC) < until)
		usleep(1000);
	if (ticks == before)
		port_say("judge wrong timer: no tick in 5 s");
}

static void verify_pipe(const int *link, unsigned int me)
{
	_Alignas(8) unsigned char page[PATTERN_PAGE];
	size_t i;

	for (i = 0; i < IN_PIPE / PATTERN_PAGE; i++) {
		size_t got = 0;

		while (got < sizeof(page)) {
			ssize_t n = read(link[0], page + got, sizeof(page) - got);

			if (n <= 0)
				fail("pipe");
			got += n;
		}
		if (pattern_wrong(page, judge.seed, place_of(200 + me, i)))
			port_say("judge wrong pipe %u", me);
		/* Back in, so that it can be asked again. */
		if (write(link[1], page, sizeof(page)) != sizeof(page))
			fail("pipe");
	}
}

static void fill_pipe(int *link, unsigned int me)
{
	_Alignas(8) unsigned char page[PATTERN_PAGE];
	size_t i;

	if (pipe(link))
		fail("pipe");
	for (i = 0; i < IN_PIPE / PATTERN_PAGE; i++) {
		pattern_fill(page, judge.seed, place_of(200 + me, i));
		if (write(link[1], page, sizeof(page)) != sizeof(page))
			fail("pipe");
	}
}

static size_t size_each(void)
{
	return judge.anon / judge.procs / PATTERN_PAGE * PATTERN_PAGE;
}

/* A process of the judge: fills, says so, and answers until it is stopped. */
static void serve(unsigned int me, int ready, int ask, int answer)
{
	struct memory memory = { .size = size_each(), .seed = judge.seed, .place = place_of(me, 0) };
	const char *problem = memory_fill(&memory, judge.kind);
	int far, link[2];
	double armed_at;
	char order;

	if (problem)
		fail(problem);
	fill_pipe(link, me);
	armed_at = seconds_now(CLOCK_MONOTONIC);
	start_timers(&far);
	if (write(ready, "r", 1) != 1)
		fail("ready");

	for (;;) {
		unsigned long wrong;
		ssize_t n = read(ask, &order, 1);

		if (n < 0 && errno == EINTR)
			continue;
		if (n != 1 || order != 'v')
			_exit(0);
		wrong = memory_wrong(&memory);
		verify_pipe(link, me);
		verify_timers(far, armed_at);
		if (write(answer, &wrong, sizeof(wrong)) != sizeof(wrong))
			fail("answer");
	}
}

/* Asks all, looks at the files, says what came of it. */
static unsigned long verify_all(const int *ask, const int *answer)
{
	size_t bytes = size_each() * judge.procs, in_memory = 0;
	unsigned long wrong = 0, part;
	unsigned int i;

	for (i = 0; i < judge.nr_files; i++)
		in_memory += cached(&judge.file[i]);
	for (i = 0; i < judge.procs; i++)
		if (write(ask[2 * i + 1], "v", 1) != 1)
			fail("ask");
	for (i = 0; i < judge.procs; i++) {
		if (read(answer[0], &part, sizeof(part)) != sizeof(part))
			fail("answer");
		wrong += part;
	}
	for (i = 0; i < judge.nr_files; i++) {
		wrong += verify_file(&judge.file[i], 100 + i);
		bytes += judge.file[i].size;
	}
	port_say("judge nonce=%llu bytes=%zu wrong=%lu procs=%u cached=%zu", judge.nonce, bytes,
		 wrong, judge.procs, in_memory);
	return wrong;
}

/* The one that is asked: passes the question on, adds the files. */
static void preside(const int *ask, const int *answer)
{
	for (;;) {
		unsigned int i;

		if (order_take() == 'v') {
			order_answer(verify_all(ask, answer));
			continue;
		}
		for (i = 0; i < judge.procs; i++)
			if (write(ask[2 * i + 1], "s", 1) != 1)
				fail("ask");
		order_answer(0);
		_exit(0);
	}
}

static void start_processes(int done)
{
	int ask[2 * MAX_PROCS], answer[2], ready[2];
	unsigned int i;
	char byte;

	if (pipe(answer) || pipe(ready))
		fail("pipe");
	for (i = 0; i < judge.procs; i++) {
		if (pipe(ask + 2 * i))
			fail("pipe");
		switch (fork()) {
		case -1:
			fail("fork");
		case 0:
			serve(i, ready[1], ask[2 * i], answer[1]);
		}
	}
	for (i = 0; i < judge.nr_files; i++)
		fill_file(&judge.file[i], 100 + i);
	for (i = 0; i < judge.procs; i++)
		if (read(ready[0], &byte, 1) != 1)
			fail("ready");
	if (write(done, "d", 1) != 1)
		fail("done");
	preside(ask, answer);
}

static int start(void)
{
	int ret = order_stay(start_processes);

	if (ret < 0)
		fail("pipes");
	if (ret)
		return ret;
	port_say("judge ready nonce=%llu anon=%zu procs=%u", judge.nonce, judge.anon, judge.procs);
	return 0;
}

static int order(const char *what)
{
	unsigned long answer;

	if (order_give(what[0], &answer))
		fail("nobody to ask");
	if (what[0] != 'v')
		order_forget();
	return answer != 0;
}

static void parse(const char *word)
{
	struct filled_file *file = &judge.file[judge.nr_files];
	unsigned long mib;
	char *path;

	if (sscanf(word, "nonce=%llu", &judge.nonce) == 1 ||
	    sscanf(word, "seed=%llu", &judge.seed) == 1 ||
	    sscanf(word, "hard=%u", &judge.hard) == 1 ||
	    (sscanf(word, "odd=%u", &judge.odd) == 1 && judge.odd <= PATTERN_ODD_MAX) ||
	    (sscanf(word, "kind=%15s", judge.kind) == 1 && memory_knows(judge.kind)) ||
	    (sscanf(word, "procs=%u", &judge.procs) == 1 && judge.procs && judge.procs <= MAX_PROCS))
		return;
	if (sscanf(word, "anon=%lu", &mib) == 1) {
		judge.anon = mib * MIB;
		return;
	}
	if (judge.nr_files < MAX_FILES && sscanf(word, "file=%m[^:]:%lu", &path, &mib) == 2) {
		file->path = path;
		file->size = mib * MIB;
		judge.nr_files++;
		return;
	}
	errno = EINVAL;
	fail(word);
}

int main(int argc, char **argv)
{
	const char *name = getenv("JUDGE") ? getenv("JUDGE") : "/judge";
	int i;

	if (argc < 2)
		return 2;
	order_init(name);
	if (strcmp(argv[1], "start"))
		return order(argv[1]);
	for (i = 2; i < argc; i++)
		parse(argv[i]);
	return start();
}
