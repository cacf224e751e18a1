/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_KEYPRESS_H
#define HIB_KEYPRESS_H

#include "hib_pure.h"

/* A key that was down before shows itself in this time after its device was resumed. */
#define HIB_KEYPRESS_SETTLE_MS	500u

/* What the input layer says of a key. */
enum hib_keypress_value {
	HIB_KEY_UP,
	HIB_KEY_DOWN,
	HIB_KEY_REPEATED,
};

bool hib_keypress_counts(int value, u64 since_ms, u64 now_ms);

#endif
