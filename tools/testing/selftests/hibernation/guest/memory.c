// SPDX-License-Identifier: GPL-2.0
#include "memory.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "pattern.h"

#define HUGE_PAGE (2UL << 20)
#define KSM_DIFFERENT 64

#ifndef MADV_PAGEOUT
#define MADV_PAGEOUT 21
#endif
#ifndef SYS_memfd_secret
#define SYS_memfd_secret 447
#endif

static int map_anonymous(struct memory *m, int flags)
{
	void *start = mmap(NULL, m->size + HUGE_PAGE, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS | flags, -1, 0);

	if (start == MAP_FAILED)
		return -1;
	/* On a huge page's boundary, which costs address space only. */
	m->start = (unsigned char *)(((uintptr_t)start + HUGE_PAGE - 1) & ~(HUGE_PAGE - 1));
	return 0;
}

static int map_plain(struct memory *m)
{
	return map_anonymous(m, MAP_NORESERVE);
}

static int map_locked(struct memory *m)
{
	return map_plain(m) || mlock(m->start, m->size) ? -1 : 0;
}

static int map_huge(struct memory *m)
{
	m->start = mmap(NULL, m->size, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, -1, 0);
	return m->start == MAP_FAILED ? -1 : 0;
}

static int map_thp(struct memory *m)
{
	return map_plain(m) || madvise(m->start, m->size, MADV_HUGEPAGE) ? -1 : 0;
}

static int map_ksm(struct memory *m)
{
	m->same = KSM_DIFFERENT;
	return map_plain(m) || madvise(m->start, m->size, MADV_MERGEABLE) ? -1 : 0;
}

static int map_secret(struct memory *m)
{
	int fd = syscall(SYS_memfd_secret, 0);

	if (fd < 0 || ftruncate(fd, m->size))
		return -1;
	m->start = mmap(NULL, m->size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	return m->start == MAP_FAILED ? -1 : 0;
}

static int page_out(const struct memory *m)
{
	return madvise(m->start, m->size, MADV_PAGEOUT);
}

static const struct kind {
	const char *name;
	int (*map)(struct memory *m);
	int (*filled)(const struct memory *m);
} kinds[] = {
	{ "plain", map_plain, NULL },
	{ "locked", map_locked, NULL },
	{ "huge", map_huge, NULL },
	{ "thp", map_thp, NULL },
	{ "ksm", map_ksm, NULL },
	{ "paged", map_plain, page_out },
	{ "secret", map_secret, NULL },
};

static const struct kind *kind_of(const char *name)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (!strcmp(kinds[i].name, name))
			return &kinds[i];
	return NULL;
}

bool memory_knows(const char *kind)
{
	return kind_of(kind) != NULL;
}

static uint64_t place_of(const struct memory *m, size_t page)
{
	return m->place + (m->same ? page % m->same : page);
}

const char *memory_fill(struct memory *m, const char *kind)
{
	const struct kind *k = kind_of(kind);
	size_t i;

	if (k->map(m))
		return "mapping memory";
	for (i = 0; i < m->size / PATTERN_PAGE; i++)
		pattern_fill(m->start + i * PATTERN_PAGE, m->seed, place_of(m, i));
	if (k->filled && k->filled(m))
		return "after filling memory";
	return NULL;
}

unsigned long memory_wrong(const struct memory *m)
{
	unsigned long wrong = 0;
	size_t i;

	for (i = 0; i < m->size / PATTERN_PAGE; i++)
		wrong += pattern_wrong(m->start + i * PATTERN_PAGE, m->seed, place_of(m, i));
	return wrong;
}
