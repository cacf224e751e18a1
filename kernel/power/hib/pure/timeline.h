/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_TIMELINE_H
#define HIB_TIMELINE_H

#include "format.h"

#define HIB_TIMELINE_STEPS	160u
#define HIB_TIMELINE_LINE_BYTES	104u

/* Whose time it is. */
enum hib_timeline_kernel {
	HIB_TIMELINE_SAVING,	/* from the request to the copy; 0: the request */
	HIB_TIMELINE_WRITING,	/* the same kernel after the copy */
	HIB_TIMELINE_FAILED,	/* boots before, which began to load the image */
	HIB_TIMELINE_BOOT,	/* the boot kernel; 0: its start */
	HIB_TIMELINE_RESTORED,	/* the saving kernel again; 0: the return from the jump */
	HIB_TIMELINE_KERNELS,
};

/**
 * struct hib_timeline_step - A step that was entered or left.
 * @name: Its name.
 * @begin_ms: When it began.
 * @took_us: How long it took; the longest that can be told is 71 minutes.
 * @ret: What it returned.
 * @kernel: An enum hib_timeline_kernel.
 * @leave: It was left.
 * @ended: It has ended; otherwise @took_us and @ret mean nothing.
 * @reserved: Zero.
 * @bytes: What it read from devices and wrote to them, so far.
 */
struct hib_timeline_step {
	char name[HIB_STEP_NAME_BYTES];
	u32 begin_ms;
	u32 took_us;
	s32 ret;
	u8 kernel;
	u8 leave;
	u8 ended;
	u8 reserved;
	u64 bytes;
};

/**
 * struct hib_timeline - The steps of a transition, in their order. All zero: none.
 * @start_ns: When the kernel that is at work began, on the clock of the caller.
 * @kernel: Which one that is.
 * @moved: What hib_timeline_moved() was told last.
 * @nr: Steps that are noted.
 * @nr_lost: Steps before these, for which there was no room.
 * @steps: They.
 */
struct hib_timeline {
	u64 start_ns;
	enum hib_timeline_kernel kernel;
	u64 moved;
	u32 nr;
	u32 nr_lost;
	struct hib_timeline_step steps[HIB_TIMELINE_STEPS];
};

void hib_timeline_start(struct hib_timeline *t, enum hib_timeline_kernel kernel, u64 start_ns);
void hib_timeline_begin(struct hib_timeline *t, const char *name, bool leave, u64 now_ns);
void hib_timeline_end(struct hib_timeline *t, const char *name, bool leave, int ret, u64 now_ns);
void hib_timeline_moved(struct hib_timeline *t, u64 bytes);
u32 hib_timeline_give(const struct hib_timeline *t, struct hib_timeline_step *steps, u32 most);
void hib_timeline_take(struct hib_timeline *t, const struct hib_timeline_step *steps, u32 nr);
void hib_timeline_encode(const struct hib_timeline_step *step, struct hib_disk_step *disk);
void hib_timeline_decode(const struct hib_disk_step *disk, struct hib_timeline_step *step);
u32 hib_timeline_build(const struct hib_timeline *t, struct hib_disk_leaf *leaf);
void hib_timeline_read(const struct hib_disk_leaf *leaf, u32 nr, struct hib_timeline *t);
int hib_timeline_line(const struct hib_timeline_step *step, char line[HIB_TIMELINE_LINE_BYTES]);

#endif
