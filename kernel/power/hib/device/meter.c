// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: meter - requests of a place, measured
 *
 * A request that is to be measured is told its meter before any of it is submitted. From
 * then until its last bio has ended it is in flight; pure/rate.c makes a speed of that.
 * The meter belongs to the store, and outlives the requests.
 *
 * Context: any; the lock is taken in interrupts, once for each request.
 */
#include "meter.h"
#include <linux/spinlock.h>
#include <linux/timekeeping.h>
#include "pure/io.h"

/**
 * hib_meter_start() - Have a request measured.
 * @done: The request, begun; nothing of it was submitted.
 * @meter: Where it counts.
 * @bytes: How much it moves.
 *
 * Context: Any.
 */
void hib_meter_start(struct hib_io_done *done, struct hib_io_meter *meter, u64 bytes)
{
	unsigned long flags;

	done->meter = meter;
	done->bytes = bytes;
	spin_lock_irqsave(&meter->lock, flags);
	hib_rate_start(&meter->rate, ktime_get_ns());
	spin_unlock_irqrestore(&meter->lock, flags);
}

/**
 * hib_meter_end() - The last bio of a request has ended.
 * @done: The request; nothing happens if it is not measured.
 *
 * Context: Any, also an interrupt.
 */
void hib_meter_end(struct hib_io_done *done)
{
	u64 moved = READ_ONCE(done->error) ? 0 : done->bytes;
	struct hib_io_meter *meter = done->meter;
	unsigned long flags;

	if (!meter)
		return;
	spin_lock_irqsave(&meter->lock, flags);
	hib_rate_end(&meter->rate, ktime_get_ns(), moved);
	spin_unlock_irqrestore(&meter->lock, flags);
}

/**
 * hib_meter_mib_ns() - What does the place take for a MiB?
 * @meter: The meter.
 *
 * Context: Any.
 * Return: Nanoseconds; 0: not known yet.
 */
u64 hib_meter_mib_ns(struct hib_io_meter *meter)
{
	unsigned long flags;
	u64 mib_ns;

	spin_lock_irqsave(&meter->lock, flags);
	mib_ns = hib_rate_mib_ns(&meter->rate);
	spin_unlock_irqrestore(&meter->lock, flags);
	return mib_ns;
}
