// SPDX-License-Identifier: GPL-2.0
#include "mib.h"
#include "tap.h"

TEST(mib_of_what_is_there_is_rounded_down)
{
	check_number(hib_pages_to_mib(0), 0);
	check_number(hib_pages_to_mib(255), 0);
	check_number(hib_pages_to_mib(256), 1);
	check_number(hib_pages_to_mib(511), 1);
	check_number(hib_blocks_to_mib(255), 0);
	check_number(hib_blocks_to_mib(256), 1);
}

TEST(mib_of_what_is_missing_is_rounded_up)
{
	check_number(hib_pages_to_mib_up(0), 0);
	check_number(hib_pages_to_mib_up(1), 1);
	check_number(hib_pages_to_mib_up(256), 1);
	check_number(hib_pages_to_mib_up(257), 2);
	check_number(hib_blocks_to_mib_up(0), 0);
	check_number(hib_blocks_to_mib_up(1), 1);
	check_number(hib_blocks_to_mib_up(257), 2);
}
