/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_FATE_H
#define HIB_FATE_H

#include "format.h"

/* Why an image was not resumed, as far as it matters to what becomes of it. */
enum hib_refusal {
	HIB_REFUSAL_PASSES,	/* machine, memory, codec, driver, read error: may pass */
	HIB_REFUSAL_NOT_ASKED,	/* it is kept, and nobody asked for it */
	HIB_REFUSAL_DAMAGED,	/* damaged, or made to do harm */
	HIB_REFUSAL_FOREIGN,	/* of another machine */
	HIB_REFUSAL_CHANGED,	/* a file system of it was changed, or is mounted */
	HIB_REFUSAL_LIVE,	/* this boot has mounted disks, whichever */
	HIB_NR_REFUSALS,
};

/* What becomes of an image that was refused. */
enum hib_fate {
	HIB_FATE_RETIRE,	/* the area is swap again */
	HIB_FATE_KEEP,		/* kept from now on: the record is written */
	HIB_FATE_LEAVE,		/* kept already, and stays as it is */
};

enum hib_refusal hib_refusal_of(int error);
enum hib_fate hib_fate_of(enum hib_image_state state, bool may_be_kept, enum hib_refusal why);
enum hib_image_state hib_fate_while_trying(enum hib_image_state state);

#endif
