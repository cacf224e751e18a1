/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_PATIENCE_H
#define HIB_PATIENCE_H

#include "hib_pure.h"

u32 hib_patience_left_ms(u32 limit_s, u64 spent_ms);
u32 hib_patience_wait_ms(u32 usual_ms, u32 left_ms);

#endif
