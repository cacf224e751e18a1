// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: stream_log - the steps of the saving kernel, as a list of the image
 *
 * One leaf with the last steps, for information: a reader that cannot have it goes on
 * without.
 *
 * Context: process context, one task, no workers running.
 */
#include "stream.h"
#include "pure/leaf.h"
#include "pure/timeline.h"
#include "stream_list.h"

static void log_fill(struct hib_list_writer *writer, struct hib_disk_leaf *leaf, u32 index)
{
	u32 nr = hib_timeline_build(writer->steps, leaf);

	hib_leaf_close(leaf, writer->s->image_id, HIB_LEAF_LOG, index, nr, 0);
}

/**
 * hib_stream_write_log() - Write the last steps of the transition as a piece of one leaf.
 * @s: The stream, after hib_stream_write_pages().
 * @steps: The steps.
 * @piece: Receives where the list lies.
 *
 * Context: Process context. Sleeps.
 * Return: 0, or an errno of the device.
 */
int hib_stream_write_log(struct hib_stream *s, const struct hib_timeline *steps,
			 struct hib_piece *piece)
{
	struct hib_list_writer writer = {
		.s = s,
		.fill = log_fill,
		.steps = steps,
	};

	return hib_list_write(&writer, 1, min(steps->nr, hib_leaf_capacity(HIB_LEAF_LOG)), piece);
}

static int log_take(struct hib_list_reader *reader, const struct hib_disk_leaf *leaf, u32 index)
{
	u32 nr;
	int ret;

	reader->why = "leaf";
	ret = hib_leaf_check(leaf, reader->s->image_id, HIB_LEAF_LOG, index, &nr);
	if (!ret)
		hib_timeline_read(leaf, nr, reader->steps);
	return ret;
}

/**
 * hib_stream_read_log() - Read the steps of the saving kernel.
 * @s: A prepared stream.
 * @piece: Where they are.
 * @steps: They are put behind those that are there.
 * @why: Says what was wrong, in a few words, when an errno is returned.
 *
 * Context: Process context. Sleeps.
 * Return: 0; -EBADMSG damaged; an errno of the device.
 */
int hib_stream_read_log(struct hib_stream *s, const struct hib_piece *piece,
			struct hib_timeline *steps, const char **why)
{
	struct hib_list_reader reader = {
		.s = s,
		.take = log_take,
		.steps = steps,
	};

	return hib_list_read(&reader, piece, why);
}
