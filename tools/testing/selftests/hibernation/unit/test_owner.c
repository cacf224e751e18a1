// SPDX-License-Identifier: GPL-2.0
#include "owner.h"
#include "tap.h"

TEST(owner_is_known_by_its_root)
{
	u64 hash = hib_owner_root_hash("root=UUID=1234");

	check(hash);
	check_number(hib_owner_root_hash("quiet root=UUID=1234 splash"), hash);
	check_number(hib_owner_root_hash("  quiet   root=UUID=1234"), hash);
	check(hib_owner_root_hash("root=UUID=1235") != hash);
	check(hib_owner_root_hash("root=UUID=123") != hash);
}

TEST(owner_has_the_last_root)
{
	check_number(hib_owner_root_hash("root=/dev/sda1 ro root=/dev/sdb1"),
		     hib_owner_root_hash("root=/dev/sdb1"));
}

TEST(owner_without_root_is_known_by_the_machine_alone)
{
	check_number(hib_owner_root_hash(""), 0);
	check_number(hib_owner_root_hash("   "), 0);
	check_number(hib_owner_root_hash("quiet"), 0);
	check_number(hib_owner_root_hash("root="), 0);
	check_number(hib_owner_root_hash("root"), 0);
	check_number(hib_owner_root_hash("netroot=/dev/sda1 rootwait"), 0);
}

TEST(owner_is_the_same_when_both_are)
{
	struct hib_owner a = { "0123456789abcde", 7 }, b = a;

	check(hib_owner_is_same(&a, &b));
	b.root_hash = 8;
	check(!hib_owner_is_same(&a, &b));
	b = a;
	b.firmware_id[15] = 1;
	check(!hib_owner_is_same(&a, &b));
}

TEST(owner_is_certain_with_both)
{
	struct hib_owner a = { "0123456789abcde", 7 }, b = a;

	check(hib_owner_is_certain(&a));
	b.root_hash = 0;
	check(!hib_owner_is_certain(&b));
	b = a;
	memset(b.firmware_id, 0, sizeof(b.firmware_id));
	check(!hib_owner_is_certain(&b));
	b.firmware_id[15] = 1;
	check(hib_owner_is_certain(&b));
}

TEST(owner_is_foreign_only_if_firmware_knows_both)
{
	struct hib_owner a = { "0123456789abcde", 7 }, b = a, unknown = {};

	check(!hib_owner_is_foreign(&a, &b));
	b.root_hash = 8;
	check(!hib_owner_is_foreign(&a, &b));
	b.firmware_id[15] = 1;
	check(hib_owner_is_foreign(&a, &b));
	check(!hib_owner_is_foreign(&a, &unknown));
	check(!hib_owner_is_foreign(&unknown, &a));
}
