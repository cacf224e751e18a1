/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_USERUP_H
#define HIB_USERUP_H

#include <linux/types.h>

struct hib_userup;

struct hib_userup *hib_userup_begin(int *error);
void hib_userup_end(struct hib_userup *uu);
int hib_userup_freeze(struct hib_userup *uu);
void hib_userup_thaw(struct hib_userup *uu);
bool hib_userup_is_frozen(const struct hib_userup *uu);
bool hib_userup_is_complete(const struct hib_userup *uu);
int hib_userup_write(struct hib_userup *uu, const void *block);
int hib_userup_restore(struct hib_userup *uu);
void hib_userup_drop(struct hib_userup *uu);

#endif
