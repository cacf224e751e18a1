// SPDX-License-Identifier: GPL-2.0
/*
 * usage: hurt make FILE PAGE | hurt look FILE PAGE
 *
 * make: FILE, on hugetlbfs, becomes one huge page, each page of which holds its
 * number in each word. Then PAGE of it gets a hardware error (by software).
 * look: Reads FILE page by page; says how many are right, and whether PAGE alone
 * cannot be read.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define HUGE_PAGE	(2UL << 20)
#define PAGE		4096UL
#define WORDS		(PAGE / sizeof(uint64_t))

static int fail(const char *what)
{
	fprintf(stderr, "hurt: %s: %s\n", what, strerror(errno));
	return 1;
}

/* Whoever has the broken page mapped is told, which must not be ignored. */
static void told(int sig)
{
	(void)sig;
}

static int make(int fd, unsigned long broken)
{
	uint64_t *words;

	if (ftruncate(fd, HUGE_PAGE))
		return fail("ftruncate");
	words = mmap(NULL, HUGE_PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (words == MAP_FAILED)
		return fail("mmap");
	for (unsigned long i = 0; i < HUGE_PAGE / sizeof(*words); i++)
		words[i] = i / WORDS + 1;
	signal(SIGBUS, told);
	if (madvise((char *)words + broken * PAGE, PAGE, MADV_HWPOISON))
		return fail("MADV_HWPOISON");
	return 0;
}

static int is_right(const uint64_t *words, unsigned long page)
{
	for (unsigned long i = 0; i < WORDS; i++)
		if (words[i] != page + 1)
			return 0;
	return 1;
}

static int look(int fd, unsigned long broken)
{
	uint64_t words[WORDS];
	unsigned long right = 0;
	int refused = 0;

	for (unsigned long page = 0; page < HUGE_PAGE / PAGE; page++) {
		ssize_t got = pread(fd, words, PAGE, page * PAGE);

		if (got == (ssize_t)PAGE)
			right += is_right(words, page);
		else if (page == broken && got < 0 && errno == EIO)
			refused = 1;
	}
	printf("right=%lu refused=%d\n", right, refused);
	return 0;
}

int main(int argc, char **argv)
{
	int fd;

	if (argc != 4 || (strcmp(argv[1], "make") && strcmp(argv[1], "look"))) {
		fprintf(stderr, "usage: hurt make|look FILE PAGE\n");
		return 2;
	}
	fd = open(argv[2], O_RDWR | O_CREAT, 0600);
	if (fd < 0)
		return fail(argv[2]);
	return (strcmp(argv[1], "make") ? look : make)(fd, strtoul(argv[3], NULL, 0));
}
