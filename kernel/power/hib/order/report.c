// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: report - phase lines, progress, rates
 *
 * All lines that people and tools read are printed here, with the words that they know
 * from earlier kernels. Lower layers only add to &struct hib_progress. The meter, a work
 * item on a queue that does not freeze, reads it ten times a second. It prints a line for
 * each ten percent to the log, and renews a line on the screen (screen.c) when its text
 * changes.
 */
#include "report.h"
#include <linux/math64.h>
#include <linux/printk.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>
#include <linux/workqueue.h>
#include "memory/verify.h"
#include "pure/gauge.h"
#include "screen.h"
#include "settings.h"

#define METER_INTERVAL_MS	100u
#define METER_STEP_PERCENT	10u

/**
 * struct hib_report_meter - Reports progress to the log while an image is written or read.
 * @work: Reads @progress, and queues itself again.
 * @progress: The counters that lower layers add to.
 * @verb: What is done to pages, for the log.
 * @nr_pages: Number of pages in all.
 * @next_percent: Percentage at which the next line is printed.
 * @started: When it began.
 * @hint: What the user can do about it, for the screen; NULL: nothing.
 * @screen: The line that is on the screen.
 */
struct hib_report_meter {
	struct delayed_work work;
	const struct hib_progress *progress;
	const char *verb;
	u64 nr_pages;
	unsigned int next_percent;
	ktime_t started;
	const char *hint;
	struct hib_screen *screen;
};

/**
 * hib_report_result() - The one line that says how a transition ended.
 * @result: Phase, step, errno, reason.
 */
void hib_report_result(const struct hib_result *result)
{
	if (result->error)
		pr_err("PM: hibernation: result phase=%s step=%s errno=%d reason=%s\n",
		       result->phase, result->step, result->error, result->reason);
	else
		pr_info("PM: hibernation: result phase=%s step=%s errno=0 reason=ok\n",
			result->phase, result->step);
}

/**
 * hib_report_speed() - Amount, time and rate.
 * @verb: "Wrote" or "Read".
 * @bytes: Bytes of pages.
 * @elapsed_ns: Time it took.
 */
void hib_report_speed(const char *verb, u64 bytes, u64 elapsed_ns)
{
	u64 kib = bytes >> 10;
	u64 centis = max_t(u64, div_u64(elapsed_ns, 10 * NSEC_PER_MSEC), 1);
	u64 rate = div64_u64(kib * 10, centis);		/* hundredths of a kB/s x 1000 */

	pr_info("PM: %s %llu kbytes in %llu.%02llu seconds (%llu.%02llu MB/s)\n", verb, kib,
		centis / 100, centis % 100, rate / 100, rate % 100);
}

/**
 * hib_report_atomic() - Print how long the copy took.
 * @elapsed_ns: Time with interrupts off.
 * @nr_pages: Page frames that were saved.
 */
void hib_report_atomic(u64 elapsed_ns, u64 nr_pages)
{
	u64 per_gib = div64_u64(elapsed_ns << (30 - PAGE_SHIFT), max_t(u64, nr_pages, 1));

	pr_info("PM: hibernation: Interrupts were off for %llu ms, %llu ms per GiB\n",
		div_u64(elapsed_ns, NSEC_PER_MSEC), div_u64(per_gib, NSEC_PER_MSEC));
}

/**
 * hib_report_verify() - What the comparison after a resume found.
 * @v: Its result.
 */
void hib_report_verify(const struct hib_verify *v)
{
	unsigned int shown = min_t(u64, v->wrong, ARRAY_SIZE(v->first_wrong));

	pr_info("PM: hibernation: verify: %llu checked, %llu excepted, %llu wrong\n",
		v->checked, v->excepted, v->wrong);
	for (unsigned int i = 0; i < shown; i++)
		pr_err("PM: hibernation: verify: frame %#lx differs\n", v->first_wrong[i]);
}

static void meter_print(struct hib_report_meter *meter, unsigned int percent)
{
	if (percent < meter->next_percent)
		return;
	percent -= percent % METER_STEP_PERCENT;
	pr_info("PM: Image %s progress: %3u%%\n", meter->verb, percent);
	meter->next_percent = percent + METER_STEP_PERCENT;
}

static void meter_show(struct hib_report_meter *meter, const struct hib_gauge *m)
{
	char text[HIB_GAUGE_TEXT_BYTES];

	hib_gauge_text(m, meter->verb, meter->hint, text);
	hib_screen_show(meter->screen, text);
}

static void meter_tell(struct hib_report_meter *meter)
{
	s64 elapsed_ms = ktime_ms_delta(ktime_get(), meter->started);
	struct hib_gauge m;

	if (hib_settings.progress == HIB_PROGRESS_OFF)
		return;
	hib_gauge_read(&m, atomic64_read(&meter->progress->pages), meter->nr_pages, elapsed_ms);
	meter_print(meter, m.percent);
	if (hib_settings.progress == HIB_PROGRESS_AUTO)
		meter_show(meter, &m);
}

static void meter_work(struct work_struct *work)
{
	struct hib_report_meter *meter = container_of(to_delayed_work(work),
						      struct hib_report_meter, work);

	meter_tell(meter);
	queue_delayed_work(system_unbound_wq, &meter->work, msecs_to_jiffies(METER_INTERVAL_MS));
}

/**
 * hib_report_meter_start() - Begin to print progress.
 * @verb: "saving" or "loading".
 * @progress: What to read.
 * @nr_pages: Pages that make the whole.
 * @hint: What the user can do about it; NULL: nothing.
 * @screen: Where the line on the screen is kept. It stays until hib_screen_end().
 *
 * Context: Process context.
 * Return: The meter, for hib_report_meter_stop(); or NULL, which that function accepts, if
 * there was no memory for it.
 */
struct hib_report_meter *hib_report_meter_start(const char *verb,
						const struct hib_progress *progress, u64 nr_pages,
						const char *hint, struct hib_screen *screen)
{
	struct hib_report_meter *meter = kzalloc(sizeof(*meter), GFP_KERNEL | __GFP_NOWARN);

	if (!meter)
		return NULL;
	meter->verb = verb;
	meter->progress = progress;
	meter->nr_pages = nr_pages;
	meter->hint = hint;
	meter->screen = screen;
	meter->started = ktime_get();
	INIT_DELAYED_WORK(&meter->work, meter_work);
	meter_tell(meter);
	queue_delayed_work(system_unbound_wq, &meter->work, msecs_to_jiffies(METER_INTERVAL_MS));
	return meter;
}

/**
 * hib_report_meter_stop() - Stop to print progress.
 * @meter: Freed here. May be NULL.
 */
void hib_report_meter_stop(struct hib_report_meter *meter)
{
	if (!meter)
		return;
	cancel_delayed_work_sync(&meter->work);
	meter_tell(meter);
	kfree(meter);
}
