/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_QUIESCE_CPUS_H
#define HIB_QUIESCE_CPUS_H

#include "pure/step.h"

extern const struct hib_step hib_quiesce_offline_cpus;	/* those that are switched off */
extern const struct hib_step hib_quiesce_cpus;		/* all others but one */

#endif
