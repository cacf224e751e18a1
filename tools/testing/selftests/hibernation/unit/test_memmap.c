// SPDX-License-Identifier: GPL-2.0
#include "memmap.h"
#include "tap.h"

#define MIB	(1ull << 20)
#define PAGE	4096ull

static struct hib_memmap image, here, again;
static struct hib_memmap_fit fit;
static __le64 words[HIB_MEMMAP_WORDS];

/* A machine of 1 GiB as UEFI leaves it: tables below NVS below reserved memory. */
static void machine(struct hib_memmap *map, u64 table_pages)
{
	*map = (struct hib_memmap){};
	hib_memmap_add(map, 0, 640 * 1024, HIB_MEMMAP_RAM);
	hib_memmap_add(map, 640 * 1024, 384 * 1024, HIB_MEMMAP_RESERVED);
	hib_memmap_add(map, MIB, 1000 * MIB - table_pages * PAGE, HIB_MEMMAP_RAM);
	hib_memmap_add(map, 1001 * MIB - table_pages * PAGE, table_pages * PAGE, HIB_MEMMAP_TABLES);
	hib_memmap_add(map, 1001 * MIB, MIB, HIB_MEMMAP_NVS);
	hib_memmap_add(map, 1002 * MIB, 2 * MIB, HIB_MEMMAP_RESERVED);
	hib_memmap_add(map, 1004 * MIB, 20 * MIB, HIB_MEMMAP_RAM);
	hib_memmap_add(map, 0xffc00000, 4 * MIB, HIB_MEMMAP_RESERVED);
}

static int compare(void)
{
	return hib_memmap_compare(&image, &here, &fit);
}

TEST(memmap_fits_itself)
{
	machine(&image, 16);
	machine(&here, 16);
	check_number(compare(), 0);
	check_number(fit.nr_lent, 0);
	check_number(fit.ram_gone, 0);
}

TEST(memmap_comes_back_from_words)
{
	u32 nr;

	machine(&image, 16);
	nr = hib_memmap_encode(&image, words);
	check(nr > image.nr && nr <= HIB_MEMMAP_WORDS);
	check_number(hib_memmap_decode(&again, words, nr), 0);
	check_number(again.nr, image.nr);
	for (u32 i = 0; i < image.nr; i++) {
		check_number(again.range[i].start_pfn, image.range[i].start_pfn);
		check_number(again.range[i].end_pfn, image.range[i].end_pfn);
		check_number(again.range[i].kind, image.range[i].kind);
	}
}

TEST(memmap_takes_tables_that_grew)
{
	machine(&image, 16);
	machine(&here, 31);
	check_number(compare(), 0);
	check_number(fit.ram_gone, 15);
	check_number(fit.nr_lent, 1);
	check_number(fit.lent[0].end_pfn - fit.lent[0].start_pfn, 15);
	check_number(fit.lent[0].end_pfn, (1001 * MIB >> 12) - 16);
}

TEST(memmap_takes_tables_that_shrank)
{
	machine(&image, 31);
	machine(&here, 16);
	check_number(compare(), 0);
	check_number(fit.ram_gone, -15);
	check_number(fit.nr_lent, 0);
}

static void replace(enum hib_memmap_kind was, u64 start, u64 bytes, enum hib_memmap_kind is)
{
	image = here = (struct hib_memmap){};
	hib_memmap_add(&image, 0, 16 * MIB, was);
	hib_memmap_add(&here, 0, start, was);
	hib_memmap_add(&here, start, bytes, is);
	hib_memmap_add(&here, start + bytes, 16 * MIB - start - bytes, was);
}

TEST(memmap_decides_each_pair_of_kinds)
{
	for (u32 was = 0; was < HIB_MEMMAP_KINDS; was++)
		for (u32 is = 0; is < HIB_MEMMAP_KINDS; is++) {
			bool tables_slid = (was == HIB_MEMMAP_RAM && is == HIB_MEMMAP_TABLES) ||
					   (was == HIB_MEMMAP_TABLES && is == HIB_MEMMAP_RAM);

			replace(was, 4 * MIB, MIB, is);
			if (was == is || tables_slid) {
				check_number(compare(), 0);
				continue;
			}
			check_number(compare(), -ESTALE);
			check_number(fit.fault.start_pfn, 4 * MIB >> 12);
			check_number(fit.fault.end_pfn, 5 * MIB >> 12);
			check_number(fit.was, was);
			check_number(fit.is, is);
		}
}

TEST(memmap_refuses_ram_that_is_gone_at_the_end)
{
	image = here = (struct hib_memmap){};
	hib_memmap_add(&image, 0, 64 * MIB, HIB_MEMMAP_RAM);
	hib_memmap_add(&here, 0, 32 * MIB, HIB_MEMMAP_RAM);
	check_number(compare(), -ESTALE);
	check_number(fit.fault.start_pfn, 32 * MIB >> 12);
	check_number(fit.fault.end_pfn, 64 * MIB >> 12);
	check_number(fit.is, HIB_MEMMAP_HOLE);
}

TEST(memmap_refuses_too_many_pieces)
{
	machine(&image, 0);
	here = (struct hib_memmap){};
	image = (struct hib_memmap){};
	hib_memmap_add(&image, 0, 64 * MIB, HIB_MEMMAP_RAM);
	for (u32 i = 0; i < 2 * (HIB_MEMMAP_LENT + 1); i++)
		hib_memmap_add(&here, i * MIB, MIB, i % 2 ? HIB_MEMMAP_TABLES : HIB_MEMMAP_RAM);
	hib_memmap_add(&here, 2 * (HIB_MEMMAP_LENT + 1) * MIB, (64 - 2 * (HIB_MEMMAP_LENT + 1)) * MIB, HIB_MEMMAP_RAM);
	check_number(compare(), -E2BIG);
}

TEST(memmap_rounds_ram_down_and_the_rest_up)
{
	image = (struct hib_memmap){};
	hib_memmap_add(&image, 0, 0x9fc00, HIB_MEMMAP_RAM);
	hib_memmap_add(&image, 0x9fc00, 0x400, HIB_MEMMAP_RESERVED);
	hib_memmap_add(&image, 0x100800, 0x1000, HIB_MEMMAP_RAM);	/* no whole frame */
	check_number(image.nr, 2);
	check_number(image.range[0].end_pfn, 0x9f);
	check_number(image.range[1].start_pfn, 0x9f);
	check_number(image.range[1].end_pfn, 0xa0);
}

TEST(memmap_gives_a_shared_frame_to_the_stricter_kind)
{
	image = (struct hib_memmap){};
	hib_memmap_add(&image, 0, 0x3800, HIB_MEMMAP_TABLES);
	hib_memmap_add(&image, 0x3800, 0x2000, HIB_MEMMAP_NVS);
	check_number(image.nr, 2);
	check_number(image.range[0].end_pfn, 3);
	check_number(image.range[1].start_pfn, 3);
	check_number(image.range[1].end_pfn, 6);

	image = (struct hib_memmap){};
	hib_memmap_add(&image, 0, 0x3800, HIB_MEMMAP_NVS);
	hib_memmap_add(&image, 0x3800, 0x2000, HIB_MEMMAP_TABLES);
	check_number(image.range[0].end_pfn, 4);
	check_number(image.range[1].start_pfn, 4);
}

TEST(memmap_joins_neighbours_of_one_kind)
{
	image = (struct hib_memmap){};
	hib_memmap_add(&image, 0, MIB, HIB_MEMMAP_RAM);
	hib_memmap_add(&image, MIB, MIB, HIB_MEMMAP_RAM);
	check_number(image.nr, 1);
	check_number(image.range[0].end_pfn, 2 * MIB >> 12);
}

TEST(memmap_that_is_too_long_is_not_written)
{
	image = (struct hib_memmap){};
	for (u32 i = 0; i < HIB_MEMMAP_WORDS; i++)
		hib_memmap_add(&image, 2 * i * MIB, MIB, HIB_MEMMAP_RAM);
	check_number(hib_memmap_encode(&image, words), 0);
	check_number(words[0], 0);
	image = (struct hib_memmap){};
	for (u32 i = 0; i <= HIB_MEMMAP_RANGES; i++)
		hib_memmap_add(&image, i * MIB, MIB, 1 + i % 2);
	check(image.overflow);
	check_number(hib_memmap_encode(&image, words), 0);
}

static int decode_with(u32 at, u64 word)
{
	u32 nr;

	machine(&image, 16);
	nr = hib_memmap_encode(&image, words);
	words[at == ~0u ? nr - 1 : at] = cpu_to_le64(word);
	return hib_memmap_decode(&again, words, nr);
}

TEST(memmap_refuses_words_that_nobody_wrote)
{
	check_number(hib_memmap_decode(&again, words, 0), -EBADMSG);
	check_number(hib_memmap_decode(&again, words, HIB_MEMMAP_WORDS + 1), -EBADMSG);
	check_number(decode_with(1, 0x100ull << 4 | HIB_MEMMAP_KINDS), -EBADMSG);	/* no such kind */
	check_number(decode_with(1, 0x100ull << 4 | HIB_MEMMAP_RAM), -EBADMSG);	/* no change */
	check_number(decode_with(2, 0x0full << 4 | HIB_MEMMAP_RAM), -EBADMSG);	/* backwards */
	check_number(decode_with(~0u, ~0ull << 4 | HIB_MEMMAP_HOLE), -EBADMSG);	/* no such frame */
	check_number(decode_with(~0u, 0x200000ull << 4 | HIB_MEMMAP_RAM), -EBADMSG);	/* no end */
}
