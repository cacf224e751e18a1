/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_SECOND_H
#define HIB_SECOND_H

#include "pure/relay.h"
#include "pure/step.h"
#include "crossing.h"

struct hib_down;

/**
 * struct hib_second - The second kernel, as the first one sees it.
 * @crossing: The jump there and back.
 * @draft: The record while it is made.
 * @relay: The record, where it is while this kernel runs.
 * @header: What this kernel says in the image's header.
 */
struct hib_second {
	struct hib_crossing crossing;
	struct hib_relay draft;
	struct hib_relay *relay;
	struct hib_header *header;
};

#ifdef CONFIG_HIBERNATION_SECOND
extern const struct hib_step hib_second_step;
int hib_second_check(struct hib_down *d);
int hib_second_take(struct hib_down *d);
int hib_second_written(struct hib_down *d);
#else
static inline int hib_second_check(struct hib_down *d)
{
	return -EOPNOTSUPP;
}

static inline int hib_second_take(struct hib_down *d)
{
	return -EOPNOTSUPP;
}

static inline int hib_second_written(struct hib_down *d)
{
	return -EOPNOTSUPP;
}
#endif

#endif
