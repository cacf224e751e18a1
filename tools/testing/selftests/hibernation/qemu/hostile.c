// SPDX-License-Identifier: GPL-2.0
/*
 * usage: hostile DISK SEED NUMBER OUTPUT [flips]
 *
 * Makes hostile images out of the sound one on a disk: numbers of its parts become
 * others that are on the edge of something, and the tags are made right again, or
 * nothing would get past them. The last ones lie about the machine, which only
 * a kernel can notice. An image that hibimg still finds sound is not used, unless it
 * lies so. With flips, each image is damaged instead: one bit is another.
 *
 * OUTPUT holds the blocks that differ, for the guest's program of this name:
 * struct patch, then so many struct patch_block. Prints a line for each: its number,
 * its name, and what hibimg says.
 */
#include "host.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hibimg.h"
#include "leaf.h"
#include "tag.h"
#include "../guest/patch.h"
#include "../../../../../arch/x86/power/hibernate_ident.h"

#define TARGETS_MAX	256u
#define TOUCHED_MAX	256u
#define HEADER_FIELDS	offsetof(struct hib_disk_header, release)
#define HEADER_MORE	offsetof(struct hib_disk_header, stale)
#define HEADER_LOG	offsetof(struct hib_disk_header, log)
#define HEADER_END	offsetof(struct hib_disk_header, tag)

enum kind { RECORD, HEADER, LEAF, CHUNK };

struct target {
	const char *name;
	enum kind kind;
	u64 byte;		/* of the disk */
	u32 from, to;		/* what is changed of it */
	u32 bytes;		/* what its tag covers */
};

static struct hibimg img = { .pfn = HIB_PFN_NONE };
static const u8 *sound;
static u8 *disk;
static u64 disk_bytes;
static int copy_fd;
static struct target targets[TARGETS_MAX];
static u32 nr_targets;
static u64 touched[TOUCHED_MAX];
static u32 nr_touched;
static struct patch patch;

static void touch(u64 byte, u32 bytes)
{
	for (u64 block = byte / HIB_BLOCK_BYTES; block <= (byte + bytes - 1) / HIB_BLOCK_BYTES; block++) {
		bool known = false;

		for (u32 i = 0; i < nr_touched; i++)
			known |= touched[i] == block;
		if (!known && nr_touched < TOUCHED_MAX)
			touched[nr_touched++] = block;
	}
}

static void add(const char *name, enum kind kind, u64 byte, u32 from, u32 to, u32 bytes)
{
	if (nr_targets < TARGETS_MAX && byte + bytes <= disk_bytes && from < to)
		targets[nr_targets++] = (struct target) { name, kind, byte, from, to, bytes };
}

static void add_leaf(const char *name, u64 byte)
{
	const struct hib_disk_leaf *leaf = (const void *)(sound + byte);
	u32 nr = min(le32_to_cpu(leaf->nr), 2u);

	add(name, LEAF, byte, offsetof(struct hib_disk_leaf, kind),
	    offsetof(struct hib_disk_leaf, data) + nr * 16, HIB_BLOCK_BYTES);
}

static u64 place_of(u64 offset)
{
	u64 bytes;

	return hibimg_place(&img, offset, &bytes);
}

/* The steps of the saving kernel are left out: a kernel resumes without them. */
static void add_lists(void)
{
	struct hibimg_list lists[HIBIMG_LISTS];

	hibimg_lists(&img, lists);
	for (u32 i = 0; i < HIBIMG_LISTS; i++) {
		u32 nr = lists[i].piece->nr_leaves;

		if (!strcmp(lists[i].field, "log"))
			continue;
		for (u32 leaf = 0; leaf < nr; leaf += max(nr - 1, 1u))
			add_leaf(lists[i].field, place_of(lists[i].piece->offset + leaf * HIB_BLOCK_BYTES));
	}
}

static int add_chunk(void *priv, u64 offset, const struct hib_chunk *c)
{
	u32 *nr = priv, bytes = c->total_bytes;
	u64 byte = place_of(offset);

	/* Every 16th, if it lies in one piece. */
	if ((*nr)++ % 16 == 0 && place_of(offset + bytes - 1) == byte + bytes - 1)
		add("chunk", CHUNK, byte, 0, sizeof(struct hib_disk_chunk) + 8, bytes);
	return 0;
}

static void find_targets(void)
{
	u64 header = hibimg_header_byte(&img);
	u32 nr_chunks = 0;

	add("record", RECORD, HIB_COMMIT_OFFSET, 0, offsetof(struct hib_disk_commit, reason), 512);
	add("header", HEADER, header, 0, HEADER_FIELDS, HIB_BLOCK_BYTES);
	add("header", HEADER, header, HEADER_MORE, HEADER_LOG, HIB_BLOCK_BYTES);
	add("header", HEADER, header, HEADER_LOG + sizeof(struct hib_disk_piece), HEADER_END,
	    HIB_BLOCK_BYTES);
	add_leaf("extents", img.header.extent_block * HIB_BLOCK_BYTES);
	add_lists();
	if (hibimg_each_chunk(&img, add_chunk, &nr_chunks))
		die("chunks");
}

static void mend_record(void)
{
	struct hib_disk_commit *commit = (void *)(disk + HIB_COMMIT_OFFSET);
	struct hib_disk_header *header = (void *)(disk + hibimg_header_byte(&img));

	commit->header_tag = header->tag;
	commit->tag = cpu_to_le64(hib_tag_compute(commit, sizeof(*commit),
						  offsetof(struct hib_disk_commit, tag),
						  commit->image_id, HIB_TAG_COMMIT));
	touch(HIB_COMMIT_OFFSET, sizeof(*commit));
}

static void mend(const struct target *t)
{
	const u8 *id = img.record.image_id;
	u8 *at = disk + t->byte;
	struct hib_disk_header *header = (void *)at;
	struct hib_disk_leaf *leaf = (void *)at;

	switch (t->kind) {
	case HEADER:
		header->tag = cpu_to_le64(hib_header_tag(header, id));
		touch(t->byte, t->bytes);
		mend_record();
		break;
	case RECORD:
		mend_record();
		break;
	case LEAF:
		leaf->tag = cpu_to_le64(hib_leaf_tag(leaf, id));
		break;
	case CHUNK:
		put_unaligned_le64(hib_tag_compute(at, t->bytes, offsetof(struct hib_disk_chunk, tag),
						   id, HIB_TAG_CHUNK),
				   at + offsetof(struct hib_disk_chunk, tag));
		break;
	}
	touch(t->byte, t->bytes);
}

/* A number that is on the edge of something. */
static u64 edge_of(u64 value)
{
	const u64 edges[] = {
		0, 1, U64_MAX, U32_MAX, 1ull << 31, 1ull << 32, 1ull << 63, 1ull << 48, value + 1, value - 1,
		value * 2, value / 2, ~value, value ^ 1ull << draw(64), disk_bytes / HIB_BLOCK_BYTES,
		img.header.nr_pages, img.header.nr_ram_pages, img.header.image_bytes, img.header.extent_block,
		img.header.data_bytes, img.record.header_block, draw(1ull << 40), HIB_SEGMENT_BLOCKS,
		HIB_SEGMENT_BLOCKS + 1, HIB_CHUNK_PAGES + 1,
		get_unaligned_le64(sound + (draw(disk_bytes) & ~7ull)),
	};

	return edges[draw(ARRAY_SIZE(edges))];
}

static void change(const struct target *t)
{
	u32 bytes = draw(2) ? 4 : 8;
	u32 at = t->from + draw((t->to - t->from) / bytes) * bytes;
	size_t length = strlen(patch.name);
	u64 value = 0;

	memcpy(&value, disk + t->byte + at, bytes);
	value = edge_of(value);
	memcpy(disk + t->byte + at, &value, bytes);
	snprintf(patch.name + length, sizeof(patch.name) - length, "%s%s+%u:%u=%#llx",
		 length ? "," : "", t->name, at, bytes, bytes == 4 ? value & U32_MAX : value);
}

/* A target by its name, so that the many chunks are not most of what is done. */
static const struct target *some_target(void)
{
	const char *name = targets[draw(nr_targets)].name;
	u32 turns = 0;

	while (!strcmp(name, "chunk") && draw(4) && turns++ < 100)
		name = targets[draw(nr_targets)].name;
	for (;;) {
		const struct target *t = &targets[draw(nr_targets)];

		if (!strcmp(t->name, name))
			return t;
	}
}

static void make_hostile(void)
{
	const struct target *t = some_target();

	for (u32 nr = 1 + draw(3); nr; nr--) {
		change(t);
		if (draw(8))
			mend(t);
		touch(t->byte, t->bytes);
		if (!draw(3))
			t = some_target();
	}
}

/* A bit of any part, and no tag is made right. */
static void make_flip(void)
{
	const struct target *t = some_target();
	u32 at = draw(t->bytes), bit = draw(8);

	disk[t->byte + at] ^= 1u << bit;
	touch(t->byte + at, 1);
	snprintf(patch.name, sizeof(patch.name), "flip:%s+%u.%u", t->name, at, bit);
}

static struct hib_disk_header *header_now(void)
{
	return (void *)(disk + hibimg_header_byte(&img));
}

static struct hib_arch_ident *ident_now(void)
{
	return (void *)header_now()->arch;
}

/* The run of frames behind the first one begins where firmware is, or behind all memory. */
static void move_run(u64 pfn, bool last)
{
	struct hib_disk_leaf *leaf = (void *)(disk + place_of(img.header.pagemap.offset));
	struct hib_disk_run *runs = (void *)leaf->data;
	u32 nr = last ? le32_to_cpu(leaf->nr) - 1 : 1;

	runs[nr].pfn = cpu_to_le64(pfn);
	leaf->tag = cpu_to_le64(hib_leaf_tag(leaf, img.record.image_id));
	touch(place_of(img.header.pagemap.offset), HIB_BLOCK_BYTES);
}

#define NR_LIES	15u

/* A lie about the machine; returns its name. */
static const char *lie(u32 nr)
{
	struct hib_disk_header *h = header_now();

	switch (nr) {
	case 0: h->handover_pfn = cpu_to_le64(U64_MAX); return "handover-nowhere";
	case 1: h->handover_pfn = cpu_to_le64(img.header.nr_ram_pages * 2); return "handover-past-the-end";
	case 2: h->handover_pfn = cpu_to_le64(0xf0); return "handover-firmware";
	case 3: move_run(0xa8, false); return "run-in-firmware";
	case 4: move_run(img.header.nr_ram_pages + 0x8000, true); return "run-past-the-end";
	case 5: move_run(1ull << 33, true); return "run-far-away";
	case 6: h->nr_ram_pages = cpu_to_le64(img.header.nr_ram_pages + 1); return "more-memory";
	case 7: h->nr_ram_pages = cpu_to_le64(img.header.nr_pages); return "less-memory";
	case 8: ident_now()->vendor[0] ^= 1; return "vendor";
	case 9: ident_now()->version = cpu_to_le32(77); return "ident-version";
	case 10: ident_now()->paging_levels = cpu_to_le32(3); return "paging-levels";
	case 11: ident_now()->phys_bits = cpu_to_le32(60); return "phys-bits";
	case 12: ident_now()->caps[0] = cpu_to_le32(U32_MAX); return "features";
	case 13: h->guards[0].digest ^= cpu_to_le64(1); return "guard-digest";
	default: ident_now()->bytes = cpu_to_le32(8); return "ident-bytes";
	}
}

static void make_lie(u32 nr)
{
	snprintf(patch.name, sizeof(patch.name), "%s", lie(nr));
	mend(&targets[1]);
}

/* All blocks that were touched, into the copy; or what they were. */
static void copy_put(const u8 *from)
{
	for (u32 i = 0; i < nr_touched; i++) {
		u64 byte = touched[i] * HIB_BLOCK_BYTES;

		if (pwrite(copy_fd, from + byte, HIB_BLOCK_BYTES, byte) < 0)
			die("copy: %m");
	}
}

static int verify(void)
{
	char path[32], *text = NULL, *argv[] = { "hibimg", "verify", path };
	size_t bytes;
	FILE *to = open_memstream(&text, &bytes);
	int code;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", copy_fd);
	copy_put(disk);
	code = hibimg_run(3, argv, to, to);
	copy_put(sound);
	fclose(to);
	free(text);
	return code;
}

static bool differs(u64 byte)
{
	return memcmp(disk + byte, sound + byte, HIB_BLOCK_BYTES);
}

static void patch_write(FILE *to)
{
	patch.nr_blocks = 0;
	for (u32 i = 0; i < nr_touched; i++)
		patch.nr_blocks += differs(touched[i] * HIB_BLOCK_BYTES);
	fwrite(&patch, sizeof(patch), 1, to);
	for (u32 i = 0; i < nr_touched; i++) {
		struct patch_block block = { .block = touched[i] };
		u64 byte = touched[i] * HIB_BLOCK_BYTES;

		if (!differs(byte))
			continue;
		memcpy(block.data, disk + byte, HIB_BLOCK_BYTES);
		fwrite(&block, sizeof(block), 1, to);
	}
}

static void undo(void)
{
	for (u32 i = 0; i < nr_touched; i++) {
		u64 byte = touched[i] * HIB_BLOCK_BYTES;

		memcpy(disk + byte, sound + byte, HIB_BLOCK_BYTES);
	}
	nr_touched = 0;
	memset(&patch, 0, sizeof(patch));
}

static void open_disk(const char *path)
{
	int fd = open(path, O_RDONLY);
	struct stat status;

	if (fd < 0 || fstat(fd, &status))
		die("%s: %m", path);
	disk_bytes = status.st_size;
	sound = mmap(NULL, disk_bytes, PROT_READ, MAP_PRIVATE, fd, 0);
	disk = mmap(NULL, disk_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	copy_fd = memfd_create("disk", 0);
	if (sound == MAP_FAILED || disk == MAP_FAILED || ftruncate(copy_fd, disk_bytes))
		die("%s: %m", path);
	for (u64 byte = 0; byte < disk_bytes; byte += HIB_BLOCK_BYTES)
		if (memchr_inv(sound + byte, 0, HIB_BLOCK_BYTES) &&
		    pwrite(copy_fd, sound + byte, HIB_BLOCK_BYTES, byte) < 0)
			die("copy: %m");
	img.path = path;
	img.out = img.err = stderr;
	memset(img.fd, -1, sizeof(img.fd));
	if (hibimg_open(&img, false) || hibimg_read_all(&img))
		die("%s: no sound image", path);
}

int main(int argc, char **argv)
{
	bool flips = argc == 6 && !strcmp(argv[5], "flips");
	u32 nr, dropped = 0;
	FILE *to;

	if (argc != 5 && !flips)
		die("usage: hostile DISK SEED NUMBER OUTPUT [flips]");
	open_disk(argv[1]);
	random_state = strtoull(argv[2], NULL, 0) * 2 + 1;
	nr = strtoul(argv[3], NULL, 0);
	to = fopen(argv[4], "w");
	if (!to)
		die("%s: %m", argv[4]);
	find_targets();
	for (u32 i = 0; i < nr; undo()) {
		bool lies = !flips && i + NR_LIES >= nr;
		int code;

		if (flips)
			make_flip();
		else if (lies)
			make_lie(i + NR_LIES - nr);
		else
			make_hostile();
		code = verify();
		if (!code && flips)
			die("%s: is sound", patch.name);
		if (!code && !lies) {
			dropped++;
			continue;
		}
		printf("%u %s %d\n", i++, patch.name, code);
		patch_write(to);
	}
	fprintf(stderr, "%u images; %u that were sound were dropped\n", nr, dropped);
	return fclose(to) ? 1 : 0;
}
