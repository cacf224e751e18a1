// SPDX-License-Identifier: GPL-2.0
/*
 * usage: cuts SCENARIO [STATE:FILE[:FILE]...]
 *
 * Every state in which disks may be when the power goes, made from QEMU's logs of
 * all writes (blklogwrites), and what the next boot would make of each. hibimg
 * decides, which is built from the kernel's own pure files.
 *
 * A line of SCENARIO:
 *
 *	disk BEFORE LOG ENTRIES		a disk; the first one has the record
 *	allow ENTRIES VERDICT...	what may be found once so many entries of the
 *					first disk's log are over, up to the next such line
 *	random SEED NUMBER		NUMBER: so many random cuts in place of all
 *
 * At a cut all that a flush completed is there, and all FUA writes. Of the other
 * writes any may be missing, and one may be torn at any sector. The logs of two
 * disks have no common clock; but when there is a record on the first disk, the
 * other one has been told all that its log has.
 *
 * Prints a line for each state: its number, the entries that are over, the verdict,
 * what arrived. With STATE:FILE, also puts what a state has beyond BEFORE into files
 * that are copies of it.
 */
#include "host.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hibimg.h"

#define SECTOR		512u
#define LOG_MAGIC	0x6a736677736872ull
#define LOG_FLUSH	1u
#define LOG_FUA		2u
#define LOG_DISCARD	4u
#define DISKS_MAX	2u
#define SUBSETS		20u
#define TRIES		2u	/* hibernate.tries= by default */
#define FAULTS_SHOWN	5u

enum verdict { SWAP, WHOLE, KEPT, SPENT, BROKEN, NR_VERDICTS };

static const char * const verdicts[] = { "swap", "whole", "kept", "spent", "broken" };

/* Sectors of a write that arrived. */
struct part {
	u32 from, to;
};

struct entry {
	u64 sector;
	u32 sectors, flags;
	const u8 *data;		/* NULL: zeros */
};

struct disk {
	const u8 *before;
	u64 bytes;
	struct entry *log;
	struct part *part;	/* of each entry of the log, in the state that is made */
	u32 nr, safe, end;	/* entries; durable ones and those that are over, in that state */
	const u8 **shown, **want;	/* where each sector comes from: in the file, and in the state */
	int fd;
};

static struct disk disks[DISKS_MAX];
static u32 nr_disks, nr_random, nr_verify, nr_faults;
static u64 nr_states, nr_of[NR_VERDICTS];
static u32 *allowed;		/* by entries of the first disk that are over */
static u32 flight;		/* 1: the last entry was on its way when the power went */
static char *how;		/* this state in words */
static char **wanted;
static u32 nr_wanted;

static const u8 *map_file(const char *path, u64 *bytes)
{
	int fd = open(path, O_RDONLY);
	struct stat status;
	void *at;

	if (fd < 0 || fstat(fd, &status))
		die("%s: %m", path);
	*bytes = status.st_size;
	at = mmap(NULL, *bytes, PROT_READ, MAP_PRIVATE, fd, 0);
	if (at == MAP_FAILED)
		die("%s: %m", path);
	close(fd);
	return at;
}

static void log_read(struct disk *d, const char *path, u32 nr)
{
	u64 bytes, size, at;
	const u8 *log;

	d->log = calloc(nr + 1, sizeof(*d->log));
	d->part = calloc(nr + 1, sizeof(*d->part));
	if (!nr)
		return;
	log = map_file(path, &bytes);
	if (bytes < SECTOR || get_unaligned_le64(log) != LOG_MAGIC ||
	    get_unaligned_le64(log + 16) < nr)
		die("%s: no log of %u writes", path, nr);
	size = get_unaligned_le32(log + 24);
	d->nr = nr;
	at = size;
	for (u32 i = 0; i < nr; i++) {
		struct entry *e = &d->log[i];

		e->sector = get_unaligned_le64(log + at) * (size / SECTOR);
		e->sectors = get_unaligned_le64(log + at + 8) * (size / SECTOR);
		e->flags = get_unaligned_le64(log + at + 16);
		at += size;
		if (e->flags & LOG_DISCARD)
			continue;
		e->data = log + at;
		at += e->sectors * (u64)SECTOR;
		if (at > bytes || (e->sector + e->sectors) * SECTOR > d->bytes)
			die("%s: entry %u", path, i);
	}
}

static void disk_add(const char *before, const char *log, u32 nr)
{
	struct disk *d = &disks[nr_disks];
	u64 sectors;

	if (nr_disks++ == DISKS_MAX)
		die("too many disks");
	d->before = map_file(before, &d->bytes);
	sectors = d->bytes / SECTOR;
	log_read(d, log, nr);
	d->shown = malloc(sectors * sizeof(*d->shown));
	d->want = malloc(sectors * sizeof(*d->want));
	d->fd = memfd_create("disk", 0);
	if (d->fd < 0 || ftruncate(d->fd, d->bytes))
		die("memory for a disk: %m");
	for (u64 i = 0; i < sectors; i++)
		d->shown[i] = NULL;	/* which is a hole of the file: nothing was shown yet */
}

/* Where each sector of the disk comes from in this state. */
static void disk_lay(struct disk *d)
{
	static const u8 zeros[SECTOR];

	for (u64 i = 0; i < d->bytes / SECTOR; i++)
		d->want[i] = d->before + i * SECTOR;
	for (u32 i = 0; i < d->end; i++) {
		const struct entry *e = &d->log[i];
		struct part part = i < d->safe ? (struct part) { 0, e->sectors } : d->part[i];

		for (u32 s = part.from; s < part.to; s++)
			d->want[e->sector + s] = e->data ? e->data + s * SECTOR : zeros;
	}
}

static void put_sector(int fd, u64 sector, const u8 *data)
{
	if (pwrite(fd, data, SECTOR, sector * SECTOR) != SECTOR)
		die("write: %m");
}

/* The disk as a file, for the reader: only what is not yet as it shall be is written. */
static void disk_show(struct disk *d)
{
	for (u64 i = 0; i < d->bytes / SECTOR; i++) {
		if (d->shown[i] == d->want[i])
			continue;
		if (d->shown[i] || memchr_inv(d->want[i], 0, SECTOR))
			put_sector(d->fd, i, d->want[i]);
		d->shown[i] = d->want[i];
	}
}

/* The first page of a disk, which decides whether there is an image. */
static void disk_root(const struct disk *d, u8 page[HIB_BLOCK_BYTES])
{
	memcpy(page, d->before, HIB_BLOCK_BYTES);
	for (u32 i = 0; i < d->end; i++) {
		const struct entry *e = &d->log[i];
		struct part part = i < d->safe ? (struct part) { 0, e->sectors } : d->part[i];

		for (u32 s = part.from; s < part.to && e->sector + s < HIB_BLOCK_BYTES / SECTOR; s++)
			if (e->data)
				memcpy(page + (e->sector + s) * SECTOR, e->data + s * SECTOR, SECTOR);
			else
				memset(page + (e->sector + s) * SECTOR, 0, SECTOR);
	}
}

/* What swapon looks at, and what mkswap wrote: UUID, label and size are still there. */
static bool root_is_swap(const struct disk *d, const u8 *page)
{
	const u8 *info = page + 1024;

	return !memcmp(page + HIB_BLOCK_BYTES - HIB_SIGNATURE_BYTES, HIB_SWAP_SIGNATURE,
		       HIB_SIGNATURE_BYTES) &&
	       get_unaligned_le32(info) == 1 && get_unaligned_le32(info + 4) &&
	       get_unaligned_le32(info + 4) < d->bytes / HIB_BLOCK_BYTES &&
	       !get_unaligned_le32(info + 8) && !memcmp(page, d->before, HIB_COMMIT_OFFSET);
}

/* Is all of the image there? */
static bool reader_finds_it_sound(void)
{
	char path[DISKS_MAX][32], *argv[] = { "hibimg", "verify", path[0], "--member", path[1] };
	char *text = NULL;
	size_t bytes;
	FILE *to = open_memstream(&text, &bytes);
	int code;

	for (u32 i = 0; i < nr_disks; i++) {
		disk_show(&disks[i]);
		snprintf(path[i], sizeof(path[i]), "/proc/self/fd/%d", disks[i].fd);
	}
	code = hibimg_run(nr_disks > 1 ? 5 : 3, argv, to, to);
	fclose(to);
	if (code && nr_faults < FAULTS_SHOWN)
		fprintf(stderr, "%s", text);
	free(text);
	nr_verify++;
	return !code;
}

/* The reader's answer, which is kept: many states are the same disks. */
static bool image_is_whole(void)
{
	static struct { u64 key; bool whole; } known[1u << 16];
	u64 key = 0;
	u32 i;

	for (u32 n = 0; n < nr_disks; n++) {
		disk_lay(&disks[n]);
		key = XXH64(disks[n].want, disks[n].bytes / SECTOR * sizeof(*disks[n].want), key);
	}
	key += !key;
	for (i = key % ARRAY_SIZE(known); known[i].key && known[i].key != key;)
		i = (i + 1) % ARRAY_SIZE(known);
	if (!known[i].key) {
		known[i].whole = reader_finds_it_sound();
		known[i].key = key;
	}
	return known[i].whole;
}

/* What the next boot makes of the disks. */
static enum verdict judge(void)
{
	struct hib_commit_record r;
	u8 page[HIB_BLOCK_BYTES];
	const char *why;

	for (u32 n = 1; n < nr_disks; n++) {
		disk_root(&disks[n], page);
		if (!root_is_swap(&disks[n], page))
			return BROKEN;
	}
	disk_root(&disks[0], page);
	if (root_is_swap(&disks[0], page))
		return SWAP;
	if (memcmp(page, disks[0].before, HIB_COMMIT_OFFSET) ||
	    hib_commit_parse((void *)(page + HIB_COMMIT_OFFSET),
			     disks[0].bytes / HIB_BLOCK_BYTES, &r, &why))
		return BROKEN;
	switch (hib_commit_decide(&r, TRIES, false, &why)) {
	case 0:
		return image_is_whole() ? WHOLE : BROKEN;
	case -EPERM:
		return image_is_whole() ? KEPT : BROKEN;
	default:
		return SPENT;
	}
}

/* Put a state into copies of the disks from before. */
static void state_write(char *files)
{
	for (u32 n = 0; n < nr_disks; n++) {
		char *path = strsep(&files, ":");
		int fd = path ? open(path, O_WRONLY) : -1;

		if (fd < 0)
			die("%s: %m", path ?: "no file");
		disk_lay(&disks[n]);
		for (u64 i = 0; i < disks[n].bytes / SECTOR; i++)
			if (disks[n].want[i] != disks[n].before + i * SECTOR)
				put_sector(fd, i, disks[n].want[i]);
		close(fd);
	}
}

static void state_take(void)
{
	u32 end = disks[0].end;
	u32 may = allowed[end] | (flight ? allowed[end - 1] : 0);
	enum verdict verdict = judge();

	printf("%llu %u %s %s\n", nr_states, end, verdicts[verdict], how);
	nr_of[verdict]++;
	if (!(may & 1u << verdict) && nr_faults++ < FAULTS_SHOWN)
		fprintf(stderr, "state %llu, %u entries over%s, %s: %s\n", nr_states, end,
			flight ? ", the last one on its way" : "", how, verdicts[verdict]);
	for (u32 i = 0; i < nr_wanted; i++) {
		char *files = strchr(wanted[i], ':');

		if (files && strtoull(wanted[i], NULL, 10) == nr_states)
			state_write(strdup(files + 1));
	}
	nr_states++;
}

typedef void take_fn(void);

static void __attribute__((format(printf, 2, 3))) take_as(take_fn *take, const char *format, ...)
{
	va_list args;
	char *before = how, *text;

	va_start(args, format);
	if (vasprintf(&text, format, args) < 0 ||
	    asprintf(&how, "%s%s%s", before ?: "", before ? "; " : "", text) < 0)
		die("memory");
	va_end(args);
	take();
	free(how);
	free(text);
	how = before;
}

/* May this write be missing? */
static bool is_open(const struct disk *d, u32 i)
{
	bool on_its_way = flight && d == &disks[0] && i == d->end - 1;

	return d->log[i].sectors && (!(d->log[i].flags & LOG_FUA) || on_its_way);
}

static void set_all(struct disk *d, bool arrived)
{
	for (u32 i = d->safe; i < d->end; i++)
		d->part[i].from = 0, d->part[i].to = arrived || !is_open(d, i) ? d->log[i].sectors : 0;
}

static void tear(struct disk *d, u32 i, struct part part, take_fn *take, bool others)
{
	set_all(d, others);
	d->part[i] = part;
	take_as(take, "%s but sectors %u to %u of %u", others ? "all" : "none", part.from, part.to, i);
}

/* A block of 4 KiB at each sector, with and without the others; a longer write anywhere. */
static void each_tear(struct disk *d, u32 i, take_fn *take)
{
	u32 sectors = d->log[i].sectors;

	if (sectors == HIB_BLOCK_BYTES / SECTOR) {
		for (u32 s = 1; s < sectors; s++)
			for (u32 others = 0; others < 2; others++) {
				tear(d, i, (struct part) { 0, s }, take, others);
				tear(d, i, (struct part) { s, sectors }, take, others);
			}
	} else if (sectors > 1) {
		u32 at = 1 + draw(sectors - 1);

		tear(d, i, (struct part) { 0, at }, take, true);
		tear(d, i, (struct part) { at, sectors }, take, true);
	}
}

static u32 nr_open(const struct disk *d)
{
	u32 nr = 0;

	for (u32 i = d->safe; i < d->end; i++)
		nr += is_open(d, i);
	return nr;
}

static void cut_at(struct disk *d, u32 end)
{
	d->end = end;
	d->safe = 0;
	for (u32 i = 0; i < end; i++)
		if (d->log[i].flags & LOG_FLUSH)
			d->safe = i + 1;
}

static void random_subset(struct disk *d, u32 of_ten)
{
	set_all(d, false);
	for (u32 i = d->safe; i < d->end; i++)
		if (draw(10) < of_ten)
			d->part[i] = (struct part) { 0, d->log[i].sectors };
}

/* All that may be on a disk after a cut. */
static void each_subset(struct disk *d, take_fn *take)
{
	u32 nr = nr_open(d);

	set_all(d, true);
	take_as(take, "all %u", nr);
	if (!nr)
		return;
	set_all(d, false);
	take_as(take, "none of %u", nr);
	for (u32 i = d->safe; i < d->end; i++) {
		if (!is_open(d, i))
			continue;
		if (nr > 1) {
			set_all(d, true);
			d->part[i].to = 0;
			take_as(take, "all but %u", i);
			set_all(d, false);
			d->part[i].to = d->log[i].sectors;
			take_as(take, "none but %u", i);
		}
		each_tear(d, i, take);
	}
	for (u32 n = 0; n < (nr > 1 ? SUBSETS : 0); n++) {
		random_subset(d, 5);
		take_as(take, "random %u", n);
	}
}

static void random_part(struct disk *d)
{
	static const u32 of_ten[] = { 1, 5, 9 };
	u32 i = d->safe, sectors;

	random_subset(d, of_ten[draw(ARRAY_SIZE(of_ten))]);
	if (d->end > d->safe)
		i += draw(d->end - d->safe);
	sectors = i < d->end && is_open(d, i) ? d->log[i].sectors : 0;
	if (sectors > 1 && draw(2)) {
		d->part[i].from = draw(sectors);
		d->part[i].to = d->part[i].from + 1 + draw(sectors - d->part[i].from);
	}
}

/* The other disk, which forgets by itself. */
static void with_the_other(void)
{
	u8 page[HIB_BLOCK_BYTES];
	struct disk *d = &disks[1];

	if (nr_disks == 1) {
		state_take();
		return;
	}
	disk_root(&disks[0], page);
	if (!root_is_swap(&disks[0], page)) {
		cut_at(d, d->nr);
		if (!nr_random) {
			each_subset(d, state_take);
			return;
		}
	} else {
		cut_at(d, draw(d->nr + 1));
	}
	random_part(d);
	take_as(state_take, "%u of %u on the other", d->end, d->nr);
}

static void all_cuts(void)
{
	struct disk *d = &disks[0];

	for (u32 end = 0; end <= d->nr; end++) {
		flight = end && d->log[end - 1].flags & LOG_FUA;
		cut_at(d, end);
		each_subset(d, with_the_other);
		if (!flight)
			continue;
		flight = 0;
		each_subset(d, with_the_other);
	}
}

/* Half of them where the first page is written, as little happens elsewhere. */
static u32 random_end(const struct disk *d)
{
	u32 end = draw(d->nr + 1);

	for (u32 n = draw(2) ? d->nr : 0; n; n--, end = draw(d->nr + 1))
		for (u32 i = end > 2 ? end - 2 : 0; i < d->nr && i < end + 2; i++)
			if (d->log[i].sectors && !d->log[i].sector)
				return end;
	return end;
}

static void random_cuts(void)
{
	struct disk *d = &disks[0];

	for (u32 n = 0; n < nr_random; n++) {
		cut_at(d, random_end(d));
		random_part(d);
		take_as(with_the_other, "random");
	}
}

static void allow(u32 from, char *names)
{
	u32 bits = 0;

	for (char *name = strtok(names, " \n"); name; name = strtok(NULL, " \n"))
		for (u32 v = 0; v < NR_VERDICTS; v++)
			bits |= !strcmp(name, verdicts[v]) << v;
	if (!nr_disks || from > disks[0].nr)
		die("allow %u: past the log", from);
	for (u32 i = from; i <= disks[0].nr; i++)
		allowed[i] = bits;
}

static void scenario_read(const char *path)
{
	FILE *from = fopen(path, "r");
	char line[1024], one[400], two[400];
	u32 number;
	int at;

	if (!from)
		die("%s: %m", path);
	while (fgets(line, sizeof(line), from)) {
		if (sscanf(line, "disk %399s %399s %u", one, two, &number) == 3) {
			disk_add(one, two, number);
			if (nr_disks == 1)
				allowed = calloc(number + 1, sizeof(*allowed));
		} else if (sscanf(line, "allow %u %n", &number, &at) == 1) {
			allow(number, line + at);
		} else if (sscanf(line, "random %llu %u", &random_state, &nr_random) == 2) {
			random_state = random_state * 2 + 1;
		} else {
			die("%s: what is %s", path, line);
		}
	}
	fclose(from);
	if (!nr_disks)
		die("%s: no disk", path);
}

int main(int argc, char **argv)
{
	if (argc < 2)
		die("usage: cuts SCENARIO [STATE:FILE[:FILE]...]");
	wanted = argv + 2;
	nr_wanted = argc - 2;
	scenario_read(argv[1]);
	if (nr_random)
		random_cuts();
	else
		all_cuts();
	fprintf(stderr, "%llu states, %u read whole, %u not allowed:", nr_states, nr_verify, nr_faults);
	for (u32 v = 0; v < NR_VERDICTS; v++)
		fprintf(stderr, " %s %llu", verdicts[v], nr_of[v]);
	fprintf(stderr, "\n");
	return nr_faults ? 1 : 0;
}
