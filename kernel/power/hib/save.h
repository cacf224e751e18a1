/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_SAVE_H
#define HIB_SAVE_H

#include "settings.h"

int hib_save(enum hib_mode mode);

#endif
