/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_STREAM_MIX_H
#define HIB_STREAM_MIX_H

#include "pure/mix.h"

struct hib_chunk;
struct hib_codec_ops;
struct hib_stream;
struct hib_stream_worker;

const struct hib_codec_ops *hib_stream_way_codec(enum hib_way way);
void hib_stream_mix_begin(struct hib_stream *s, u64 nr_pages, const struct hib_mix_seen *raw,
			  const struct hib_mix_seen *quick);
void hib_stream_mix_decide(struct hib_stream *s, u64 index);
/* A worker begins; goes on. */
void hib_stream_mix_join(struct hib_stream *s, struct hib_stream_worker *w);
void hib_stream_mix_note(struct hib_stream *s, struct hib_stream_worker *w, enum hib_way way,
			 const struct hib_chunk *frame, const struct hib_mix_seen *seen);

#endif
