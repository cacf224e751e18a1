/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_FILESYSTEMS_H
#define HIB_FILESYSTEMS_H

struct hib_filesystems;

int hib_filesystems_freeze(struct hib_filesystems **frozen, const char **failed);
void hib_filesystems_thaw(struct hib_filesystems *frozen);

#endif
