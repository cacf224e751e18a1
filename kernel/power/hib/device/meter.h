/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_METER_H
#define HIB_METER_H

#include <linux/types.h>

struct hib_io_done;
struct hib_io_meter;

void hib_meter_start(struct hib_io_done *done, struct hib_io_meter *meter, u64 bytes);
void hib_meter_end(struct hib_io_done *done);
u64 hib_meter_mib_ns(struct hib_io_meter *meter);

#endif
