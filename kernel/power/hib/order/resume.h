/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_RESUME_H
#define HIB_RESUME_H

/* hibernate.c: what a write to /sys/power/resume does. */
int hib_resume(void);

#endif
