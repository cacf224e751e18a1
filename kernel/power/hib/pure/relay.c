// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: relay - the record that a second kernel writes an image by
 *
 * The kernel that hibernates fills the record and closes it. The second kernel believes
 * none of its numbers: it checks the record, and each word of a list when it reads it. What
 * a record leads to lies in memory that the second kernel does not know, so reading a page
 * is left to the caller.
 *
 * Pure: no state, any context.
 */
#include "relay.h"
#include "text.h"

static u64 relay_tag(const struct hib_relay *r)
{
	const u8 *bytes = (const u8 *)r;
	const size_t hole = offsetof(struct hib_relay, tag), after = hole + sizeof(r->tag);
	u64 seed = xxh64(bytes, hole, HIB_RELAY_MAGIC);

	return xxh64(bytes + after, offsetof(struct hib_relay, result) - after, seed);
}

/**
 * hib_relay_close() - Complete a record.
 * @r: All but magic, version, length and tag is filled.
 */
void hib_relay_close(struct hib_relay *r)
{
	r->magic = HIB_RELAY_MAGIC;
	r->version = HIB_RELAY_VERSION;
	r->bytes = sizeof(*r);
	r->tag = relay_tag(r);
	r->result = (struct hib_relay_result) {};
}

/* Windows are memory of the machine that is saved. */
static bool relay_windows_are_sound(const struct hib_relay *r)
{
	return hib_windows_are_sound(&r->windows) &&
	       r->windows.range[r->windows.nr - 1].end_pfn <= r->end_pfn;
}

static bool relay_frames_are_sound(const struct hib_relay *r)
{
	return r->nr_pages && r->nr_pages <= r->end_pfn && r->end_pfn <= HIB_WINDOWS_END_PFN &&
	       r->frames.nr == DIV_ROUND_UP(r->end_pfn, HIB_PFNSET_PAGE_PFNS) &&
	       r->partners.nr == hib_windows_pages(&r->windows) && r->has_digests <= 1;
}

static bool relay_members_are_sound(const struct hib_relay *r)
{
	for (unsigned int i = 0; i < HIB_MEMBERS_MAX; i++)
		if (r->members.member[i].nr_blocks > HIB_RELAY_BLOCKS_MAX)
			return false;
	return hib_members_are_sound(&r->members, HIB_RELAY_BLOCKS_MAX);
}

/* The runs themselves are looked at as they are read. */
static bool relay_blocks_are_sound(const struct hib_relay *r)
{
	return r->blocks.nr && !(r->blocks.nr % 2) &&
	       r->blocks.nr / 2 <= hib_members_blocks(&r->members);
}

static bool relay_reentry_is_sound(const struct hib_relay *r)
{
	return !(r->reentry % sizeof(u64)) && hib_relay_has_frame(r, r->reentry / HIB_BLOCK_BYTES);
}

static bool relay_header_is_sound(const struct hib_relay *r)
{
	u64 pfn = r->header / HIB_BLOCK_BYTES;

	return r->header == pfn * HIB_BLOCK_BYTES && hib_relay_has_frame(r, pfn);
}

/* What is written, and where to. */
static int relay_check_image(const struct hib_relay *r, const char **why)
{
	*why = "number of frames";
	if (!relay_frames_are_sound(r))
		return -EBADMSG;
	*why = "devices";
	if (!relay_members_are_sound(r))
		return -EBADMSG;
	*why = "number of blocks";
	if (!relay_blocks_are_sound(r))
		return -EBADMSG;
	*why = "address of the header";
	if (!relay_header_is_sound(r))
		return -EBADMSG;
	*why = "codec";
	return hib_text_is_sound(r->codec, sizeof(r->codec)) ? 0 : -EBADMSG;
}

/**
 * hib_relay_check() - May a record be followed?
 * @r: A copy of what the other kernel left.
 * @why: After an error: what is wrong.
 *
 * Return:
 * * 0
 * * -ENODATA	- there is no record
 * * -EOPNOTSUPP	- of another version, or with another header
 * * -EBADMSG	- damaged, or its numbers cannot be
 */
int hib_relay_check(const struct hib_relay *r, const char **why)
{
	*why = "no record";
	if (r->magic != HIB_RELAY_MAGIC)
		return -ENODATA;
	*why = "version";
	if (r->version != HIB_RELAY_VERSION || r->bytes != sizeof(*r))
		return -EOPNOTSUPP;
	*why = "tag";
	if (r->tag != relay_tag(r))
		return -EBADMSG;
	*why = "length of the header";
	if (r->header_bytes != sizeof(struct hib_header))
		return -EOPNOTSUPP;
	*why = "windows";
	if (!relay_windows_are_sound(r))
		return -EBADMSG;
	*why = "address of the way back";
	if (!relay_reentry_is_sound(r))
		return -EBADMSG;
	*why = "what is to be done";
	if (r->keep > 1)
		return -EBADMSG;
	return r->keep ? 0 : relay_check_image(r, why);
}

/**
 * hib_relay_has_frame() - May a page frame of the other kernel be read where it is?
 * @r: The record, whose windows are sound.
 * @pfn: Any number.
 *
 * Return: true if it is below the end of what may be saved, and in no window.
 */
bool hib_relay_has_frame(const struct hib_relay *r, u64 pfn)
{
	return pfn < r->end_pfn &&
	       hib_windows_index(&r->windows, pfn) == hib_windows_pages(&r->windows);
}

/**
 * hib_relay_partner_is_sound() - May what a frame of the windows had in it lie there?
 * @r: The record, checked.
 * @pfn: A frame of the windows.
 * @partner: Its partner, any number.
 *
 * Return: true if it is the frame itself, which is then not to be read, or a frame that can
 * be read.
 */
bool hib_relay_partner_is_sound(const struct hib_relay *r, u64 pfn, u64 partner)
{
	return partner == pfn || hib_relay_has_frame(r, partner);
}

/**
 * hib_relay_blocks_begin() - Begin to take the blocks that a record names.
 * @r: The record, checked.
 * @taken: Uninitialised. Has the root block of each member, and the blocks of the header and
 *	of the steps of boots. hib_relay_blocks_end() it, also after an error.
 *
 * Context: May sleep.
 * Return: 0; -EBADMSG if one of them cannot be that; -ENOMEM.
 */
int hib_relay_blocks_begin(const struct hib_relay *r, struct hib_relay_taken *taken)
{
	int ret = 0;

	memset(taken, 0, sizeof(*taken));
	for (unsigned int i = 0; !ret && i < HIB_MEMBERS_MAX; i++) {
		const struct hib_member *member = &r->members.member[i];

		if (!member->nr_blocks)
			continue;
		ret = hib_pfnset_init(&taken->member[i], member->nr_blocks) ?:
		      hib_pfnset_add(&taken->member[i], member->root_block);
	}
	/* Only the root device has both: their numbers name no member. */
	if (!ret && hib_block_member(r->header_block | r->blackbox_block))
		ret = -EBADMSG;
	if (!ret)
		ret = hib_relay_blocks_take(taken, r->header_block, 1);
	if (!ret && r->blackbox_block)
		ret = hib_relay_blocks_take(taken, r->blackbox_block, 1);
	return ret;
}

/**
 * hib_relay_blocks_take() - Take a run of blocks.
 * @taken: After hib_relay_blocks_begin() or this function.
 * @block: Member and first block, any number.
 * @nr_blocks: Length, any number.
 *
 * Block 0 of a device is never an image's: a boot sector, or a swap header.
 *
 * Context: May sleep.
 * Return: 0; -EBADMSG if the run is not on its device to its end, is empty, or has a block
 * that was taken before; -ENOMEM.
 */
int hib_relay_blocks_take(struct hib_relay_taken *taken, u64 block, u64 nr_blocks)
{
	u32 member = hib_block_member(block);
	u64 number = hib_block_number(block), before;
	struct hib_pfnset *set;
	int ret;

	if (member >= HIB_MEMBERS_MAX)
		return -EBADMSG;
	set = &taken->member[member];
	if (!number || !nr_blocks || number >= set->end_pfn || nr_blocks > set->end_pfn - number)
		return -EBADMSG;
	before = set->nr_set;
	ret = hib_pfnset_add_range(set, number, number + nr_blocks);
	if (ret)
		return ret;
	return set->nr_set - before == nr_blocks ? 0 : -EBADMSG;
}

/**
 * hib_relay_blocks_end() - Free what lists the blocks.
 * @taken: After hib_relay_blocks_begin().
 *
 * Context: May sleep.
 */
void hib_relay_blocks_end(struct hib_relay_taken *taken)
{
	for (unsigned int i = 0; i < HIB_MEMBERS_MAX; i++)
		hib_pfnset_exit(&taken->member[i]);
}

/* Lists, lengths and blocks are what the second kernel makes, so nothing is said of them. */
static const char *relay_header_fault(const struct hib_relay *r, const struct hib_header *said)
{
	if (memcmp(said->image_id, r->image_id, HIB_ID_BYTES) || said->nr_pages != r->nr_pages)
		return "header of another image";
	if (said->may_ignore & ~HIB_MAY_KEEP || said->must_know & ~HIB_MUST_GUARD ||
	    said->flags & ~HIB_IMAGE_PLATFORM)
		return "header features";
	if (said->nr_ram_pages < said->nr_pages || said->boot_pages > said->nr_ram_pages)
		return "header nr_ram_pages";
	if (said->nr_cpus > HIB_HEADER_CPUS_MAX)
		return "header nr_cpus";
	if (said->handover_pfn >= r->end_pfn)
		return "header handover_pfn";
	if (said->arch_bytes > HIB_ARCH_BYTES)
		return "header arch";
	return NULL;
}

static bool relay_guards_take(const struct hib_header *said, struct hib_header *h)
{
	struct hib_disk_guard disk[HIB_GUARDS_MAX];
	bool guarded = said->must_know & HIB_MUST_GUARD;

	if (said->guards.nr > HIB_GUARDS_MAX || guarded != !!said->guards.nr)
		return false;
	hib_guards_build(disk, &said->guards);
	return hib_guards_read(disk, &h->guards) && h->guards.nr == said->guards.nr;
}

/**
 * hib_relay_header_take() - Take over what the other kernel says of itself in the header.
 * @r: The record, checked.
 * @said: What it says, of which nothing was looked at.
 * @h: Receives that, and the devices that the record names. All else is 0. Not to be used
 *	after an error.
 * @why: After an error: what is wrong.
 *
 * Return: 0, or -EBADMSG: a header with that would be refused by a boot, or does not belong
 * to the record.
 */
int hib_relay_header_take(const struct hib_relay *r, const struct hib_header *said,
			  struct hib_header *h, const char **why)
{
	*why = relay_header_fault(r, said);
	if (*why)
		return -EBADMSG;
	memset(h, 0, sizeof(*h));
	*why = "header guards";
	if (!relay_guards_take(said, h))
		return -EBADMSG;
	memcpy(h->image_id, r->image_id, HIB_ID_BYTES);
	h->may_ignore = said->may_ignore;
	h->must_know = said->must_know;
	h->flags = said->flags;
	h->hw_signature = said->hw_signature;
	h->created_s = said->created_s;
	h->nr_ram_pages = said->nr_ram_pages;
	h->nr_pages = r->nr_pages;
	h->owner = said->owner;
	h->nr_cpus = said->nr_cpus;
	h->handover_pfn = said->handover_pfn;
	h->boot_pages = said->boot_pages;
	h->members = r->members;
	hib_text_build(h->release, said->release, sizeof(h->release));
	hib_text_build(h->build, said->build, sizeof(h->build));
	hib_text_build(h->machine, said->machine, sizeof(h->machine));
	h->arch_bytes = said->arch_bytes;
	memcpy(h->arch, said->arch, said->arch_bytes);
	return 0;
}

/**
 * hib_relay_begin() - Begin to read a list.
 * @reader: Its @map and @arg are filled.
 * @list: The list.
 */
void hib_relay_begin(struct hib_relay_reader *reader, const struct hib_relay_list *list)
{
	reader->left = list->nr;
	reader->next = list->first;
	reader->page = NULL;
	reader->at = 0;
}

/**
 * hib_relay_next() - Read the next word of a list.
 * @reader: After hib_relay_begin().
 * @word: Result; the caller checks it.
 *
 * Return: 0; -ENODATA past the last word; -EBADMSG if pages are missing, or are not as
 * full as they must be.
 */
int hib_relay_next(struct hib_relay_reader *reader, u64 *word)
{
	if (!reader->left)
		return -ENODATA;
	if (!reader->page || reader->at == HIB_RELAY_WORDS) {
		if (!reader->next || reader->next % HIB_BLOCK_BYTES)
			return -EBADMSG;
		reader->page = reader->map(reader->arg, reader->next);
		if (!reader->page || reader->page->nr > HIB_RELAY_WORDS ||
		    reader->page->nr < min_t(u64, reader->left, HIB_RELAY_WORDS))
			return -EBADMSG;
		reader->next = reader->page->next;
		reader->at = 0;
	}
	*word = reader->page->words[reader->at++];
	reader->left--;
	return 0;
}
