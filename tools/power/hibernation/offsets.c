// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: hibimg offsets --json
 *
 * Where each part of an image lies, and each field of it, in bytes of the
 * device: for tests and scripts, which then hold no offset of their own. Of
 * pages it also tells which frames there are, as runs.
 */
#include "hibimg.h"

/**
 * struct offsets_field - A member of a disk structure.
 * @name: Its name.
 * @at: Where it begins in the structure.
 */
struct offsets_field {
	const char *name;
	unsigned int at;
};

#define FIELD(type, member)	{ #member, offsetof(struct type, member) }
#define COMMIT(member)	FIELD(hib_disk_commit, member)
#define HEADER(member)	FIELD(hib_disk_header, member)
#define LEAF(member)	FIELD(hib_disk_leaf, member)
#define CHUNK(member)	FIELD(hib_disk_chunk, member)

static const struct offsets_field commit_fields[] = {
	COMMIT(magic), COMMIT(version), COMMIT(state), COMMIT(tries), COMMIT(reserved0),
	COMMIT(image_id), COMMIT(header_block), COMMIT(header_tag), COMMIT(reason), COMMIT(reserved1),
	COMMIT(tag), COMMIT(reserved2), COMMIT(saved_signature), COMMIT(signature), {}
};

static const struct offsets_field header_fields[] = {
	HEADER(magic), HEADER(version), HEADER(may_ignore), HEADER(must_know), HEADER(codec),
	HEADER(image_id), HEADER(page_shift), HEADER(chunk_pages), HEADER(flags),
	HEADER(hw_signature), HEADER(created_s), HEADER(nr_ram_pages), HEADER(nr_pages),
	HEADER(data_bytes), HEADER(image_bytes), HEADER(pagemap), HEADER(segments),
	HEADER(digests), HEADER(extent_block), HEADER(nr_extent_leaves), HEADER(nr_cpus),
	HEADER(nr_extents), HEADER(handover_pfn), HEADER(boot_pages), HEADER(precopied),
	HEADER(nr_precopied), HEADER(release), HEADER(build), HEADER(machine),
	HEADER(reserved0), HEADER(arch_bytes), HEADER(reserved1), HEADER(arch), HEADER(stale),
	HEADER(nr_stale), HEADER(members),
	HEADER(firmware_id), HEADER(root_hash), HEADER(write_ns), HEADER(wait_ns),
	HEADER(nr_chunks), HEADER(guards), HEADER(log), HEADER(raw_chunks),
	HEADER(blackbox_block), HEADER(reserved2), HEADER(tag), {}
};

static const struct offsets_field leaf_fields[] = {
	LEAF(tag), LEAF(kind), LEAF(index), LEAF(nr), LEAF(reserved), LEAF(next), LEAF(data), {}
};

static const struct offsets_field chunk_fields[] = {
	CHUNK(magic), CHUNK(index), CHUNK(same_mask), CHUNK(nr_pages), CHUNK(codec),
	CHUNK(body_bytes), CHUNK(tag), {}
};

#define RAW_CHUNK(member)	FIELD(hib_disk_raw_chunk, member)

static const struct offsets_field raw_chunk_fields[] = {
	RAW_CHUNK(index), RAW_CHUNK(zero_mask), RAW_CHUNK(tag), {}
};

/**
 * struct offsets - An answer being written.
 * @img: The image.
 * @nr_raw: Chunks of raw segments so far.
 * @separator: What stands before the next element of an array.
 */
struct offsets {
	struct hibimg *img;
	u32 nr_raw;
	const char *separator;
};

/* Where something lies; the device is told if it is not the first one. */
static void put_place(FILE *out, u64 place)
{
	fprintf(out, "\"byte\": %llu", hibimg_byte(place));
	if (hibimg_member(place))
		fprintf(out, ", \"member\": %u", hibimg_member(place));
}

/* Fields of a part that lies in one row of a device. */
static void put_fields(FILE *out, const struct offsets_field *field, u64 byte)
{
	const char *separator = "";

	fputs("\"fields\": {", out);
	for (; field->name; field++) {
		fprintf(out, "%s\"%s\": %llu", separator, field->name, byte + field->at);
		separator = ", ";
	}
	fputc('}', out);
}

static void put_part(FILE *out, const char *name, u64 byte, u64 bytes,
		     const struct offsets_field *fields)
{
	fprintf(out, "\"%s\": {\"byte\": %llu, \"bytes\": %llu, ", name, byte, bytes);
	put_fields(out, fields, byte);
	fputs("},\n", out);
}

static void array_begin(struct offsets *o, const char *name)
{
	fprintf(o->img->out, "\"%s\": [", name);
	o->separator = "\n ";
}

static FILE *array_next(struct offsets *o)
{
	fputs(o->separator, o->img->out);
	o->separator = ",\n ";
	return o->img->out;
}

static void array_end(struct offsets *o, const char *behind)
{
	fprintf(o->img->out, "]%s\n", behind);
}

static void put_leaf(struct offsets *o, u64 place)
{
	FILE *out = array_next(o);

	fputc('{', out);
	put_place(out, place);
	fprintf(out, ", \"bytes\": %u, ", HIB_BLOCK_BYTES);
	put_fields(out, leaf_fields, hibimg_byte(place));
	fputc('}', out);
}

static void put_record(struct offsets *o)
{
	const struct hib_commit_record *r = &o->img->record;
	FILE *out = o->img->out;

	fprintf(out, "{\"state\": \"%s\", \"tries\": %u, \"version\": %d, \"id\": \"",
		hib_commit_state_name(r->state), r->tries, HIB_FORMAT_VERSION);
	hibimg_print_id(out, r->image_id);
	fprintf(out, "\", \"block_bytes\": %u,\n", HIB_BLOCK_BYTES);
	put_part(out, "record", hibimg_record_byte(o->img), sizeof(struct hib_disk_commit),
		 commit_fields);
	put_part(out, "header", hibimg_header_byte(o->img), HIB_BLOCK_BYTES, header_fields);
}

static void put_run(struct offsets *o, u64 offset, u64 place, u64 bytes, const char *more)
{
	FILE *out = array_next(o);

	fprintf(out, "{\"offset\": %llu, ", offset);
	put_place(out, place);
	fprintf(out, ", \"bytes\": %llu%s}", bytes, more);
}

static void put_extents(struct offsets *o)
{
	const struct hibimg *img = o->img;

	array_begin(o, "extent_leaves");
	for (u64 i = 0; i < img->extent_leaves.nr; i++)
		put_leaf(o, hibimg_byte_on(hib_table_get(&img->extent_leaves, i)));
	array_end(o, ",");
	array_begin(o, "extents");
	for (u32 i = 0; i < img->extents.nr; i++) {
		const struct hib_extent *extent = &img->extents.array[i];

		put_run(o, extent->first * HIB_BLOCK_BYTES, hibimg_byte_on(extent->block),
			extent->nr_blocks * HIB_BLOCK_BYTES, "");
	}
	array_end(o, ",");
}

static void put_lists(struct offsets *o)
{
	struct hibimg_list lists[HIBIMG_LISTS];

	hibimg_lists(o->img, lists);
	fputs("\"lists\": {\n", o->img->out);
	for (unsigned int i = 0; i < HIBIMG_LISTS; i++) {
		const struct hib_piece *piece = lists[i].piece;

		array_begin(o, lists[i].field);
		for (u32 leaf = 0; leaf < piece->nr_leaves; leaf++)
			put_leaf(o, hibimg_place(o->img, piece->offset +
						 (u64)leaf * HIB_BLOCK_BYTES, NULL));
		array_end(o, i + 1 < HIBIMG_LISTS ? "," : "},");
	}
}

static void put_frames(struct offsets *o)
{
	const struct hib_pfnset *saved = &o->img->saved;
	unsigned long pfn, end = 0;

	array_begin(o, "frames");
	while (hib_pfnset_next_run(saved, end, &pfn, &end))
		fprintf(array_next(o), "{\"pfn\": %lu, \"nr_pages\": %lu}", pfn, end - pfn);
	array_end(o, ",");
}

static void put_segments(struct offsets *o)
{
	const struct hib_segments_reader *segments = &o->img->segments;
	u64 offset = 0;

	array_begin(o, "segments");
	for (u32 i = 0; i < segments->nr; i++) {
		u16 segment = segments->segments[i];
		u64 bytes = (u64)hib_segment_blocks(segment) * HIB_BLOCK_BYTES;

		put_run(o, offset, hibimg_place(o->img, offset, NULL), bytes,
			hib_segment_is_raw(segment) ? ", \"raw\": true" : ", \"raw\": false");
		offset += bytes;
	}
	array_end(o, ",");
}

/* Where the next chunk of a raw segment has its entry in the list. */
static u64 raw_chunk_entry(struct offsets *o)
{
	u32 nr = o->nr_raw++;

	return o->img->header.raw_chunks.offset +
	       (u64)(nr / HIB_LEAF_RAW_CHUNKS) * HIB_BLOCK_BYTES +
	       offsetof(struct hib_disk_leaf, data) +
	       nr % HIB_LEAF_RAW_CHUNKS * sizeof(struct hib_disk_raw_chunk);
}

/*
 * Each field and the body have a place of their own: a chunk may lie in several extents, and
 * one of a raw segment has its fields in the list.
 */
static int put_chunk(void *priv, u64 offset, const struct hib_chunk *c)
{
	struct offsets *o = priv;
	FILE *out = array_next(o);
	bool raw = !c->fills;
	const struct offsets_field *fields = raw ? raw_chunk_fields : chunk_fields;
	u64 body = raw ? offset : offset + hib_chunk_body_offset(c->same_mask);
	u64 entry = raw ? raw_chunk_entry(o) : offset;

	fprintf(out, "{\"index\": %u, \"codec\": \"%s\", \"nr_pages\": %u, \"raw\": %s, ", c->index,
		hibimg_codec_name(c->codec), c->nr_pages, raw ? "true" : "false");
	put_place(out, hibimg_place(o->img, offset, NULL));
	fprintf(out, ", \"bytes\": %u", c->total_bytes);
	if (c->body_bytes)
		fprintf(out, ", \"body\": %llu, \"body_bytes\": %u",
			hibimg_byte(hibimg_place(o->img, body, NULL)), c->body_bytes);
	fputs(", \"fields\": {", out);
	for (const struct offsets_field *field = fields; field->name; field++)
		fprintf(out, "%s\"%s\": %llu", field == fields ? "" : ", ", field->name,
			hibimg_byte(hibimg_place(o->img, entry + field->at, NULL)));
	fputs("}}", out);
	return 0;
}

/**
 * hibimg_offsets() - Print where everything lies, as JSON.
 * @img: Open image.
 *
 * After an error the output is not complete.
 *
 * Return: 0 or the first errno.
 */
int hibimg_offsets(struct hibimg *img)
{
	struct offsets o = { .img = img };
	int error = hibimg_read_all(img);

	if (error)
		return error;
	put_record(&o);
	put_extents(&o);
	put_lists(&o);
	put_frames(&o);
	put_segments(&o);
	array_begin(&o, "chunks");
	error = hibimg_each_chunk(img, put_chunk, &o);
	array_end(&o, "}");
	return error;
}
