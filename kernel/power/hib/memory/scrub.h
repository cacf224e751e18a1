/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_SCRUB_H
#define HIB_SCRUB_H

void hib_scrub_free(void);

#endif
