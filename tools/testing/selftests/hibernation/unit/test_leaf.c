// SPDX-License-Identifier: GPL-2.0
#include "leaf.h"
#include "tap.h"

static const u8 id[HIB_ID_BYTES] = "an image's id 01";
static const u8 other_id[HIB_ID_BYTES] = "an image's id 02";
static struct hib_disk_leaf leaf __aligned(4096);

/* A leaf of digests with @nr entries, and old bytes behind them. */
static void make(u32 nr)
{
	memset(&leaf, 0x5a, sizeof(leaf));
	hib_leaf_close(&leaf, id, HIB_LEAF_DIGEST, 4, nr, 0);
}

static int judge(void)
{
	u32 nr = 12345;
	int error = hib_leaf_check(&leaf, id, HIB_LEAF_DIGEST, 4, &nr);

	if (!error)
		check_number(nr, le32_to_cpu(leaf.nr));
	return error;
}

static void close_again(void)
{
	leaf.tag = cpu_to_le64(hib_leaf_tag(&leaf, id));
}

TEST(leaf_accepts_what_was_closed)
{
	static const u32 numbers[] = { 1, 2, 507, 508 };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(numbers); i++) {
		make(numbers[i]);
		check_number(judge(), 0);
	}
}

TEST(leaf_clears_what_lies_behind_the_last_entry)
{
	make(3);
	check_number(leaf.data[23], 0x5a);
	check(!memchr_inv(leaf.data + 24, 0, sizeof(leaf.data) - 24));
}

TEST(leaf_capacity_follows_the_entry)
{
	check_number(hib_leaf_capacity(HIB_LEAF_EXTENT), 254);
	check_number(hib_leaf_capacity(HIB_LEAF_PAGEMAP), 254);
	check_number(hib_leaf_capacity(HIB_LEAF_SEGMENT), 508);
	check_number(hib_leaf_capacity(HIB_LEAF_DIGEST), 508);
	check_number(hib_leaf_capacity(HIB_LEAF_LOG), 84);
	check_number(hib_leaf_capacity(HIB_LEAF_RAW_CHUNK), 254);
	check_number(hib_leaf_capacity(0), 0);
	check_number(hib_leaf_capacity(5), 0);
	check_number(hib_leaf_capacity(8), 0);
}

TEST(leaf_refuses_every_flipped_bit)
{
	unsigned int bit;

	make(508);
	for (bit = 0; bit < 8 * sizeof(leaf); bit++) {
		((u8 *)&leaf)[bit / 8] ^= 1 << bit % 8;
		if (judge() != -EBADMSG)
			check_number(bit, -1);
		((u8 *)&leaf)[bit / 8] ^= 1 << bit % 8;
	}
	check_number(judge(), 0);
}

TEST(leaf_refuses_another_image)
{
	u32 nr;

	make(3);
	check_number(hib_leaf_check(&leaf, other_id, HIB_LEAF_DIGEST, 4, &nr), -EBADMSG);
}

TEST(leaf_refuses_another_place_or_kind)
{
	u32 nr;

	make(3);
	check_number(hib_leaf_check(&leaf, id, HIB_LEAF_DIGEST, 3, &nr), -EBADMSG);
	check_number(hib_leaf_check(&leaf, id, HIB_LEAF_SEGMENT, 4, &nr), -EBADMSG);
}

TEST(leaf_refuses_a_kind_that_nobody_knows)
{
	u32 nr;

	make(3);
	leaf.kind = cpu_to_le32(9);
	close_again();
	check_number(hib_leaf_check(&leaf, id, 9, 4, &nr), -EBADMSG);
}

TEST(leaf_refuses_a_count_out_of_range)
{
	make(508);
	leaf.nr = cpu_to_le32(509);
	close_again();
	check_number(judge(), -EBADMSG);
	leaf.nr = cpu_to_le32(U32_MAX);
	close_again();
	check_number(judge(), -EBADMSG);
	make(0);
	check_number(judge(), -EBADMSG);
}

TEST(leaf_refuses_bytes_behind_the_last_entry)
{
	make(3);
	leaf.data[24] = 1;
	close_again();
	check_number(judge(), -EBADMSG);
	make(3);
	leaf.data[sizeof(leaf.data) - 1] = 1;
	close_again();
	check_number(judge(), -EBADMSG);
}

TEST(leaf_refuses_reserved_bits)
{
	make(3);
	leaf.reserved = cpu_to_le32(1);
	close_again();
	check_number(judge(), -EBADMSG);
}

TEST(leaf_refuses_a_next_one_unless_it_holds_extents)
{
	u32 nr;

	make(3);
	leaf.next = cpu_to_le64(1);
	close_again();
	check_number(judge(), -EBADMSG);
	hib_leaf_close(&leaf, id, HIB_LEAF_EXTENT, 0, 254, 77);
	check_number(hib_leaf_check(&leaf, id, HIB_LEAF_EXTENT, 0, &nr), 0);
	check_number(nr, 254);
}

TEST(leaf_bytes_stay_as_they_are_on_disk)
{
	memset(&leaf, 0, sizeof(leaf));
	hib_leaf_close(&leaf, id, HIB_LEAF_SEGMENT, 1, 2, 0);
	check_number(le64_to_cpu(leaf.tag), 8392743201998180099);
}
