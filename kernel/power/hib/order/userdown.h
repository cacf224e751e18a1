/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_USERDOWN_H
#define HIB_USERDOWN_H

#include <linux/types.h>

struct hib_userdown;

struct hib_userdown *hib_userdown_begin(int *error);
void hib_userdown_end(struct hib_userdown *ud);
int hib_userdown_freeze(struct hib_userdown *ud);
void hib_userdown_thaw(struct hib_userdown *ud);
bool hib_userdown_is_frozen(const struct hib_userdown *ud);
int hib_userdown_create(struct hib_userdown *ud, bool platform, bool *made);
bool hib_userdown_has_image(const struct hib_userdown *ud);
u64 hib_userdown_bytes(const struct hib_userdown *ud);
const void *hib_userdown_next(struct hib_userdown *ud);
void hib_userdown_drop(struct hib_userdown *ud);
int hib_userdown_suspend(struct hib_userdown *ud);
int hib_userdown_power_off(struct hib_userdown *ud);

#endif
