// SPDX-License-Identifier: GPL-2.0
#include "fuzz.h"
#include "memmap.h"

#define FUZZ_FIRMWARE	0x04u	/* the input is what firmware says, not an image */

static struct hib_memmap map, other;
static __le64 words[HIB_MEMMAP_WORDS], again[HIB_MEMMAP_WORDS];

/* Ascending, apart, joined: what each function may rely on. */
static void check_order(const struct hib_memmap *m)
{
	u32 i;

	fuzz_must(m->nr <= HIB_MEMMAP_RANGES);
	for (i = 0; i < m->nr; i++) {
		const struct hib_memmap_range *r = &m->range[i];

		fuzz_must(r->start_pfn < r->end_pfn);
		fuzz_must(r->kind > HIB_MEMMAP_HOLE && r->kind < HIB_MEMMAP_KINDS);
		fuzz_must(!i || r[-1].end_pfn < r->start_pfn ||
			  (r[-1].end_pfn == r->start_pfn && r[-1].kind != r->kind));
	}
}

/* One stretch is two bytes: pages and kind. */
static void from_firmware(struct hib_memmap *m, const u8 *data, size_t bytes)
{
	u64 at = 0;

	*m = (struct hib_memmap){};
	for (; bytes >= 2; data += 2, bytes -= 2) {
		u64 length = data[0] * 1024ull;

		hib_memmap_add(m, at, length, data[1] % HIB_MEMMAP_KINDS);
		at += length - (data[1] & 0x80 ? length / 4 : 0);
	}
	check_order(m);
}

static bool is_same(const struct hib_memmap *a, const struct hib_memmap *b)
{
	u32 i;

	for (i = 0; i < a->nr && i < b->nr; i++)
		if (a->range[i].start_pfn != b->range[i].start_pfn ||
		    a->range[i].end_pfn != b->range[i].end_pfn || a->range[i].kind != b->range[i].kind)
			return false;
	return a->nr == b->nr;
}

static void check_compare(void)
{
	struct hib_memmap_fit fit;
	u32 i;

	fuzz_must(!hib_memmap_compare(&map, &map, &fit) && !fit.nr_lent && !fit.ram_gone);
	other = map;
	if (other.nr)
		other.range[other.nr / 2].kind = HIB_MEMMAP_TABLES;
	if (hib_memmap_compare(&map, &other, &fit) == -ESTALE) {
		fuzz_must(fit.fault.start_pfn < fit.fault.end_pfn && fit.was != fit.is);
		fuzz_must(hib_memmap_kind_name(fit.was)[0] && hib_memmap_kind_name(fit.is)[0]);
		return;
	}
	for (i = 0; i < fit.nr_lent; i++) {
		fuzz_must(fit.lent[i].start_pfn < fit.lent[i].end_pfn);
		fuzz_must(!i || fit.lent[i - 1].end_pfn < fit.lent[i].start_pfn);
	}
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t bytes)
{
	u8 steer = fuzz_take(&data, &bytes);
	u32 nr = min(bytes / sizeof(words[0]), (size_t)HIB_MEMMAP_WORDS);

	if (steer & FUZZ_FIRMWARE) {
		from_firmware(&map, data, bytes);
		check_compare();
		nr = hib_memmap_encode(&map, again);
		if (!nr)
			return 0;
		fuzz_must(!hib_memmap_decode(&other, again, nr));
		fuzz_must(is_same(&other, &map));
		return 0;
	}
	fuzz_fill(words, sizeof(words), &data, &bytes);
	if (hib_memmap_decode(&map, words, nr))
		return 0;
	check_order(&map);
	check_compare();
	fuzz_must(hib_memmap_encode(&map, again) == nr);
	fuzz_must(!memcmp(words, again, nr * sizeof(words[0])));
	return 0;
}
