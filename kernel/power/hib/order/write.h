/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_WRITE_H
#define HIB_WRITE_H

struct hib_session;

int hib_write_early(struct hib_session *s);
int hib_write_image(struct hib_session *s);
int hib_write_commit(struct hib_session *s);

#endif
