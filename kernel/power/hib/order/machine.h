/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_MACHINE_H
#define HIB_MACHINE_H

#include <linux/atomic.h>
#include <linux/spinlock_types.h>
#include <linux/timer_types.h>
#include <linux/types.h>
#include "device/place.h"
#include "pure/header.h"
#include "pure/timeline.h"
#include "kept.h"
#include "last.h"

struct hib_target;
struct platform_hibernation_ops;

/* Can the transition be cancelled, and does somebody want that? See cancel.c. */
enum hib_cancel_state {
	HIB_CANCEL_CLOSED,
	HIB_CANCEL_OPEN,
	HIB_CANCEL_ASKED,
};

/**
 * struct hib_machine - What outlives a transition and is no parameter.
 * @platform: Firmware callbacks, NULL: none.
 * @target: What is set aside for images; NULL: nothing.
 * @watched_dev: Device of an image that is to be retired when this boot goes on without
 *	another device of it; 0: none,
 * @watched_block: and its root block.
 * @looked_dev: Where this boot looked for an image last; 0: nowhere,
 * @looked_block: with its root block,
 * @searched: or at each device: where it begins,
 * @searched_block: and at this block.
 * @user_dev: Device of the swap area that a program has chosen, through /dev/snapshot; 0: none.
 * @entering: Devices are being powered down for hibernation.
 * @busy: A transition owns the system (hibernation_in_progress()).
 * @cancel: An enum hib_cancel_state.
 * @lock: Guards @last and @timeline, as tasks read it while they run.
 * @last: Result and figures of the last transition,
 * @timeline: and its steps.
 * @whole_size: Memory at the start, bytes. An image_size that is not smaller is no limit.
 * @boot_pages: Pages in use when this boot looked for an image.
 * @thaw_pages: Pages that drivers took when devices last came back from the copy.
 * @added_online: When this boot looked for an image, the kernel put added memory online by itself.
 * @added_pages: Added memory that was online then; if @added_online, only that of drivers.
 * @ram_pages: Page frames of the machine at boot, when no memory was offline.
 * @limit: In a second kernel: when it is given up, see limit.c.
 * @kept: A second kernel that has booted, see kept.c.
 */
struct hib_machine {
	const struct platform_hibernation_ops *platform;
	struct hib_target *target;
	dev_t watched_dev;
	u64 watched_block;
	dev_t looked_dev;
	u64 looked_block;
	bool searched;
	u64 searched_block;
	dev_t user_dev;
	bool entering;
	atomic_t busy;
	atomic_t cancel;
	spinlock_t lock;	/* last, timeline */
	struct hib_last last;
	struct hib_timeline timeline;
	unsigned long whole_size;
	u64 boot_pages;
	u64 thaw_pages;
	u64 added_pages;
	bool added_online;
	u64 ram_pages;
	struct timer_list limit;
	struct hib_kept kept;
};

extern struct hib_machine hib_machine;

bool hib_machine_claim(void);
void hib_machine_unclaim(void);
u64 hib_machine_ram_pages(void);
void hib_machine_owner(struct hib_owner *owner);
struct hib_place_wanted hib_machine_place(bool quiet);
void hib_machine_looked(dev_t dev, u64 root_block);
void hib_machine_searched(u64 root_block);
bool hib_machine_armed(dev_t dev, u64 root_block);
void hib_machine_keep_result(const struct hib_result *result);
void hib_machine_keep_stats(const struct hib_stats *stats);
void hib_machine_keep_timeline(const struct hib_timeline *timeline);
void hib_machine_last(struct hib_last *last);
void hib_machine_timeline(struct hib_timeline *timeline);

#endif
