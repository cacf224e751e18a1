/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_OWNER_H
#define HIB_OWNER_H

#include "header.h"

u64 hib_owner_root_hash(const char *command_line);
bool hib_owner_is_certain(const struct hib_owner *owner);
bool hib_owner_is_foreign(const struct hib_owner *owner, const struct hib_owner *mine);
bool hib_owner_is_same(const struct hib_owner *a, const struct hib_owner *b);

#endif
