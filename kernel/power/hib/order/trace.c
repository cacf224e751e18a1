// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: trace - where the trace events of hibernation are made
 *
 * See mark.c, which fires them.
 */
#define CREATE_TRACE_POINTS
#include <trace/events/hibernation.h>
