// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: mix - in which way the chunks of an image are stored
 *
 * A user waits twice: until the image is written, and until it is read. Device and CPUs
 * work at the same time, so each of the two waits is the larger of the device's time and
 * the CPUs'. The device's time is proportional to what is stored. The time of the CPUs
 * depends on the codec, and is another one for each direction. So for a MiB of pages, with
 * the share f of each way, the wait is ::
 *
 *   max(sum f * device, sum f * pack / CPUs) + max(sum f * device, sum f * unpack / CPUs)
 *
 * The device is taken to read as fast as it writes, and as many CPUs to read the image
 * as write it. mix_search.c finds the shares for which the wait is least. If only the first
 * wait matters, as the power is about to fail, the second one is left out.
 *
 * What a way costs is first known from a sample, which is coded and decoded. Each chunk
 * that is written then adds what it took; old figures lose half of their weight again and
 * again. How long decoding takes is known from the sample only, and is taken to change as
 * coding does. A few chunks are stored in each way that has no share, as it may become
 * the better one. The first chunks of an image are raw, so that the device has enough to
 * do and shows how fast it is.
 *
 * How fast the device is can be seen only while it is what is waited for. If it is not,
 * requests may be under way for longer than the device needs for them, for instance because
 * a hypervisor has no CPU for it. Then it is believed only if it seems faster than was known,
 * and once in a while shares are tried that would be right if it was twice as fast.
 *
 * A chunk's way follows from its index and the shares. No state is needed for that: the
 * multiples of MIX_STEP visit all numbers below HIB_MIX_ONE, evenly.
 *
 * No state but &struct hib_mix, which belongs to the caller, who keeps several CPUs from
 * changing it at once. Nothing here fails.
 */
#include "mix.h"
#include "mix_search.h"

#define MIB			BIT_ULL(20)
/* HIB_MIX_ONE by the golden ratio, and odd. */
#define MIX_STEP		633u
/* Figures of more bytes than this lose half of their weight. */
#define MIX_WINDOW		(16 * MIB)
/* The sample is from all over the image, the first chunks that are written are not. */
#define MIX_SAMPLE_WEIGHT	2u
/* Taken for a device of which nothing is known: 1 GB/s. */
#define MIX_DEVICE_NS		MIB
/* Larger sums of times lose half of their weight, too. */
#define MIX_SUM_MAX		BIT_ULL(50)
/* Ratios of times are worked out in this fraction, and larger ones not believed. */
#define MIX_RATIO_SHIFT		10
#define MIX_SCALE		1024u
#define MIX_RATIO_MAX		(64ull << MIX_RATIO_SHIFT)
/* Chunks that are raw to see what the device does, */
#define MIX_FIRST_CHUNKS	64u
/* those for which the shares hold, */
#define MIX_NEXT_CHUNKS		128u
/* and the same as long as nothing is known of the device. */
#define MIX_WAIT_CHUNKS		16u
/* The device is what is waited for if workers wait this share of their time. */
#define MIX_WAITED		16u
/* A trial has shown a faster device if it seems to need this share less than before. */
#define MIX_FASTER		16u
/* Shares are chosen so often at most between two trials. */
#define MIX_PAUSE_MAX		63u
/* Say that this share less fits: the pages that are left may compress worse. */
#define MIX_MARGIN		8u

static bool mix_is_known(const struct hib_mix *m, enum hib_way way)
{
	return way == HIB_WAY_RAW || m->seen[way].in_bytes;
}

/* @part of @in_bytes, for each MiB. */
static u64 mix_per_mib(u64 part, u64 in_bytes)
{
	return in_bytes ? mul_u64_u64_div_u64(min(part, HIB_MIX_NS_MAX), MIB, in_bytes) : 0;
}

static u64 mix_size(const struct hib_mix *m, enum hib_way way)
{
	const struct hib_mix_seen *seen = &m->seen[way];

	return way == HIB_WAY_RAW ? MIB : min(mix_per_mib(seen->out_bytes, seen->in_bytes), MIB);
}

/**
 * hib_mix_begin() - Nothing is known.
 * @m: The mix; everything is raw.
 * @nr_workers: CPUs that work, at least one.
 */
void hib_mix_begin(struct hib_mix *m, unsigned int nr_workers)
{
	*m = (struct hib_mix) { .shares.of[HIB_WAY_RAW] = HIB_MIX_ONE };
	m->nr_workers = max(nr_workers, 1u);
}

static void mix_add(struct hib_mix_seen *sum, const struct hib_mix_seen *seen)
{
	if (sum->in_bytes > MIX_WINDOW || max(sum->pack_ns, sum->unpack_ns) > MIX_SUM_MAX) {
		sum->in_bytes /= 2;
		sum->out_bytes /= 2;
		sum->pack_ns /= 2;
		sum->unpack_ns /= 2;
	}
	sum->in_bytes += seen->in_bytes;
	sum->out_bytes += seen->out_bytes;
	sum->pack_ns += min(seen->pack_ns, HIB_MIX_NS_MAX);
	sum->unpack_ns += min(seen->unpack_ns, HIB_MIX_NS_MAX);
}

/**
 * hib_mix_sample() - Take in what a way makes of pages from all over the image.
 * @m: The mix.
 * @way: Which way.
 * @seen: What came of it, with unpack_ns.
 */
void hib_mix_sample(struct hib_mix *m, enum hib_way way, const struct hib_mix_seen *seen)
{
	for (unsigned int i = 0; i < MIX_SAMPLE_WEIGHT; i++)
		mix_add(&m->seen[way], seen);
	m->first_size[way] = mix_size(m, way);
}

static u64 mix_scale(u64 of, u64 part, u64 whole)
{
	return whole ? mul_u64_u64_div_u64(min(of, HIB_MIX_NS_MAX), min(part, MIX_SCALE * whole),
					   whole) : 0;
}

/**
 * hib_mix_compare() - Take in what the dense way makes of a part of the sample.
 * @m: The mix, which knows what the quick way makes of the whole sample.
 * @dense: What came of the part.
 * @quick: What the quick way made of the same part.
 * @shrunk: What it made of all chunks of the sample that it made smaller.
 *
 * The part may shrink better or worse than the whole. So it is only looked at how the ways
 * differ. What the quick way does not make smaller is taken to be as large in the dense way.
 */
void hib_mix_compare(struct hib_mix *m, const struct hib_mix_seen *dense,
		     const struct hib_mix_seen *quick, const struct hib_mix_seen *shrunk)
{
	const struct hib_mix_seen *all = &m->seen[HIB_WAY_QUICK];
	u64 shrunk_bytes = min(shrunk->out_bytes * MIX_SAMPLE_WEIGHT, all->out_bytes);
	const struct hib_mix_seen whole = {
		.in_bytes = all->in_bytes,
		.out_bytes = all->out_bytes - shrunk_bytes +
			     mix_scale(shrunk_bytes, dense->out_bytes, quick->out_bytes),
		.pack_ns = mix_scale(all->pack_ns, dense->pack_ns, quick->pack_ns),
		.unpack_ns = mix_scale(all->unpack_ns, dense->unpack_ns, quick->unpack_ns),
	};

	if (dense->in_bytes)
		m->seen[HIB_WAY_DENSE] = whole;
	m->first_size[HIB_WAY_DENSE] = mix_size(m, HIB_WAY_DENSE);
}

/**
 * hib_mix_note() - Take in what a way made of pages that were written.
 * @m: The mix.
 * @way: Which way.
 * @seen: What came of it; without unpack_ns, which is taken to have changed as pack_ns did.
 */
void hib_mix_note(struct hib_mix *m, enum hib_way way, const struct hib_mix_seen *seen)
{
	const struct hib_mix_seen *sum = &m->seen[way];
	struct hib_mix_seen whole = *seen;
	u64 ratio = 0;

	if (!seen->in_bytes)
		return;
	if (sum->pack_ns)
		ratio = min(div64_u64(sum->unpack_ns << MIX_RATIO_SHIFT, sum->pack_ns),
			    MIX_RATIO_MAX);
	whole.unpack_ns = (min(seen->pack_ns, HIB_MIX_NS_MAX) * ratio) >> MIX_RATIO_SHIFT;
	mix_add(&m->seen[way], &whole);
}

/* The pages that are left may be like the sample, and not like those of late. */
static u64 mix_worst_size(const struct hib_mix *m, enum hib_way way)
{
	return max(mix_size(m, way), m->first_size[way]);
}

static u64 mix_room(const struct hib_mix_left *left)
{
	u64 room = left->room_bytes - left->room_bytes / MIX_MARGIN;

	if (room >= left->page_bytes)
		return MIB;
	return mul_u64_u64_div_u64(room, MIB, left->page_bytes);
}

static void mix_weigh(const struct hib_mix *m, const struct hib_mix_left *left,
		      struct hib_mix_costs *c)
{
	u64 device_ns = min(m->device_ns ?: MIX_DEVICE_NS, HIB_MIX_NS_MAX) >> m->trial;
	unsigned int nr_workers = max(m->nr_workers, 1u);

	for (enum hib_way way = 0; way < HIB_NR_WAYS; way++) {
		const struct hib_mix_seen *seen = &m->seen[way];

		c->known[way] = mix_is_known(m, way);
		c->device[way] = mul_u64_u64_div_u64(device_ns, mix_size(m, way), MIB);
		c->pack[way] = min(mix_per_mib(seen->pack_ns, seen->in_bytes) / nr_workers,
				   HIB_MIX_NS_MAX);
		c->unpack[way] = min(mix_per_mib(seen->unpack_ns, seen->in_bytes) / nr_workers,
				     HIB_MIX_NS_MAX);
		c->size[way] = mix_worst_size(m, way);
	}
	c->write_only = m->write_only;
	c->size[HIB_WAY_RAW] = MIB;
	c->room = mix_room(left);
}

/**
 * hib_mix_waited() - Take in how long workers waited for the device.
 * @m: The mix.
 * @wait_ns: So long, all together.
 * @work_ns: Of so much time.
 */
void hib_mix_waited(struct hib_mix *m, u64 wait_ns, u64 work_ns)
{
	m->wait_ns = min(m->wait_ns + min(wait_ns, HIB_MIX_NS_MAX), MIX_SUM_MAX);
	m->work_ns = min(m->work_ns + min(work_ns, HIB_MIX_NS_MAX), MIX_SUM_MAX);
}

/* If more bytes did not show that the device is faster, there is a longer pause. */
static void mix_end_trial(struct hib_mix *m, u64 device_ns)
{
	bool faster = device_ns < m->device_ns - m->device_ns / MIX_FASTER;

	m->trial = false;
	m->pause = faster ? 0 : min(2 * m->pause + 1, MIX_PAUSE_MAX);
	m->left = m->pause;
}

/* What the device is taken to need, by what is seen of it and by how long it was waited for. */
static void mix_take_device(struct hib_mix *m, u64 device_ns)
{
	if (!device_ns)
		return;
	if (m->trial)
		mix_end_trial(m, device_ns);
	if (!m->device_ns || m->wait_ns * MIX_WAITED >= m->work_ns) {
		m->device_ns = device_ns;
	} else {
		m->device_ns = min(m->device_ns, device_ns);
		m->trial = !m->left;
	}
	m->left -= !!m->left;
	m->wait_ns = 0;
	m->work_ns = 0;
}

/**
 * hib_mix_is_due() - Are the shares to be chosen again?
 * @m: The mix.
 * @index: A chunk that is stored about now.
 *
 * Return: True when hib_mix_decide() is to be called.
 */
bool hib_mix_is_due(const struct hib_mix *m, u64 index)
{
	return index >= m->next;
}

/**
 * hib_mix_decide() - Choose the shares.
 * @m: The mix; its shares are set.
 * @index: A chunk that is stored about now; 0: the image begins.
 * @device_ns: What the device seems to need for a MiB, ns; 0: not known.
 * @left: What is still to be done.
 */
void hib_mix_decide(struct hib_mix *m, u64 index, u64 device_ns, const struct hib_mix_left *left)
{
	struct hib_mix_costs costs;

	mix_take_device(m, device_ns);
	mix_weigh(m, left, &costs);
	hib_mix_search(&costs, m->shares.of);
	m->shares.nr_first = device_ns || costs.room < MIB ? 0 : MIX_FIRST_CHUNKS;
	m->next = max(index + (device_ns ? MIX_NEXT_CHUNKS : MIX_WAIT_CHUNKS),
		      m->shares.nr_first);
}

/**
 * hib_mix_way() - In which way is a chunk stored?
 * @shares: The shares.
 * @index: The chunk's.
 *
 * Return: The way.
 */
enum hib_way hib_mix_way(const struct hib_mix_shares *shares, u64 index)
{
	u32 at = (u32)index * MIX_STEP % HIB_MIX_ONE;

	if (index < shares->nr_first)
		return HIB_WAY_RAW;
	for (enum hib_way way = HIB_NR_WAYS - 1; way > HIB_WAY_RAW; way--) {
		if (at < shares->of[way])
			return way;
		at -= shares->of[way];
	}
	return HIB_WAY_RAW;
}

/**
 * hib_mix_stored() - What will pages take in the image?
 * @m: The mix, its shares chosen.
 * @page_bytes: Their bytes, without those that are same-filled.
 *
 * Return: Bytes.
 */
u64 hib_mix_stored(const struct hib_mix *m, u64 page_bytes)
{
	u64 size = 0;

	for (enum hib_way way = 0; way < HIB_NR_WAYS; way++)
		size += mix_size(m, way) * m->shares.of[way];
	return mul_u64_u64_div_u64(page_bytes, size, MIB * HIB_MIX_ONE);
}

/**
 * hib_mix_least() - What will pages take at least?
 * @m: The mix.
 * @page_bytes: Their bytes, without those that are same-filled.
 *
 * Return: Bytes, if all are stored in the way that makes least of them.
 */
u64 hib_mix_least(const struct hib_mix *m, u64 page_bytes)
{
	u64 size = MIB;

	for (enum hib_way way = 0; way < HIB_NR_WAYS; way++)
		if (mix_is_known(m, way))
			size = min(size, mix_size(m, way));
	return mul_u64_u64_div_u64(page_bytes, size, MIB);
}
