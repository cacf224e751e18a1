// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: keypress - does a key that was pressed cancel a transition?
 *
 * A hibernation that the user wanted must not be lost by accident. So only a fresh press
 * counts: not the repetition of a key that is held, and not what a keyboard reports in
 * the first moment after it was resumed. A key that was down all the time is reported as
 * a press then. The input layer reports no second press of a key before its release, so
 * such a key does not count later either.
 *
 * Pure functions; any context.
 */
#include "keypress.h"

/**
 * hib_keypress_counts() - Is this a fresh press of a key?
 * @value: What the input layer says, an enum hib_keypress_value.
 * @since_ms: Time from which presses count; 0: they do not count.
 * @now_ms: Time of the press, by the same clock.
 *
 * Return: true if the key cancels the transition.
 */
bool hib_keypress_counts(int value, u64 since_ms, u64 now_ms)
{
	return value == HIB_KEY_DOWN && since_ms && now_ms >= since_ms + HIB_KEYPRESS_SETTLE_MS;
}
