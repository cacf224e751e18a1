// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: hibimg describe
 *
 * What record and header say, a line each: the name that format.rst has for it,
 * a colon, the value. Where a part is damaged, what comes before it was printed.
 */
#include "hibimg.h"

#include <time.h>

/* Of boots that may begin to load an image: the default of hibernate.tries. */
#define DESCRIBE_TRIES	2u

/**
 * hibimg_print_id() - Print an id, without a line's end.
 * @out: Where to.
 * @id: The id.
 */
void hibimg_print_id(FILE *out, const u8 id[HIB_ID_BYTES])
{
	for (unsigned int i = 0; i < HIB_ID_BYTES; i++)
		fprintf(out, "%02x", id[i]);
}

static void describe_record(const struct hibimg *img)
{
	const struct hib_commit_record *r = &img->record;
	const char *why = NULL;

	fprintf(img->out, "state: %s\n", hib_commit_state_name(r->state));
	fprintf(img->out, "version: %d\n", HIB_FORMAT_VERSION);
	fprintf(img->out, "tries: %u\n", r->tries);
	fputs("image_id: ", img->out);
	hibimg_print_id(img->out, r->image_id);
	fprintf(img->out, "\nheader_block: %llu\n", r->header_block);
	fprintf(img->out, "header_tag: %#018llx\n", r->header_tag);
	fprintf(img->out, "saved_signature: %.*s\n", HIB_SIGNATURE_BYTES, r->saved_signature);
	if (r->state == HIB_STATE_KEPT)
		fprintf(img->out, "reason: %s\n", r->reason);
	if (hib_commit_decide(r, DESCRIBE_TRIES, false, &why))
		fprintf(img->out, "resumable: no, %s\n", why);
	else
		fputs("resumable: yes\n", img->out);
}

static void describe_time(const struct hibimg *img)
{
	time_t seconds = img->header.created_s;
	char text[32] = "";
	struct tm tm;

	/* A year of four digits, or the number alone. */
	if (img->header.created_s < 253402300800ull && gmtime_r(&seconds, &tm))
		strftime(text, sizeof(text), " (%Y-%m-%dT%H:%M:%SZ)", &tm);
	fprintf(img->out, "created_s: %llu%s\n", img->header.created_s, text);
}

static void describe_kernel(const struct hibimg *img)
{
	const struct hib_header *h = &img->header;

	fprintf(img->out, "release: %s\nbuild: %s\nmachine: %s\n", h->release, h->build,
		h->machine);
	describe_time(img);
	fprintf(img->out, "flags: %#x%s\n", h->flags,
		h->flags & HIB_IMAGE_PLATFORM ? " (platform)" : "");
	fprintf(img->out, "hw_signature: %#x\n", h->hw_signature);
	fprintf(img->out, "nr_cpus: %u\n", h->nr_cpus);
	fprintf(img->out, "boot_pages: %llu\n", h->boot_pages);
	fprintf(img->out, "handover_pfn: %llu\n", h->handover_pfn);
	fputs("firmware_id: ", img->out);
	hibimg_print_id(img->out, h->owner.firmware_id);
	fprintf(img->out, "\nroot_hash: %#018llx\n", h->owner.root_hash);
	fprintf(img->out, "write_ns: %llu\nwait_ns: %llu\n", h->write_ns, h->wait_ns);
	for (unsigned int i = 0; i < HIB_NR_CODECS; i++)
		fprintf(img->out, "nr_chunks %s: %u\n", hibimg_codec_name(i), h->nr_chunks[i]);
}

static void describe_sizes(const struct hibimg *img)
{
	const struct hib_header *h = &img->header;

	fprintf(img->out, "may_ignore: %#x%s%s%s%s\n", h->may_ignore,
		h->may_ignore & HIB_MAY_DIGESTS ? " (digests)" : "",
		h->may_ignore & HIB_MAY_KEEP ? " (keep)" : "",
		h->may_ignore & HIB_MAY_LOG ? " (log)" : "",
		h->may_ignore & HIB_MAY_BLACKBOX ? " (blackbox)" : "");
	fprintf(img->out, "must_know: %#x%s%s%s\n", h->must_know,
		h->must_know & HIB_MUST_PRECOPY ? " (precopy)" : "",
		h->must_know & HIB_MUST_GUARD ? " (guard)" : "",
		h->must_know & HIB_MUST_RAW ? " (raw)" : "");
	fprintf(img->out, "codec: %u (%s)\n", h->codec, hibimg_codec_name(h->codec));
	fprintf(img->out, "page_shift: %d\nchunk_pages: %u\n", HIB_BLOCK_SHIFT, HIB_CHUNK_PAGES);
	fprintf(img->out, "nr_ram_pages: %llu\n", h->nr_ram_pages);
	fprintf(img->out, "nr_pages: %llu\n", h->nr_pages);
	fprintf(img->out, "nr_precopied: %llu\n", h->nr_precopied);
	fprintf(img->out, "nr_stale: %llu\n", h->nr_stale);
	fprintf(img->out, "data_bytes: %llu\n", h->data_bytes);
	fprintf(img->out, "image_bytes: %llu\n", h->image_bytes);
	fprintf(img->out, "extent_block: %llu\n", h->extent_block);
	fprintf(img->out, "nr_extent_leaves: %u\n", h->nr_extent_leaves);
	fprintf(img->out, "nr_extents: %llu\n", h->nr_extents);
	fprintf(img->out, "blackbox_block: %llu\n", h->blackbox_block);
}

static void describe_members(const struct hibimg *img)
{
	for (unsigned int i = 0; i < HIB_MEMBERS_MAX; i++) {
		const struct hib_member *member = &img->header.members.member[i];

		if (!member->nr_blocks)
			continue;
		fprintf(img->out, "member %u: id ", i);
		hibimg_print_id(img->out, member->id);
		fprintf(img->out, ", root block %llu, %llu blocks\n", member->root_block,
			member->nr_blocks);
	}
}

static void describe_lists(const struct hibimg *img)
{
	struct hibimg_list lists[HIBIMG_LISTS];

	hibimg_lists(img, lists);
	for (unsigned int i = 0; i < HIBIMG_LISTS; i++) {
		const struct hib_piece *piece = lists[i].piece;

		if (hib_piece_is_absent(piece))
			fprintf(img->out, "%s: none\n", lists[i].field);
		else
			fprintf(img->out, "%s: offset %llu, %llu entries, %u leaves\n",
				lists[i].field, piece->offset, piece->nr_entries, piece->nr_leaves);
	}
}

/**
 * hibimg_describe() - Print what record and header say.
 * @img: Open image.
 *
 * Return: 0; -ENODATA: there is no image; -EBADMSG; -EOPNOTSUPP; an errno of the device.
 */
int hibimg_describe(struct hibimg *img)
{
	int error = hibimg_read_record(img);

	if (error == -ENODATA)
		fputs("state: none\n", img->out);
	if (error)
		return error;
	describe_record(img);
	error = hibimg_read_header(img);
	if (error)
		return error;
	describe_kernel(img);
	describe_sizes(img);
	describe_members(img);
	describe_lists(img);
	hibimg_describe_arch(img);
	return 0;
}
