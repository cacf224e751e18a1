// SPDX-License-Identifier: GPL-2.0
#include "fuzz.h"
#include "header.h"
#include "tag.h"

#define DEVICE_BLOCKS	100000u
#define MAX_TRIES	2u
#define FUZZ_SIGN	0x04u	/* put our signature at the end */

static struct hib_disk_commit disk __aligned(512), again __aligned(512);

static void make(u8 steer, const u8 *data, size_t bytes)
{
	fuzz_fill(&disk, sizeof(disk), &data, &bytes);
	if (steer & FUZZ_SIGN)
		memcpy(disk.signature, HIB_SIGNATURE, HIB_SIGNATURE_BYTES);
	if (steer & FUZZ_CLOSE)
		disk.tag = cpu_to_le64(hib_tag_compute(&disk, sizeof(disk),
						       offsetof(struct hib_disk_commit, tag),
						       disk.image_id, HIB_TAG_COMMIT));
}

/*
 * An image is loaded in state ready, and in state loading until too many boots have tried. On
 * request it is loaded in state kept, too.
 */
static void check_decision(const struct hib_commit_record *r)
{
	bool wanted = r->state == HIB_STATE_READY ||
		      (r->state == HIB_STATE_LOADING && r->tries < MAX_TRIES);
	int kept = r->state == HIB_STATE_KEPT ? -EPERM : -ESTALE;
	const char *why = NULL;
	int error = hib_commit_decide(r, MAX_TRIES, false, &why);

	fuzz_must(wanted == !error);
	fuzz_must(!error || (error == kept && why && strlen(why)));
	error = hib_commit_decide(r, MAX_TRIES, true, &why);
	fuzz_must((wanted || r->state == HIB_STATE_KEPT) == !error);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t bytes)
{
	u8 steer = fuzz_take(&data, &bytes);
	struct hib_commit_record r;
	const char *why = NULL;
	int error;

	make(steer, data, bytes);
	error = hib_commit_parse(&disk, DEVICE_BLOCKS, &r, &why);
	if (error) {
		fuzz_must(error == -ENODATA || error == -EBADMSG || error == -EOPNOTSUPP);
		fuzz_must(why && strlen(why));
		return 0;
	}
	fuzz_must(r.state >= HIB_STATE_READY && r.state <= HIB_STATE_KEPT);
	fuzz_must(strlen(hib_commit_state_name(r.state)));
	fuzz_must(r.header_block && r.header_block < DEVICE_BLOCKS);
	check_decision(&r);
	hib_commit_build(&again, &r);
	fuzz_must(!memcmp(&again, &disk, sizeof(disk)));
	return 0;
}
