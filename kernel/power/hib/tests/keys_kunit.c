// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: keys_kunit - test of the keys that cancel a way down
 *
 * A keyboard and a power button that the test makes, and no transition: the test opens the
 * door by itself and looks whether a press was taken for a request. A handler of the test
 * stands for the programs that read keys, and counts what they get.
 */
#include <kunit/test.h>
#include <linux/delay.h>
#include <linux/input.h>
#include "order/cancel.h"
#include "order/keys.h"
#include "pure/keypress.h"

/**
 * struct keys_test - What a test works with.
 * @board: A keyboard with Esc and Enter.
 * @button: A power button.
 * @keys: Listens to both.
 * @program: Listens to the keyboard, as programs do.
 * @presses: Presses that @program got.
 * @releases: Releases that @program got.
 */
struct keys_test {
	struct input_dev *board, *button;
	struct hib_keys *keys;
	struct input_handler program;
	unsigned int presses, releases;
};

static void program_event(struct input_handle *handle, unsigned int type, unsigned int code,
			  int value)
{
	struct keys_test *t = handle->private;

	if (type != EV_KEY)
		return;
	if (value == HIB_KEY_UP)
		t->releases++;
	else
		t->presses++;
}

static int program_connect(struct input_handler *handler, struct input_dev *dev,
			   const struct input_device_id *id)
{
	struct input_handle *handle;
	int ret;

	handle = kzalloc(sizeof(*handle), GFP_KERNEL);
	if (!handle)
		return -ENOMEM;
	handle->private = container_of(handler, struct keys_test, program);
	handle->dev = dev;
	handle->handler = handler;
	handle->name = handler->name;
	ret = input_register_handle(handle) ?: input_open_device(handle);
	if (ret)
		kfree(handle);
	return ret;
}

static void program_disconnect(struct input_handle *handle)
{
	input_close_device(handle);
	input_unregister_handle(handle);
	kfree(handle);
}

static bool program_match(struct input_handler *handler, struct input_dev *dev)
{
	return dev == container_of(handler, struct keys_test, program)->board;
}

static const struct input_device_id program_devices[] = {
	{ .driver_info = 1 },
	{ }
};

static struct input_dev *device_with(struct kunit *test, unsigned int key, unsigned int other)
{
	struct input_dev *dev = input_allocate_device();

	KUNIT_ASSERT_NOT_NULL(test, dev);
	dev->name = "hib test";
	input_set_capability(dev, EV_KEY, key);
	input_set_capability(dev, EV_KEY, other);
	KUNIT_ASSERT_EQ(test, 0, input_register_device(dev));
	return dev;
}

static int keys_init(struct kunit *test)
{
	struct keys_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, t);
	test->priv = t;
	t->board = device_with(test, KEY_ESC, KEY_ENTER);
	t->program = (struct input_handler) {
		.name = "hib test",
		.event = program_event,
		.match = program_match,
		.connect = program_connect,
		.disconnect = program_disconnect,
		.id_table = program_devices,
	};
	KUNIT_ASSERT_EQ(test, 0, input_register_handler(&t->program));
	t->keys = hib_keys_listen();
	KUNIT_ASSERT_NOT_NULL(test, t->keys);
	/* One that comes later is heard, too. */
	t->button = device_with(test, KEY_POWER, KEY_POWER);
	hib_cancel_open();
	return 0;
}

static void keys_exit(struct kunit *test)
{
	struct keys_test *t = test->priv;

	if (!t)
		return;
	hib_keys_forget(t->keys);
	if (t->program.name)
		input_unregister_handler(&t->program);
	if (t->board)
		input_unregister_device(t->board);
	if (t->button)
		input_unregister_device(t->button);
	hib_cancel_end();
}

static void report(struct input_dev *dev, unsigned int key, int value)
{
	input_event(dev, EV_KEY, key, value);
	input_sync(dev);
}

static bool press_cancels(struct input_dev *dev, unsigned int key)
{
	bool asked;

	report(dev, key, HIB_KEY_DOWN);
	report(dev, key, HIB_KEY_UP);
	asked = hib_cancel_asked();
	hib_cancel_end();
	hib_cancel_open();
	return asked;
}

static void count_and_settle(struct keys_test *t)
{
	hib_keys_count(t->keys);
	msleep(HIB_KEYPRESS_SETTLE_MS + 20);
}

static void esc_and_power_cancel(struct kunit *test)
{
	struct keys_test *t = test->priv;

	count_and_settle(t);
	KUNIT_EXPECT_TRUE(test, press_cancels(t->board, KEY_ESC));
	KUNIT_EXPECT_TRUE(test, press_cancels(t->board, KEY_ESC));
	KUNIT_EXPECT_TRUE(test, press_cancels(t->button, KEY_POWER));
}

static void other_key_does_not_cancel(struct kunit *test)
{
	struct keys_test *t = test->priv;

	count_and_settle(t);
	KUNIT_EXPECT_FALSE(test, press_cancels(t->board, KEY_ENTER));
}

static void press_before_tasks_are_frozen_does_not_cancel(struct kunit *test)
{
	struct keys_test *t = test->priv;

	KUNIT_EXPECT_FALSE(test, press_cancels(t->board, KEY_ESC));
	KUNIT_EXPECT_FALSE(test, press_cancels(t->button, KEY_POWER));
}

/* A key that is held: the keyboard reports it again when it is resumed, and repeats it. */
static void key_that_is_held_does_not_cancel(struct kunit *test)
{
	struct keys_test *t = test->priv;

	hib_keys_count(t->keys);
	report(t->board, KEY_ESC, HIB_KEY_DOWN);
	KUNIT_EXPECT_FALSE(test, hib_cancel_asked());
	msleep(HIB_KEYPRESS_SETTLE_MS + 20);
	report(t->board, KEY_ESC, HIB_KEY_DOWN);
	report(t->board, KEY_ESC, HIB_KEY_REPEATED);
	KUNIT_EXPECT_FALSE(test, hib_cancel_asked());
	report(t->board, KEY_ESC, HIB_KEY_UP);
	KUNIT_EXPECT_FALSE(test, hib_cancel_asked());
	KUNIT_EXPECT_TRUE(test, press_cancels(t->board, KEY_ESC));
}

/* A program would take it for a press after it is thawed. */
static void no_program_gets_a_press_while_tasks_are_frozen(struct kunit *test)
{
	struct keys_test *t = test->priv;

	press_cancels(t->board, KEY_ESC);
	KUNIT_EXPECT_EQ(test, 1, t->presses);
	hib_keys_count(t->keys);
	press_cancels(t->board, KEY_ESC);
	KUNIT_EXPECT_EQ(test, 1, t->presses);
	count_and_settle(t);
	press_cancels(t->board, KEY_ESC);
	KUNIT_EXPECT_EQ(test, 1, t->presses);
	press_cancels(t->board, KEY_ENTER);
	KUNIT_EXPECT_EQ(test, 2, t->presses);
	hib_keys_ignore(t->keys);
	KUNIT_EXPECT_FALSE(test, press_cancels(t->board, KEY_ESC));
	KUNIT_EXPECT_EQ(test, 3, t->presses);
	KUNIT_EXPECT_EQ(test, 5, t->releases);
}

static void keyboard_may_go_while_it_is_listened_to(struct kunit *test)
{
	struct keys_test *t = test->priv;

	count_and_settle(t);
	input_unregister_device(t->board);
	t->board = NULL;
	KUNIT_EXPECT_TRUE(test, press_cancels(t->button, KEY_POWER));
}

static void nobody_listens_afterwards(struct kunit *test)
{
	struct keys_test *t = test->priv;

	count_and_settle(t);
	hib_keys_forget(t->keys);
	t->keys = NULL;
	KUNIT_EXPECT_FALSE(test, press_cancels(t->board, KEY_ESC));
	KUNIT_EXPECT_FALSE(test, press_cancels(t->button, KEY_POWER));
}

static struct kunit_case keys_cases[] = {
	KUNIT_CASE(esc_and_power_cancel),
	KUNIT_CASE(other_key_does_not_cancel),
	KUNIT_CASE(press_before_tasks_are_frozen_does_not_cancel),
	KUNIT_CASE(key_that_is_held_does_not_cancel),
	KUNIT_CASE(no_program_gets_a_press_while_tasks_are_frozen),
	KUNIT_CASE(keyboard_may_go_while_it_is_listened_to),
	KUNIT_CASE(nobody_listens_afterwards),
	{}
};

static struct kunit_suite keys_suite = {
	.name = "hib_keys",
	.init = keys_init,
	.exit = keys_exit,
	.test_cases = keys_cases,
};

kunit_test_suite(keys_suite);

MODULE_DESCRIPTION("Test of the keys that cancel hibernation");
MODULE_LICENSE("GPL");
