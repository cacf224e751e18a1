/* SPDX-License-Identifier: GPL-2.0 */
/* hib_pure_user.h has static_assert(). */
#include "hib_pure_user.h"
