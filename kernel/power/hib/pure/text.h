/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_TEXT_H
#define HIB_TEXT_H

#include "hib_pure.h"

void hib_text_build(char *to, const char *from, size_t bytes);
bool hib_text_is_sound(const char *s, size_t bytes);

#endif
