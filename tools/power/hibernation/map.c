// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: hibimg map
 *
 * Where the parts of an image lie on the device, how large each kind is, and
 * what the codecs made of the pages. Segments that lie in a row are one line.
 */
#include "hibimg.h"

enum map_kind {
	MAP_RECORD,
	MAP_HEADER,
	MAP_EXTENT_LEAF,
	MAP_SEGMENT,
	MAP_LIST,		/* the first of HIBIMG_LISTS */
	MAP_UNUSED = MAP_LIST + HIBIMG_LISTS,
	MAP_KINDS,
};

#define MAP_CODECS	(HIB_CODEC_ZSTD + 1)

/**
 * struct map_codec - What a codec did.
 * @chunks: Chunks whose body it wrote.
 * @pages: Pages in these bodies.
 * @bytes: Length of these bodies.
 */
struct map_codec {
	u64 chunks, pages, bytes;
};

/**
 * struct map - Sums of an image.
 * @img: The image.
 * @names: What the kinds are called.
 * @bytes: Length of all parts of a kind.
 * @parts: Their number.
 * @codec: Chunks by the codec of their body.
 * @frames: Chunks in all; each has a frame.
 * @same: Same-filled pages.
 */
struct map {
	struct hibimg *img;
	const char *names[MAP_KINDS];
	u64 bytes[MAP_KINDS];
	u64 parts[MAP_KINDS];
	struct map_codec codec[MAP_CODECS];
	u64 frames;
	u64 same;
};

static void map_count(struct map *map, enum map_kind kind, u64 bytes, u64 parts)
{
	map->bytes[kind] += bytes;
	map->parts[kind] += parts;
}

/* One row of bytes on a device. */
static void map_line(const struct map *map, enum map_kind kind, u64 place, u64 bytes)
{
	fprintf(map->img->out, "%-14s %14s %14llu", map->names[kind], hibimg_at(place).text,
		bytes);
}

/* A part outside of the image's own bytes. */
static void map_outside(struct map *map, enum map_kind kind, u64 place, u64 bytes)
{
	map_line(map, kind, place, bytes);
	fputs("              -\n", map->img->out);
	map_count(map, kind, bytes, 1);
}

/* A part of the image, in as many rows as it has extents. */
static void map_inside(struct map *map, enum map_kind kind, u64 offset, u64 bytes, u64 parts)
{
	map_count(map, kind, bytes, parts);
	while (bytes) {
		u64 row, place = hibimg_place(map->img, offset, &row);
		u64 now = min(row, bytes);

		map_line(map, kind, place, now);
		fprintf(map->img->out, " %14llu\n", offset);
		offset += now;
		bytes -= now;
	}
}

static void map_lists(struct map *map, const struct hibimg_list lists[HIBIMG_LISTS])
{
	for (unsigned int i = 0; i < HIBIMG_LISTS; i++)
		map_inside(map, MAP_LIST + i, lists[i].piece->offset,
			   (u64)lists[i].piece->nr_leaves * HIB_BLOCK_BYTES,
			   lists[i].piece->nr_leaves);
}

static void map_parts(struct map *map, const struct hibimg_list lists[HIBIMG_LISTS])
{
	struct hibimg *img = map->img;
	const struct hib_header *h = &img->header;
	u64 unused = img->extents.nr_blocks * HIB_BLOCK_BYTES - h->image_bytes;

	fputs("# part             device byte          bytes   image offset\n", img->out);
	map_outside(map, MAP_RECORD, hibimg_record_byte(img), sizeof(struct hib_disk_commit));
	map_outside(map, MAP_HEADER, hibimg_header_byte(img), HIB_BLOCK_BYTES);
	for (u64 i = 0; i < img->extent_leaves.nr; i++)
		map_outside(map, MAP_EXTENT_LEAF,
			    hibimg_byte_on(hib_table_get(&img->extent_leaves, i)),
			    HIB_BLOCK_BYTES);
	map_inside(map, MAP_SEGMENT, 0, h->data_bytes, img->segments.nr);
	map_lists(map, lists);
	map_inside(map, MAP_UNUSED, h->image_bytes, unused, !!unused);
}

static double percent(u64 part, u64 whole)
{
	return whole ? 100.0 * part / whole : 0;
}

static void map_kinds(const struct map *map)
{
	FILE *out = map->img->out;
	u64 whole = 0;

	for (unsigned int i = 0; i < MAP_KINDS; i++)
		whole += map->bytes[i];
	fputs("\n# kind                  parts          bytes    share\n", out);
	for (unsigned int i = 0; i < MAP_KINDS; i++)
		if (map->parts[i])
			fprintf(out, "%-14s %14llu %14llu %7.3f%%\n", map->names[i],
				map->parts[i], map->bytes[i], percent(map->bytes[i], whole));
	fprintf(out, "%-14s %14s %14llu\n", "all", "", whole);
}

static int map_chunk(void *priv, u64 offset, const struct hib_chunk *c)
{
	struct map_codec *codec = &((struct map *)priv)->codec[c->codec];
	u32 nr_same = hweight32(c->same_mask);
	struct map *map = priv;

	(void)offset;
	map->frames++;
	map->same += nr_same;
	if (!c->body_bytes)
		return 0;
	codec->chunks++;
	codec->pages += c->nr_pages - nr_same;
	codec->bytes += c->body_bytes;
	return 0;
}

static void map_content(FILE *out, const char *name, const struct map_codec *codec)
{
	fprintf(out, "%-14s %14llu %14llu %14llu %7.3f%%\n", name, codec->chunks, codec->pages,
		codec->bytes, percent(codec->bytes, codec->pages * HIB_BLOCK_BYTES));
}

/* Of the bytes that pages have in memory, how many are on the device? */
static void map_contents(const struct map *map)
{
	struct map_codec same = { map->frames, map->same, map->same * sizeof(__le64) };
	struct map_codec all = { map->frames, map->same, map->img->header.data_bytes };
	FILE *out = map->img->out;

	fputs("\n# content              chunks          pages          bytes    ratio\n", out);
	for (unsigned int i = 0; i < MAP_CODECS; i++) {
		all.pages += map->codec[i].pages;
		if (map->codec[i].chunks)
			map_content(out, i == HIB_CODEC_NONE ? "raw" : hibimg_codec_name(i),
				    &map->codec[i]);
	}
	map_content(out, "same-filled", &same);
	map_content(out, "all segments", &all);
}

/**
 * hibimg_map() - Print what lies where.
 * @img: Open image.
 *
 * Return: 0 or the first errno.
 */
int hibimg_map(struct hibimg *img)
{
	struct map map = {
		.img = img,
		.names = { [MAP_RECORD] = "record", [MAP_HEADER] = "header",
			   [MAP_EXTENT_LEAF] = "extent leaf", [MAP_SEGMENT] = "segments",
			   [MAP_UNUSED] = "unused" },
	};
	struct hibimg_list lists[HIBIMG_LISTS];
	int error = hibimg_read_all(img);

	if (error)
		return error;
	hibimg_lists(img, lists);
	for (unsigned int i = 0; i < HIBIMG_LISTS; i++)
		map.names[MAP_LIST + i] = lists[i].name;
	map_parts(&map, lists);
	map_kinds(&map);
	error = hibimg_each_chunk(img, map_chunk, &map);
	map_contents(&map);
	return error;
}
