/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_AWAKE_H
#define HIB_AWAKE_H

#include "pure/step.h"

extern const struct hib_step hib_awake_step;	/* disks are woken and kept awake */

#endif
