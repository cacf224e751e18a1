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
 * Where all graphics drivers have said that no switch is needed, the terminal in front is
 * the user's own. So what the row held is kept, and comes back when the transition ends.
 *
 * A screen may also show what no terminal of this kernel has: after a resume it shows the
 * text of the boot kernel, and a driver that only passes on what is drawn, as simpledrm
 * does, does not know that. Without a switch nobody draws the screen again, so it is done
 * here.
 *
 * If the console lock is taken, the line is left out: the next one comes soon. A terminal
 * in graphics mode is left alone.
 *
 * Context: process context. Only hib_screen_end() waits for the console lock; who releases
 * it prints what has come to the log meanwhile.
 */
#include "screen.h"
#include <linux/console.h>
#include <linux/selection.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/vt_kern.h>

#define SCREEN_CHARACTER	0xff

static u16 *screen_row(struct vc_data *vc)
{
	return screen_pos(vc, 0, false);
}

static struct vc_data *screen_terminal(void)
{
	struct vc_data *vc = vc_cons[fg_console].d;

	return vc && vc->vc_mode == KD_TEXT ? vc : NULL;
}

/* Lines of the log may have moved it away, and a user may have changed the terminal. */
static bool screen_has_line(struct vc_data *vc, const struct hib_screen *screen)
{
	u16 *row = screen_row(vc);

	for (unsigned int i = 0; i < vc->vc_cols && screen->text[i]; i++)
		if ((vcs_scr_readw(vc, row + i) & SCREEN_CHARACTER) != screen->text[i])
			return false;
	return screen->text[0];
}

static void screen_keep(struct vc_data *vc, struct hib_screen *screen)
{
	if (screen->nr_cells != vc->vc_cols) {
		kfree(screen->row);
		screen->row = kmalloc_array(vc->vc_cols, sizeof(*screen->row),
					    GFP_NOWAIT | __GFP_NOWARN);
		screen->nr_cells = screen->row ? vc->vc_cols : 0;
	}
	for (unsigned int i = 0; i < screen->nr_cells; i++)
		screen->row[i] = vcs_scr_readw(vc, screen_row(vc) + i);
}

static void screen_put_back(struct vc_data *vc, const struct hib_screen *screen)
{
	u16 *row = screen_row(vc);

	for (unsigned int i = 0; i < vc->vc_cols; i++)
		vcs_scr_writew(vc, i < screen->nr_cells ? screen->row[i] : vc->vc_video_erase_char,
			       row + i);
}

static void screen_write(struct vc_data *vc, const char *text)
{
	u16 *row = screen_row(vc);
	u16 blank = vc->vc_video_erase_char & ~SCREEN_CHARACTER;
	unsigned int length = strlen(text);

	for (unsigned int i = 0; i < vc->vc_cols; i++)
		vcs_scr_writew(vc, blank | (i < length ? text[i] : ' '), row + i);
	update_region(vc, (unsigned long)row, vc->vc_cols);
}

/**
 * hib_screen_show() - Show a line of text to the user.
 * @screen: What is shown; all zero at first.
 * @text: ASCII, without an end of line. It is cut at the width of the screen.
 *
 * If the console lock is taken, nothing is done: the next text comes soon.
 *
 * Context: Process context.
 */
void hib_screen_show(struct hib_screen *screen, const char *text)
{
	struct vc_data *vc;

	if (!strcmp(text, screen->text) || !console_trylock())
		return;
	vc = screen_terminal();
	if (vc) {
		if (!screen_has_line(vc, screen))
			screen_keep(vc, screen);
		screen_write(vc, text);
		strscpy(screen->text, text);
	}
	console_unlock();
}

/**
 * hib_screen_end() - Show what was there before the line.
 * @screen: All zero afterwards.
 * @resumed: This is the restored kernel: the screen shows what the boot kernel drew.
 *
 * Context: Process context; waits for the console lock.
 */
void hib_screen_end(struct hib_screen *screen, bool resumed)
{
	struct vc_data *vc;

	if (!resumed && !screen->text[0])
		return;
	console_lock();
	vc = screen_terminal();
	if (vc) {
		if (screen_has_line(vc, screen))
			screen_put_back(vc, screen);
		update_region(vc, vc->vc_origin, vc->vc_screenbuf_size / sizeof(u16));
	}
	console_unlock();
	kfree(screen->row);
	*screen = (struct hib_screen) {};
}
