/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_LOCATE_H
#define HIB_LOCATE_H

#include <linux/types.h>

/*
 * From what the user wrote to a device. @spec: /dev/NAME, PARTUUID=, PARTLABEL=,
 * UUID=, LABEL=, MAJ:MIN, MAJ:MIN:OFF, hex. Boot: device nodes do not exist,
 * early_lookup_bdev(); later: lookup_bdev(). -EINVAL unparsable, -ENODEV not there.
 */
int hib_locate_parse(const char *spec, dev_t *dev);
/* Boot only: wait. @delay_s before the first look; @wait_s: 0 none, -1 for ever. */
int hib_locate_wait(const char *spec, unsigned int delay_s, int wait_s, dev_t *dev);

#endif
