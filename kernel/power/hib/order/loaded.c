// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: loaded - the second kernel, as kexec has loaded it
 *
 * kexec has its segments in pages of this kernel, and a list that says where each page goes.
 * They are copied, not moved, so that they are there for the next time.
 *
 * Context: process context. Tasks are frozen, or the caller holds kexec's lock, as a program
 * may load another kernel.
 */
#include "loaded.h"
#include <linux/errno.h>
#include <linux/io.h>
#include <linux/ioport.h>
#include <linux/kexec.h>
#include <linux/mm.h>
#include "../../../kexec_internal.h"
#include "settings.h"

/* Nothing but the windows is changed by what is loaded, nor is their last frame. */
static bool loaded_is_in_windows(const struct kimage *image)
{
	const struct hib_windows *w = &hib_settings.windows;

	for (unsigned int i = 0; i < image->nr_segments; i++) {
		u64 start = hib_windows_index(w, PHYS_PFN(image->segment[i].mem));
		u64 nr = PHYS_PFN(image->segment[i].memsz);
		u64 last = PHYS_PFN(image->segment[i].mem) + nr - 1;

		if (nr && (start + nr > hib_windows_pages(w) - 1 ||
			   start + nr - 1 != hib_windows_index(w, last)))
			return false;
	}
	return true;
}

/* Frames of devices must be neither read nor exchanged. */
static bool loaded_has_memory(const struct hib_windows *w)
{
	for (unsigned int i = 0; i < w->nr; i++) {
		u64 start = w->range[i].start_pfn, nr = w->range[i].end_pfn - start;

		if (region_intersects(PFN_PHYS(start), PFN_PHYS(nr), IORESOURCE_SYSTEM_RAM,
				      IORES_DESC_NONE) != REGION_INTERSECTS)
			return false;
	}
	return true;
}

/**
 * hib_loaded_check_windows() - Can a second kernel run in the windows?
 * @why: After an error: what is wrong, for a reader.
 *
 * Return: 0; -ENOENT if no window is named; -EINVAL if one is no memory, or not any more.
 */
int hib_loaded_check_windows(const char **why)
{
	const struct hib_windows *w = &hib_settings.windows;

	*why = "no window is named";
	if (!w->nr)
		return -ENOENT;
	*why = "a window is not all memory";
	return loaded_has_memory(w) ? 0 : -EINVAL;
}

/**
 * hib_loaded_check() - Is a second kernel loaded that can be entered?
 * @why: After an error: what is wrong, for a reader.
 *
 * Return: 0; -ENOENT if none is loaded or no window is named; -EINVAL if it is loaded
 * elsewhere, or a window is no memory.
 */
int hib_loaded_check(const char **why)
{
	const struct kimage *image = kexec_image;
	int ret = hib_loaded_check_windows(why);

	if (ret)
		return ret;
	*why = "no kernel is loaded";
	if (!image || image->preserve_context)
		return -ENOENT;
	*why = "the kernel is loaded outside of its windows";
	return loaded_is_in_windows(image) ? 0 : -EINVAL;
}

/**
 * hib_loaded_entry() - Where is it entered?
 *
 * Return: A physical address. hib_loaded_check() has returned 0.
 */
u64 hib_loaded_entry(void)
{
	return kexec_image->start;
}

/**
 * hib_loaded_put() - Copy what was loaded to where it is exchanged from.
 * @place: Says where the content of the frame of the windows with a number lies.
 * @arg: Passed to it.
 *
 * hib_loaded_check() has returned 0. Frames that nothing was loaded to stay as they are.
 */
void hib_loaded_put(void *(*place)(void *arg, u64 index), void *arg)
{
	kimage_entry_t *at = &kexec_image->head;
	u64 pfn = 0;

	for (kimage_entry_t entry = *at; entry && !(entry & IND_DONE); entry = *at) {
		if (entry & IND_INDIRECTION) {
			at = __va(entry & PAGE_MASK);
			continue;
		}
		at++;
		if (entry & IND_DESTINATION)
			pfn = PHYS_PFN(entry);
		if (entry & IND_SOURCE) {
			u64 index = hib_windows_index(&hib_settings.windows, pfn++);

			copy_page(place(arg, index), __va(entry & PAGE_MASK));
		}
	}
}
