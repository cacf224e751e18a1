/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_STREAM_FIXTURE_H
#define HIB_STREAM_FIXTURE_H

#include "pure/pfnset.h"
#include "stream/stream.h"

struct kunit;

/**
 * struct stream_device - An image that lies in memory.
 * @image: Its bytes.
 * @bytes: How many it has room for.
 * @lock: Guards @ops.
 * @ops: Reads and writes that are under way.
 * @nr_started: Of these, ever.
 * @quick: What was started says at once that it has ended.
 * @fail_start: Number of the one whose start fails; -1: none.
 * @fail_wait: Number of the one that fails while it is under way; -1: none.
 * @error: What they fail with.
 * @mib_ns: What it says that a MiB takes; 0: nothing.
 * @known_after: It says so once so many were started.
 * @wait_us: How long a wait takes.
 */
struct stream_device {
	void *image;
	u64 bytes;
	spinlock_t lock;	/* guards ops */
	struct list_head ops;
	atomic_t nr_started;
	bool quick;
	int fail_start;
	int fail_wait;
	int error;
	u64 mib_ns;
	int known_after;
	unsigned int wait_us;
};

/**
 * struct stream_pages - Pages of a test.
 * @page: Each of them; those of a chunk lie side by side.
 * @nr: How many there are.
 * @data: A mapping of all.
 */
struct stream_pages {
	struct page **page;
	u64 nr;
	void *data;
};

/**
 * struct stream_fixture - Pages, an image, and the pages that are read back.
 * @device: The image.
 * @from_pages: Pages that are written,
 * @from: and their mapping.
 * @to_pages: Pages that are read into,
 * @to: and their mapping.
 * @nr_pages: Their number.
 * @scattered: They do not lie side by side.
 * @progress: Of the last stream that was made.
 * @data_bytes: Length of the segments.
 * @segments: Their list.
 * @raw_chunks: The list of the chunks of raw ones.
 */
struct stream_fixture {
	struct stream_device device;
	struct stream_pages from_pages, to_pages;
	void *from;
	void *to;
	u64 nr_pages;
	bool scattered;
	struct hib_progress progress;
	u64 data_bytes;
	struct hib_piece segments, raw_chunks;
};

struct stream_fixture *stream_fixture_create(struct kunit *test, u64 nr_pages);
/* Zero, same-filled, random and text pages, in a changing order. */
void stream_fixture_fill(struct stream_fixture *f);
void stream_fixture_fill_random(struct stream_fixture *f);
void stream_fixture_fill_text(struct stream_fixture *f);

/* A stream over the fixture's pages; released at the end of the test at the latest. */
struct hib_stream *stream_fixture_writer(struct kunit *test, struct stream_fixture *f,
					 const struct hib_codec_ops *codec, unsigned int workers);
struct hib_stream *stream_fixture_reader(struct kunit *test, struct stream_fixture *f,
					 unsigned int workers);
/* The reader's address op. */
void *stream_fixture_to(void *priv, u64 index);
/* The whole way, segments and their lists. */
int stream_fixture_write(struct stream_fixture *f, struct hib_stream *s);
int stream_fixture_read(struct stream_fixture *f, struct hib_stream *s, const char **why);

/* Nothing is under way. */
void stream_fixture_expect_idle(struct kunit *test, struct stream_fixture *f);
/* Each page is what was written. */
void stream_fixture_expect_same(struct kunit *test, struct stream_fixture *f);

#endif
