/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_READ_H
#define HIB_READ_H

struct hib_up;

int hib_read_record(struct hib_up *u);
int hib_read_blocks(struct hib_up *u);
int hib_read_header(struct hib_up *u);
int hib_read_check(struct hib_up *u);
int hib_read_header_check(struct hib_up *u);
int hib_read_sets(struct hib_up *u);
int hib_read_lists(struct hib_up *u);
int hib_read_pages(struct hib_up *u);

#endif
