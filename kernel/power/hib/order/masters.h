/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_MASTERS_H
#define HIB_MASTERS_H

struct hib_masters;

#ifdef CONFIG_PCI
int hib_masters_stop(struct hib_masters **stopped);
void hib_masters_start(struct hib_masters *stopped);
#else
static inline int hib_masters_stop(struct hib_masters **stopped)
{
	return 0;
}

static inline void hib_masters_start(struct hib_masters *stopped)
{
}
#endif

#endif
