/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_SETASIDE_H
#define HIB_SETASIDE_H

int hib_setaside_set(const char *text);
int hib_setaside_ensure(void);

#endif
