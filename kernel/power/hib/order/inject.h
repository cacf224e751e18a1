/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_INJECT_H
#define HIB_INJECT_H

/* Length of the name of a step, with the 0 at its end. */
#define HIB_INJECT_BYTES	32u

#ifdef CONFIG_HIBERNATION_DEBUG
int hib_inject(void *session, const char *step);
#else
static inline int hib_inject(void *session, const char *step)
{
	return 0;
}
#endif

#endif
