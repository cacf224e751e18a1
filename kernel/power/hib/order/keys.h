/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_KEYS_H
#define HIB_KEYS_H

#include <linux/kconfig.h>

/* For the screen, after how far the transition is: 80 columns have room for this. */
#define HIB_KEYS_HINT	"Esc or power button: cancel"

struct hib_keys;

#if IS_BUILTIN(CONFIG_INPUT)
struct hib_keys *hib_keys_listen(void);
void hib_keys_count(struct hib_keys *keys);
void hib_keys_ignore(struct hib_keys *keys);
void hib_keys_forget(struct hib_keys *keys);
#else
static inline struct hib_keys *hib_keys_listen(void)
{
	return NULL;
}

static inline void hib_keys_count(struct hib_keys *keys)
{
}

static inline void hib_keys_ignore(struct hib_keys *keys)
{
}

static inline void hib_keys_forget(struct hib_keys *keys)
{
}
#endif

#endif
