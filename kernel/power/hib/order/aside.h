/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_ASIDE_H
#define HIB_ASIDE_H

int hib_aside_call(int (*fn)(void *arg), void *arg);

#endif
