/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_WRITE_H
#define HIB_WRITE_H

struct hib_down;

int hib_write_early(struct hib_down *d);
int hib_write_describe(struct hib_down *d);
int hib_write_image(struct hib_down *d);
int hib_write_foreign(struct hib_down *d);
int hib_write_commit(struct hib_down *d);

#endif
