// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: mark - steps for those who look
 *
 * Each step is noted in the timeline of its session when it begins and when it ends, and
 * traced. The events hibernation_step_begin and hibernation_step_end have the name and the
 * result in themselves, so perf can show them. The event suspend_resume has a pointer to the
 * name; sleepgraph draws a bar for each pair of these.
 *
 * What a step read from devices and wrote to them is what the counters of the session grew by
 * meanwhile.
 *
 * The clock is one that can be asked while timekeeping is suspended; it stands still then.
 */
#include "mark.h"
#include <linux/atomic.h>
#include <linux/timekeeping.h>
#include <trace/events/hibernation.h>
#include <trace/events/power.h>
#include "session.h"

/**
 * hib_mark() - Note that a step begins or ends.
 * @session: A struct hib_session.
 * @step: Its name, a string that stays.
 * @mark: What happens to it.
 * @ret: At %HIB_STEP_ENTERED the result of the step, else 0.
 *
 * Context: Any in which steps are run, also with interrupts off. Not between the copy of
 * memory and the return of the processor's state.
 */
void hib_mark(void *session, const char *step, enum hib_step_mark mark, int ret)
{
	struct hib_session *s = session;
	struct hib_timeline *t = s->timeline;
	bool leave = mark == HIB_STEP_LEAVES || mark == HIB_STEP_LEFT;
	bool begin = mark == HIB_STEP_ENTERS || mark == HIB_STEP_LEAVES;

	trace_suspend_resume(step, leave, begin);
	hib_timeline_moved(t, atomic64_read(&s->progress.bytes));
	if (begin) {
		hib_timeline_begin(t, step, leave, ktime_get_mono_fast_ns());
		trace_hibernation_step_begin(step, leave);
	} else {
		hib_timeline_end(t, step, leave, ret, ktime_get_mono_fast_ns());
		trace_hibernation_step_end(step, leave, ret);
	}
}
