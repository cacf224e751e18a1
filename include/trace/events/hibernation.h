/* SPDX-License-Identifier: GPL-2.0 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM hibernation

#if !defined(_TRACE_HIBERNATION_H) || defined(TRACE_HEADER_MULTI_READ)
#define _TRACE_HIBERNATION_H

#include <linux/tracepoint.h>

TRACE_EVENT(hibernation_step_begin,

	TP_PROTO(const char *step, bool leave),

	TP_ARGS(step, leave),

	TP_STRUCT__entry(
		__string(step, step)
		__field(bool, leave)
	),

	TP_fast_assign(
		__assign_str(step);
		__entry->leave = leave;
	),

	TP_printk("step=%s way=%s", __get_str(step), __entry->leave ? "leave" : "enter")
);

TRACE_EVENT(hibernation_step_end,

	TP_PROTO(const char *step, bool leave, int ret),

	TP_ARGS(step, leave, ret),

	TP_STRUCT__entry(
		__string(step, step)
		__field(bool, leave)
		__field(int, ret)
	),

	TP_fast_assign(
		__assign_str(step);
		__entry->leave = leave;
		__entry->ret = ret;
	),

	TP_printk("step=%s way=%s ret=%d", __get_str(step), __entry->leave ? "leave" : "enter",
		  __entry->ret)
);

#endif /* _TRACE_HIBERNATION_H */

#include <trace/define_trace.h>
