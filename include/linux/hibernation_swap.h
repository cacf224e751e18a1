/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What swap asks the hibernation core.
 */
#ifndef _LINUX_HIBERNATION_SWAP_H
#define _LINUX_HIBERNATION_SWAP_H

struct file;

#ifdef CONFIG_HIBERNATION
int hibernation_end_kept(struct file *file);
#else
static inline int hibernation_end_kept(struct file *file)
{
	return 0;
}
#endif

#endif
