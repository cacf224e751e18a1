/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_LOCATE_H
#define HIB_LOCATE_H

#include <linux/init.h>
#include <linux/types.h>

/* The longest name of a device, with the 0 at its end. */
#define HIB_SPEC_BYTES	256u
/* All devices are searched, see search.c. */
#define HIB_SPEC_AUTO	"auto"

/*
 * From what the user wrote to a device. @spec: /dev/NAME, PARTUUID=, PARTLABEL=,
 * UUID=, LABEL= (of a swap area), MAJ:MIN, MAJ:MIN:OFF, hex. A trailing newline
 * is ignored. @root_block: for UUID= and LABEL=, where the area begins; where that is not
 * the device's beginning, UUID= may be that of the file system. -EINVAL unparsable,
 * -ENODEV or another errno: not there. Not for boot: uses device nodes.
 */
int hib_locate_parse(const char *spec, u64 root_block, dev_t *dev);
/* As above, and also where there are no nodes; the device exists when 0 is returned. */
int hib_locate_late(const char *spec, u64 root_block, dev_t *dev);
/* Devices have to be read to find it. */
bool hib_locate_is_slow(const char *spec);
/*
 * Boot only: device nodes do not exist, and devices may still be coming. @delay_s
 * before the first look; @wait_s: 0 no longer than probing, -1 forever.
 */
int __init hib_locate_wait(const char *spec, u64 root_block, unsigned int delay_s, int wait_s,
			   dev_t *dev);

#endif
