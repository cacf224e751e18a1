// SPDX-License-Identifier: GPL-2.0
/*
 * usage: poker start mib=N seed=N every=N [kernel=MIB] [kind=KIND]
 *        poker verify | poker disarm | poker stop
 *
 * Hands memory to the driver hib_poke (kernel/power/hib/tests/poke.c), arms
 * it, and stays behind. From then on each freeze of the devices adds one to
 * one byte in one of `every` frames, of this memory and of the driver's own.
 * `verify` compares all of it with what it must be after the freezes that the
 * driver counted; `disarm` notes that count and makes the driver let go.
 *
 * An answer is a line "poker freezes=.. pages=.. poked=.. wrong=.. kernel_pages=..
 * kernel_poked=.. kernel_wrong=..": frames each, and an exit status.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "memory.h"
#include "order.h"
#include "pattern.h"
#include "port.h"

#define DRIVER "/sys/kernel/debug/hib_poke/"
#define MIB (1UL << 20)

static unsigned long long seed;
static unsigned long mib, kernel_mib, every = 1;
static char kind[16] = "locked";
static struct memory memory;

struct state {
	unsigned int armed, freezes, user_pages, user_poked;
	unsigned int kernel_pages, kernel_poked, kernel_wrong;
};

static _Noreturn void fail(const char *what)
{
	port_say("judge wrong poker, %s: %s", what, strerror(errno));
	exit(1);
}

static void tell_driver(const char *file, const char *text)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), DRIVER "%s", file);
	fd = open(path, O_WRONLY);
	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		fail(path);
	close(fd);
}

static void ask_driver(struct state *s)
{
	FILE *file = fopen(DRIVER "state", "r");

	if (!file || fscanf(file, "armed %u freezes %u user_pages %u user_poked %u "
			    "kernel_pages %u kernel_poked %u kernel_wrong %u",
			    &s->armed, &s->freezes, &s->user_pages, &s->user_poked,
			    &s->kernel_pages, &s->kernel_poked, &s->kernel_wrong) != 7)
		fail(DRIVER "state");
	fclose(file);
}

/* As the driver draws: whether the page is poked, and where. */
static bool chosen(size_t page, unsigned int *offset)
{
	uint64_t draw = pattern_mix(seed ^ pattern_mix(page));

	*offset = (draw >> 32) % PATTERN_PAGE;
	return draw % every == 0;
}

static unsigned long count_wrong(unsigned int freezes, unsigned long *poked)
{
	_Alignas(8) unsigned char want[PATTERN_PAGE];
	unsigned long wrong = 0;
	unsigned int offset;
	size_t i;

	*poked = 0;
	for (i = 0; i < memory.size / PATTERN_PAGE; i++) {
		pattern_fill(want, seed, memory.place + i);
		if (chosen(i, &offset)) {
			want[offset] += freezes;
			++*poked;
		}
		wrong += memcmp(memory.start + i * PATTERN_PAGE, want, sizeof(want)) != 0;
	}
	return wrong;
}

static unsigned long verify(const struct state *s)
{
	unsigned long poked, wrong = count_wrong(s->freezes, &poked);

	if (s->armed && poked != s->user_poked)
		port_say("judge wrong poker, frames: %lu chosen here, %u there", poked, s->user_poked);
	port_say("poker freezes=%u pages=%zu poked=%lu wrong=%lu kernel_pages=%u kernel_poked=%u kernel_wrong=%u",
		 s->freezes, memory.size / PATTERN_PAGE, poked, wrong,
		 s->kernel_pages, s->kernel_poked, s->kernel_wrong);
	return wrong + s->kernel_wrong;
}

static void arm(void)
{
	const char *problem;
	char order[64];

	memory.size = mib * MIB;
	memory.seed = seed;
	problem = memory_fill(&memory, kind);
	if (problem)
		fail(problem);
	snprintf(order, sizeof(order), "%lu %zu", (unsigned long)memory.start, memory.size / PATTERN_PAGE);
	tell_driver("user", order);
	snprintf(order, sizeof(order), "%llu %lu %lu", seed, every, kernel_mib * MIB / PATTERN_PAGE);
	tell_driver("arm", order);
}

static void serve(int done)
{
	struct state state;

	arm();
	ask_driver(&state);
	verify(&state);
	if (write(done, "d", 1) != 1)
		fail("done");
	close(done);
	for (;;) {
		unsigned long answer = 0;
		char what = order_take();

		if (what == 'd' || (what == 's' && state.armed))
			tell_driver("disarm", "1");
		if (what == 'd')
			state.armed = state.kernel_pages = state.kernel_poked = 0;
		else if (what == 'v' && state.armed)
			ask_driver(&state);
		if (what == 'v')
			answer = verify(&state);
		order_answer(answer);
		if (what == 's')
			_exit(0);
	}
}

static int start(void)
{
	int ret = order_stay(serve);

	if (ret < 0)
		fail("pipes");
	return ret;
}

static void parse(const char *word)
{
	if (sscanf(word, "mib=%lu", &mib) == 1 || sscanf(word, "seed=%llu", &seed) == 1 ||
	    sscanf(word, "kernel=%lu", &kernel_mib) == 1 ||
	    (sscanf(word, "every=%lu", &every) == 1 && every) ||
	    (sscanf(word, "kind=%15s", kind) == 1 && memory_knows(kind)))
		return;
	errno = EINVAL;
	fail(word);
}

int main(int argc, char **argv)
{
	unsigned long answer;
	int i;

	if (argc < 2)
		return 2;
	order_init("/poker");
	if (strcmp(argv[1], "start")) {
		if (order_give(argv[1][0], &answer))
			fail("nobody to ask");
		return answer != 0;
	}
	for (i = 2; i < argc; i++)
		parse(argv[i]);
	return start();
}
