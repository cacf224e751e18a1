/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_FILESYSTEMS_H
#define HIB_FILESYSTEMS_H

#include <linux/types.h>

struct hib_filesystems;
struct super_block;

bool hib_filesystems_may_hold(const struct super_block *sb);
struct hib_filesystems *hib_filesystems_hold(unsigned int limit_ms);
void hib_filesystems_release(struct hib_filesystems *list);
bool hib_filesystems_are_held(const struct hib_filesystems *list);
void hib_filesystems_forget(struct hib_filesystems *list);

#endif
