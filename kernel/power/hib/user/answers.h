/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_ANSWERS_H
#define HIB_ANSWERS_H

#include <linux/types.h>

ssize_t hib_answers_available(char *buf);
ssize_t hib_answers_areas(char *buf);
ssize_t hib_answers_armed(char *buf);

#endif
