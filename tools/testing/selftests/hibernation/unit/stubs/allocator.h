/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_STUBS_ALLOCATOR_H
#define HIB_STUBS_ALLOCATOR_H

/* Let the next @nr allocations succeed and all later ones fail; negative: never fail. */
void allocator_fail_after(long nr);
/* Allocations that were not freed. */
long allocator_nr_live(void);

#endif
