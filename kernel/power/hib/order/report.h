/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_REPORT_H
#define HIB_REPORT_H

#include <linux/ktime.h>
#include <linux/types.h>
#include "pure/io.h"
#include "last.h"

struct hib_screen;
struct hib_verify;

void hib_report_result(const struct hib_result *result);
void hib_report_speed(const char *verb, u64 bytes, u64 elapsed_ns);
void hib_report_atomic(u64 elapsed_ns, u64 nr_pages);
void hib_report_verify(const struct hib_verify *v);

/* Prints how far the image is, in steps of ten percent. */
struct hib_report_meter;
struct hib_report_meter *hib_report_meter_start(const char *verb,
						const struct hib_progress *progress, u64 nr_pages,
						const char *hint, struct hib_screen *screen);
void hib_report_meter_stop(struct hib_report_meter *meter);

#endif
