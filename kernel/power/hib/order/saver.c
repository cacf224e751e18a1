// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: saver - this is the second kernel: write the image, and go back
 *
 * The record of the first kernel says what is to be written and where (pure/relay.h). Memory
 * is read through memory/foreign.c; stream, store and commit are those of any image, so any
 * boot kernel restores it. Then devices are quiesced, and the first kernel is entered again.
 * Whatever happens before, it is entered again with an errno and a reason.
 *
 * A first kernel that keeps this one has nothing written at first: this one goes back when it
 * has booted, and is entered there for each image.
 *
 * If the way back fails, the machine is restarted: the image is valid, or swap is swap.
 *
 * Context: process context, system_transition_mutex held.
 */
#define pr_fmt(fmt) "PM: hibernation: " fmt

#include "saver.h"
#include <linux/io.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/reboot.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/suspend.h>
#include "../../../kexec_internal.h"
#include "device/bio.h"
#include "device/given.h"
#include "device/locate.h"
#include "device/root.h"
#include "memory/foreign.h"
#include "pure/relay.h"
#include "stream/codec.h"
#include "crossing.h"
#include "down.h"
#include "limit.h"
#include "settings.h"
#include "visit.h"
#include "write.h"

/* Devices beside the root device, which was waited for in user space. */
#define SAVER_MEMBERS_WAIT_S	10u

/**
 * struct hib_saver - The work of the second kernel.
 * @d: The way down that it does a part of.
 * @page: The record, where the first kernel left it.
 * @relay: A copy of it, checked.
 * @foreign: The first kernel's memory.
 * @said: What the first kernel says of itself in the header, unchecked.
 * @given: The blocks that the image may have.
 * @back: The jump back.
 */
struct hib_saver {
	struct hib_down *d;
	struct hib_relay *page;
	struct hib_relay relay;
	struct hib_foreign foreign;
	struct hib_header said;
	struct hib_given given;
	struct hib_crossing back;
};

static int saver_read_record(struct hib_saver *v)
{
	const char *why;
	int ret;

	v->page = memremap(hib_settings.saver, PAGE_SIZE, MEMREMAP_WB);
	if (!v->page)
		return hib_session_fail(&v->d->s, -ENOMEM, "record: cannot be mapped");
	v->relay = *v->page;
	ret = hib_relay_check(&v->relay, &why);
	if (ret)
		return hib_session_fail(&v->d->s, ret, "record: %s", why);
	memcpy(v->d->s.image_id, v->relay.image_id, HIB_ID_BYTES);
	return 0;
}

static int saver_take_blocks(struct hib_saver *v, struct hib_relay_taken *taken)
{
	struct hib_relay_reader reader = { .map = hib_foreign_list_page, .arg = &v->foreign };
	int ret = hib_relay_blocks_begin(&v->relay, taken);
	u64 block, nr;

	hib_relay_begin(&reader, &v->relay.blocks);
	while (!ret && reader.left) {
		ret = hib_relay_next(&reader, &block) ?: hib_relay_next(&reader, &nr);
		ret = ret ?: hib_relay_blocks_take(taken, block, nr);
		ret = ret ?: hib_extents_append(&v->given.blocks, block, nr);
		cond_resched();
	}
	return ret;
}

static int saver_read_blocks(struct hib_saver *v)
{
	struct hib_relay_taken taken;
	int ret = saver_take_blocks(v, &taken);

	hib_relay_blocks_end(&taken);
	return ret;
}

static int saver_read_header(struct hib_saver *v, const char **why)
{
	const u64 bytes = sizeof(v->said);

	*why = "address of the header";
	for (u64 at = 0; at < bytes; at += PAGE_SIZE) {
		const void *page = hib_foreign_list_page(&v->foreign, v->relay.header + at);

		if (!page)
			return -EBADMSG;
		memcpy((void *)&v->said + at, page, min(bytes - at, PAGE_SIZE));
	}
	return hib_relay_header_take(&v->relay, &v->said, &v->d->s.header, why);
}

/* If the window is too small for them, this is said, and no task is killed: there is but one. */
static int saver_make_leaves(struct hib_saver *v)
{
	u64 nr = DIV_ROUND_UP_ULL(v->relay.nr_pages, HIB_LEAF_DIGESTS);
	struct hib_snapshot *snap = &v->d->snapshot;

	if (!v->relay.has_digests)
		return 0;
	snap->leaves = kvcalloc(nr, sizeof(*snap->leaves), HIB_PURE_GFP);
	if (!snap->leaves)
		return -ENOMEM;
	for (; snap->nr_leaves < nr; snap->nr_leaves++) {
		snap->leaves[snap->nr_leaves] = (void *)get_zeroed_page(HIB_PURE_GFP);
		if (!snap->leaves[snap->nr_leaves])
			return -ENOMEM;
	}
	v->foreign.leaves = snap->leaves;
	v->foreign.digest_seed = v->relay.digest_seed;
	return 0;
}

static int saver_read_lists(struct hib_saver *v)
{
	struct hib_session *s = &v->d->s;
	const char *why;
	int ret = hib_foreign_open(&v->foreign, &v->relay, &why);

	if (ret)
		return hib_session_fail(s, ret, "record: %s", why);
	ret = saver_read_header(v, &why);
	if (ret)
		return hib_session_fail(s, ret, "record: %s", why);
	ret = saver_read_blocks(v);
	if (ret)
		return hib_session_fail(s, ret, "record: list of blocks");
	ret = saver_make_leaves(v);
	return ret ? hib_session_fail(s, ret, "memory: digests") : 0;
}

/* The first kernel has written the id just before, see second.c. */
static int saver_check_block(struct hib_saver *v, u64 block)
{
	struct hib_store *store = &v->d->s.store;
	struct block_device *bdev = hib_store_bdev(store, block);
	void *page = page_address(store->page);
	int ret = hib_bio_read_block(bdev, hib_block_number(block), page);

	if (ret)
		return hib_session_fail(&v->d->s, ret, "device: %pg cannot be read", bdev);
	if (memcmp(page, v->relay.image_id, HIB_ID_BYTES))
		return hib_session_fail(&v->d->s, -ENODEV,
					"device: %pg has other blocks than the first kernel's",
					bdev);
	return 0;
}

/* The other devices, and that their blocks are where the first kernel has them. */
static int saver_open_others(struct hib_saver *v)
{
	struct hib_store *store = &v->d->s.store;
	char why[HIB_MEMBER_WHY_BYTES];
	unsigned int wait_s = min(SAVER_MEMBERS_WAIT_S, hib_settings.saver_limit_s / 2);
	int ret = hib_given_open_others(store, &v->given, &v->relay.members, wait_s, why);

	if (ret)
		return hib_session_fail(&v->d->s, ret, "device: %s", why);
	for (u32 i = 1; !ret && i < HIB_MEMBERS_MAX; i++) {
		u64 block = hib_extents_first_on(&v->given.blocks, i);

		ret = block ? saver_check_block(v, block) : 0;
	}
	return ret;
}

/* Is it the place that the first kernel took its blocks from? Devices may have changed places. */
static int saver_check_root(struct hib_saver *v)
{
	const struct hib_member *root = &v->relay.members.member[0];
	struct hib_store *store = &v->d->s.store;
	char why[HIB_ROOT_WHY_BYTES];
	u8 id[HIB_ID_BYTES];
	int ret;

	if (hib_store_device_blocks(store) != root->nr_blocks)
		return hib_session_fail(&v->d->s, -ENODEV, "device: %s has another size",
					hib_settings.spec);
	ret = hib_root_check(store->bdev, root->root_block, page_address(store->page), id, why);
	if (ret)
		return hib_session_fail(&v->d->s, ret, "device: %s: %s", hib_settings.spec, why);
	if (memcmp(id, root->id, HIB_ID_BYTES))
		return hib_session_fail(&v->d->s, -ENODEV, "device: %s has another swap area",
					hib_settings.spec);
	return saver_check_block(v, v->relay.header_block);
}

static int saver_open_root(struct hib_saver *v)
{
	u64 root_block = v->relay.members.member[0].root_block;
	dev_t dev;
	int ret = hib_locate_late(hib_settings.spec, root_block, &dev);

	if (ret)
		return hib_session_fail(&v->d->s, ret, "device: %s is not there",
					hib_settings.spec);
	ret = hib_store_open_device(&v->d->s.store, dev, root_block);
	return ret ? hib_session_fail(&v->d->s, ret, "device: %s cannot be opened",
				      hib_settings.spec) : 0;
}

static int saver_open_store(struct hib_saver *v)
{
	const struct hib_relay *r = &v->relay;
	int ret = saver_open_root(v) ?: saver_check_root(v) ?: saver_open_others(v);

	if (!ret)
		hib_given_use(&v->d->s.store, &v->given, r->header_block, r->blackbox_block);
	return ret;
}

static int saver_open_stream(struct hib_saver *v)
{
	const struct hib_codec_ops *codec = hib_codec_by_name(v->relay.codec);
	struct hib_session *s = &v->d->s;
	int ret;

	if (!codec && strcmp(v->relay.codec, "auto"))
		return hib_session_fail(s, -EOPNOTSUPP, "record: codec %s", v->relay.codec);
	s->stream.io = (struct hib_io) { &hib_store_io_ops, &s->store };
	s->stream.progress = &s->progress;
	s->stream.mixed = !codec;
	s->stream.codec = codec ?: &hib_codec_zstd;
	s->stream.room_bytes = U64_MAX;
	memcpy(s->stream.image_id, s->image_id, sizeof(s->stream.image_id));
	ret = hib_stream_prepare(&s->stream, 0, v->relay.nr_pages);
	if (ret)
		return hib_session_fail(s, ret, "memory: segment buffers");
	s->stream.pages = (struct hib_pages) {
		.fetch = hib_foreign_fetch, .priv = &v->foreign, .nr_pages = v->relay.nr_pages,
	};
	return 0;
}

static int saver_write(struct hib_saver *v)
{
	struct hib_down *d = v->d;
	int ret = saver_read_lists(v) ?: saver_open_store(v) ?: saver_open_stream(v);

	if (ret)
		return ret;
	d->snapshot.saved = v->foreign.frames;
	d->step = "write";
	ret = hib_write_foreign(d);
	if (!ret && atomic64_read(&v->foreign.nr_unread))
		ret = hib_session_fail(&d->s, -EIO, "memory: %lld pages could not be read",
				       atomic64_read(&v->foreign.nr_unread));
	return ret ?: hib_write_commit(d);
}

static void saver_answer(struct hib_saver *v, int error)
{
	struct hib_relay_result *result = &v->page->result;
	const struct hib_session *s = &v->d->s;

	*result = (struct hib_relay_result) {
		.done = true, .error = error, .committed = v->d->committed,
		.workers = s->stats.workers, .image_bytes = s->stats.image_bytes,
		.write_ns = s->stats.write_ns, .wait_ns = s->stats.wait_ns,
		.same_pages = s->stats.same_pages, .full_pages = v->d->next.pages,
		.full_blocks = v->d->next.blocks,
	};
	memcpy(result->nr_chunks, s->stats.nr_chunks, sizeof(result->nr_chunks));
	strscpy(result->reason, s->result.reason);
}

static int saver_go_back(struct hib_saver *v)
{
	const struct hib_windows none = {};
	u64 *word = memremap(v->relay.reentry, sizeof(*word), MEMREMAP_WB);
	u64 reentry;
	int ret;

	if (!word)
		return -ENOMEM;
	reentry = *word;
	memunmap(word);
	if (!hib_relay_has_frame(&v->relay, PHYS_PFN(reentry)))
		return -EBADMSG;
	ret = hib_crossing_make(&v->back, reentry, &none);
	return ret ?: hib_visit(&v->d->s, &v->back);
}

static void saver_free(struct hib_saver *v)
{
	struct hib_down *d = v->d;

	hib_stream_release(&d->s.stream);
	if (d->s.store.file)
		hib_store_close_device(&d->s.store);
	for (u32 i = 0; i < d->snapshot.nr_leaves; i++)
		free_page((unsigned long)d->snapshot.leaves[i]);
	kvfree(d->snapshot.leaves);
	hib_extents_exit(&v->given.blocks);
	hib_foreign_close(&v->foreign);
}

/* Whatever happens here is answered. */
static void saver_follow_record(struct hib_saver *v)
{
	int ret = v->relay.keep ? 0 : saver_write(v);

	saver_answer(v, ret);
	hib_limit_extend();
	if (!v->relay.keep)
		hib_session_report(&v->d->s, "hibernate",
				   ret ? v->d->step ?: "record" : "commit");
	saver_free(v);
}

static int saver_serve(struct hib_saver *v)
{
	int ret;

	hib_limit_extend();
	v->d->writer = HIB_WRITER_SECOND;
	ret = saver_read_record(v);
	if (ret) {
		hib_session_report(&v->d->s, "hibernate", "record");
	} else {
		saver_follow_record(v);
		ret = saver_go_back(v);
		if (ret) {
			pr_crit("there is no way back (%pe): restarting the machine\n",
				ERR_PTR(ret));
			emergency_restart();
		}
		hib_crossing_free(&v->back);
	}
	if (v->page)
		memunmap(v->page);
	return ret;
}

/* What a record asks for. Returns 0 when this kernel was left and entered again. */
static int saver_run_once(void)
{
	struct hib_saver *v = kzalloc(sizeof(*v), GFP_KERNEL);
	int ret = -ENOMEM;

	if (!v)
		return ret;
	v->d = hib_down_begin(HIB_MODE_SHUTDOWN, &ret);
	if (v->d) {
		ret = saver_serve(v);
		hib_down_end(v->d);
	}
	kfree(v);
	return ret;
}

/**
 * hib_saver_run() - Write the image that the first kernel asked for, and go back to it.
 *
 * If the first kernel keeps this one, this goes on when this kernel is entered again, with
 * another record.
 *
 * Context: Process context, system_transition_mutex held. Sleeps.
 * Return: Only if there is no way back: -ENODATA if no first kernel asked for anything, or
 * another errno of a record that cannot be followed.
 */
int hib_saver_run(void)
{
	int ret;

	do {
		ret = saver_run_once();
	} while (!ret);
	return ret;
}
