/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_UP_H
#define HIB_UP_H

#include <linux/container_of.h>
#include <linux/hibernation_arch.h>
#include "memory/pool.h"
#include "memory/relocate.h"
#include "pure/fate.h"
#include "pure/pfnset.h"
#include "session.h"

struct hib_down;
struct hib_handover;
struct hib_masters;
struct hib_recorder;

/**
 * struct hib_up - One way up: from an image to the kernel in it.
 * @s: What both ways have.
 * @described: The header was found sound.
 * @fit: How the image fits this machine.
 * @image: Frames of the image.
 * @early: Frames of precopied pages. Some of them may not be in @image.
 * @stale: Of @early, frames whose precopied page is stale.
 * @pool: Frames that the image is loaded into.
 * @relocation: Frames that the jump moves.
 * @jump: What the architecture prepared for the jump.
 * @handover: The record for the restored kernel, in a spare frame.
 * @digests: Digest leaves, in spare frames.
 * @nr_digests: Number of digest leaves.
 * @counted: The record counts this boot as a try.
 * @asked: A user asked for an image that is kept.
 * @trying: State of the image while it is loaded.
 * @refusal: Why it was refused, where the errno does not tell.
 * @has_log: The steps of the saving kernel are in the timeline.
 * @recorder: Writes the black box of the image; NULL: there is none.
 * @masters: Devices without a driver that were stopped.
 * @nr_refused: Tries that ended with a refusal that may pass.
 * @member_wait_s: How long to wait for devices of the image beside the first, seconds.
 * @guard_wait_s: The same for devices with its file systems.
 * @nested: Nested in a way down (test_resume); tasks are frozen already.
 * @by_user: A program wrote the image, through /dev/snapshot: no record counts its tries.
 */
struct hib_up {
	struct hib_session s;
	bool described;
	struct hib_arch_fit fit;
	struct hib_pfnset image;
	struct hib_pfnset early;
	struct hib_pfnset stale;
	struct hib_pool pool;
	struct hib_relocation relocation;
	struct hib_arch_jump_page *jump;
	struct hib_handover *handover;
	struct hib_disk_leaf **digests;
	u32 nr_digests;
	bool counted;
	bool asked;
	enum hib_image_state trying;
	enum hib_refusal refusal;
	bool has_log;
	struct hib_recorder *recorder;
	struct hib_masters *masters;
	unsigned int nr_refused;
	unsigned int member_wait_s;
	unsigned int guard_wait_s;
	bool nested;
	bool by_user;
};

/**
 * hib_up_of() - Get the way up from the context of a step.
 * @session: The context, a struct hib_session in a struct hib_up.
 *
 * Return: The struct hib_up.
 */
static inline struct hib_up *hib_up_of(void *session)
{
	return container_of((struct hib_session *)session, struct hib_up, s);
}

struct hib_up *hib_up_begin(enum hib_mode mode, int *error);
struct hib_up *hib_up_begin_nested(const struct hib_down *down);
void hib_up_end(struct hib_up *u);

#endif
