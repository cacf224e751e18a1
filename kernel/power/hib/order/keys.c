// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: keys - Esc or the power button cancels a transition
 *
 * With all tasks frozen no program can read a key, so the kernel does: an input handler
 * is registered for the transition, and connected to each device that has Esc or a power
 * key. hib_keys_listen() registers it while tasks still run, as it waits for a mutex of
 * the input layer. A press counts only after hib_keys_count(): from the freezing of tasks
 * on, when no program can mean to get it. No program gets it later either: a program that
 * turns the machine off when the power button is pressed would do so as soon as it is
 * thawed. So the handler is a filter until hib_keys_ignore(). Only presses are kept back.
 * A release is passed on, as a program may have seen the press.
 *
 * A program that has grabbed a keyboard is the only one that gets its keys, also here.
 *
 * The handler is a part of the image, so the restored kernel unregisters it as well.
 *
 * Failing to listen is no reason not to hibernate: the log says so, and only wake-up
 * events and /sys/power/hibernate/cancel end the way down then.
 *
 * Context: process context, except for the event itself, which comes with interrupts off.
 */
#define pr_fmt(fmt) "PM: hibernation: " fmt

#include "keys.h"
#include <linux/err.h>
#include <linux/input.h>
#include <linux/ktime.h>
#include <linux/printk.h>
#include <linux/slab.h>
#include "pure/keypress.h"
#include "cancel.h"

/**
 * struct hib_keys - Listens to keyboards and power buttons.
 * @handler: The input layer's view of it.
 * @since_ms: Time from which presses count; 0: they do not count.
 */
struct hib_keys {
	struct input_handler handler;
	u64 since_ms;
};

static u64 keys_now_ms(void)
{
	return ktime_to_ms(ktime_get());
}

/* Returns true if nobody else gets the event. */
static bool keys_filter(struct input_handle *handle, unsigned int type, unsigned int code,
			int value)
{
	struct hib_keys *keys = handle->private;
	/* Pairs with hib_keys_count() and hib_keys_ignore(). */
	u64 since_ms = READ_ONCE(keys->since_ms);

	if (type != EV_KEY || (code != KEY_ESC && code != KEY_POWER))
		return false;
	if (hib_keypress_counts(value, since_ms, keys_now_ms()))
		hib_cancel_ask();
	return since_ms && value != HIB_KEY_UP;
}

static int keys_connect(struct input_handler *handler, struct input_dev *dev,
			const struct input_device_id *id)
{
	struct input_handle *handle = kzalloc(sizeof(*handle), GFP_KERNEL);
	int ret;

	if (!handle)
		return -ENOMEM;
	handle->private = container_of(handler, struct hib_keys, handler);
	handle->dev = dev;
	handle->handler = handler;
	handle->name = handler->name;
	ret = input_register_handle(handle);
	if (ret)
		goto err_free;
	ret = input_open_device(handle);
	if (ret)
		goto err_unregister;
	return 0;

err_unregister:
	input_unregister_handle(handle);
err_free:
	kfree(handle);
	return ret;
}

static void keys_disconnect(struct input_handle *handle)
{
	input_close_device(handle);
	input_unregister_handle(handle);
	kfree(handle);
}

#define KEYS_DEVICE_WITH(_key) {						\
	.flags = INPUT_DEVICE_ID_MATCH_EVBIT | INPUT_DEVICE_ID_MATCH_KEYBIT,	\
	.evbit = { BIT_MASK(EV_KEY) },						\
	.keybit = { [BIT_WORD(_key)] = BIT_MASK(_key) },			\
}

static const struct input_device_id keys_devices[] = {
	KEYS_DEVICE_WITH(KEY_ESC),
	KEYS_DEVICE_WITH(KEY_POWER),
	{ }
};

/**
 * hib_keys_listen() - Listen to keyboards and power buttons.
 *
 * Context: Process context, tasks running. Sleeps.
 * Return: For hib_keys_forget(); or NULL, which all functions accept, if it failed.
 */
struct hib_keys *hib_keys_listen(void)
{
	struct hib_keys *keys = kzalloc(sizeof(*keys), GFP_KERNEL);
	int ret = -ENOMEM;

	if (keys) {
		keys->handler = (struct input_handler) {
			.name = "hibernate",
			.filter = keys_filter,
			.connect = keys_connect,
			.disconnect = keys_disconnect,
			.id_table = keys_devices,
		};
		ret = input_register_handler(&keys->handler);
	}
	if (!ret)
		return keys;
	kfree(keys);
	pr_warn("no key can cancel this: %pe\n", ERR_PTR(ret));
	return NULL;
}

/**
 * hib_keys_count() - From now on presses count.
 * @keys: From hib_keys_listen(), or NULL.
 *
 * Call it again after devices are resumed: they may report a key that is held as a new press.
 *
 * Context: Tasks are frozen, or are about to be.
 */
void hib_keys_count(struct hib_keys *keys)
{
	if (keys)
		WRITE_ONCE(keys->since_ms, max(keys_now_ms(), 1));
}

/**
 * hib_keys_ignore() - From now on presses do not count, and programs get them.
 * @keys: From hib_keys_listen(), or NULL.
 *
 * Context: Tasks are about to be thawed. This may be the restored kernel.
 */
void hib_keys_ignore(struct hib_keys *keys)
{
	if (keys)
		WRITE_ONCE(keys->since_ms, 0);
}

/**
 * hib_keys_forget() - Stop listening.
 * @keys: From hib_keys_listen(); freed here. May be NULL.
 *
 * Context: Process context. Sleeps. This may be the restored kernel.
 */
void hib_keys_forget(struct hib_keys *keys)
{
	if (!keys)
		return;
	input_unregister_handler(&keys->handler);
	kfree(keys);
}
