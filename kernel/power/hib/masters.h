/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_MASTERS_H
#define HIB_MASTERS_H

#ifdef CONFIG_PCI
void hib_masters_stop(void);
#else
static inline void hib_masters_stop(void) {}
#endif

#endif
