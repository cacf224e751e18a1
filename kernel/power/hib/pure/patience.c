// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: patience - how long a transition in a hurry waits for what it can do without
 *
 * All optional waits of such a transition share one limit, which counts from the request.
 * Each of them may take half of what is left of it. So a wait that is in vain leaves some
 * time for those after it, and all together never exceed the limit. A wait is never longer
 * than it would be without a hurry.
 *
 * Numbers in, numbers out: no state, any context. Nothing here fails.
 */
#include "patience.h"

/**
 * hib_patience_left_ms() - What is left of the limit?
 * @limit_s: The limit, seconds.
 * @spent_ms: How long ago the request was.
 *
 * Context: Any.
 * Return: Milliseconds; 0: nothing.
 */
u32 hib_patience_left_ms(u32 limit_s, u64 spent_ms)
{
	u64 limit_ms = min((u64)limit_s * 1000, (u64)U32_MAX);

	return spent_ms < limit_ms ? limit_ms - spent_ms : 0;
}

/**
 * hib_patience_wait_ms() - How long may the next optional wait take?
 * @usual_ms: Its limit without a hurry.
 * @left_ms: What is left of the limit of all.
 *
 * Context: Any.
 * Return: Milliseconds; 0: it must not wait.
 */
u32 hib_patience_wait_ms(u32 usual_ms, u32 left_ms)
{
	return min(usual_ms, left_ms / 2);
}
