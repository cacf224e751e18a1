// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: keys_kunit - test of the keys that cancel a way down
 *
 * A keyboard and a power button that the test makes, and no transition: the test opens the
 * door by itself and looks whether a press was taken for a request.
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
 */
struct keys_test {
	struct input_dev *board, *button;
	struct hib_keys *keys;
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

/* Held since before: it shows itself anew when the keyboard is resumed, and is repeated. */
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
