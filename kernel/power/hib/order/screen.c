// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: screen - a line on the virtual terminal that is in front
 *
 * While tasks are frozen nobody draws, so the kernel writes one line into the top row of
 * the terminal that is in front. It writes as /dev/vcs does, with the console lock held:
 * neither the cursor nor the state of the terminal changes, and it works whatever shows the
 * terminal, and whether or not it is a console of the log. The top row is the one that
 * scrolls away first, so no old line stays between lines of the log.
 *
 * If the console lock is taken, the line is left out: the next one comes soon. A terminal
 * in graphics mode is left alone.
 *
 * Context: process context. Waits for nobody; who releases the console lock prints what
 * has come to the log meanwhile.
 */
#include "screen.h"
#include <linux/console.h>
#include <linux/selection.h>
#include <linux/string.h>
#include <linux/types.h>
#include <linux/vt_kern.h>

#define SCREEN_CHARACTER	0xff

static void screen_write(struct vc_data *vc, const char *text)
{
	u16 *row = screen_pos(vc, 0, false);
	u16 blank = vc->vc_video_erase_char & ~SCREEN_CHARACTER;
	unsigned int length = strlen(text);

	for (unsigned int i = 0; i < vc->vc_cols; i++)
		vcs_scr_writew(vc, blank | (i < length ? text[i] : ' '), row + i);
	update_region(vc, (unsigned long)row, vc->vc_cols);
}

/**
 * hib_screen_show() - Show a line of text to the user.
 * @text: ASCII, without an end of line. It is cut at the width of the screen.
 *
 * Context: Process context.
 * Return: false if the console lock was taken: try again later.
 */
bool hib_screen_show(const char *text)
{
	struct vc_data *vc;

	if (!console_trylock())
		return false;
	vc = vc_cons[fg_console].d;
	if (vc && vc->vc_mode == KD_TEXT)
		screen_write(vc, text);
	console_unlock();
	return true;
}
