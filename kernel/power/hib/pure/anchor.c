// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: anchor - a block number that firmware keeps
 *
 * A swap file begins somewhere on its device. Nothing at a fixed place of the device
 * leads there, since all of the device belongs to the file system. So the block number is
 * kept in a variable of firmware: in one of ours, or by systemd in HibernateLocation,
 * which is a JSON object in UTF-16.
 *
 * Both only say at which further block devices are looked at. Whether there is an
 * image, and whose, is decided by what lies there.
 *
 * Bytes from firmware are hostile: anybody with the right to write variables wrote them.
 *
 * No state, any context.
 */
#include "anchor.h"

static u64 anchor_tag(const struct hib_disk_anchor *disk)
{
	struct hib_disk_anchor copy = *disk;

	copy.tag = 0;
	return xxh64(&copy, sizeof(copy), 0);
}

/**
 * hib_anchor_build() - Make the content of our variable.
 * @disk: Receives it.
 * @root_block: The block to keep.
 */
void hib_anchor_build(struct hib_disk_anchor *disk, u64 root_block)
{
	*disk = (struct hib_disk_anchor) {
		.magic = cpu_to_le64(HIB_ANCHOR_MAGIC),
		.version = cpu_to_le32(HIB_ANCHOR_VERSION),
		.root_block = cpu_to_le64(root_block),
	};
	disk->tag = cpu_to_le64(anchor_tag(disk));
}

/**
 * hib_anchor_parse() - Read the content of our variable.
 * @data: The bytes.
 * @bytes: How many.
 * @root_block: Receives the block; untouched unless 0 is returned.
 *
 * Return: 0; -EBADMSG if it is damaged or of another version.
 */
int hib_anchor_parse(const void *data, size_t bytes, u64 *root_block)
{
	struct hib_disk_anchor disk;

	if (bytes != sizeof(disk))
		return -EBADMSG;
	memcpy(&disk, data, sizeof(disk));
	if (le64_to_cpu(disk.magic) != HIB_ANCHOR_MAGIC ||
	    le32_to_cpu(disk.version) != HIB_ANCHOR_VERSION || disk.reserved ||
	    le64_to_cpu(disk.tag) != anchor_tag(&disk))
		return -EBADMSG;
	*root_block = le64_to_cpu(disk.root_block);
	return 0;
}

/**
 * struct anchor_text - A text in UTF-16 that is read from its beginning.
 * @data: Its bytes.
 * @nr: How many characters it has.
 * @at: The next one.
 */
struct anchor_text {
	const u8 *data;
	size_t nr;
	size_t at;
};

/* The next character without taking it; 0 at the end. */
static u16 text_peek(const struct anchor_text *t)
{
	const u8 *c = t->data + 2 * t->at;

	return t->at < t->nr ? c[0] | c[1] << 8 : 0;
}

static u16 text_next(struct anchor_text *t)
{
	u16 c = text_peek(t);

	t->at += c != 0;
	return c;
}

static void text_skip_space(struct anchor_text *t)
{
	while (text_peek(t) == ' ' || text_peek(t) == '\t' || text_peek(t) == '\n' ||
	       text_peek(t) == '\r')
		t->at++;
}

/* Is this the next character but space? Then it is taken. */
static bool text_takes(struct anchor_text *t, u16 wanted)
{
	text_skip_space(t);
	if (text_peek(t) != wanted)
		return false;
	t->at++;
	return true;
}

/* Behind its first quotation mark. @word: what it is compared with; may be NULL. */
static int text_string(struct anchor_text *t, const char *word, bool *is_word)
{
	size_t nr = 0;
	bool same = word;
	u16 c;

	while ((c = text_next(t)) != '"') {
		if (!c)
			return -EBADMSG;
		if (c == '\\' && !text_next(t))
			return -EBADMSG;
		same = same && word[nr] && word[nr] == c;
		nr++;
	}
	*is_word = same && !word[nr];
	return 0;
}

static int text_number(struct anchor_text *t, u64 *number)
{
	u64 n = 0;
	u16 c;

	if (text_peek(t) < '0' || text_peek(t) > '9')
		return -EBADMSG;
	for (c = text_peek(t); c >= '0' && c <= '9'; c = text_peek(t)) {
		if (check_mul_overflow(n, 10ULL, &n) || check_add_overflow(n, (u64)(c - '0'), &n))
			return -EBADMSG;
		t->at++;
	}
	*number = n;
	return c == '.' || c == 'e' || c == 'E' ? -EBADMSG : 0;
}

/* Whatever it is, up to the comma or bracket behind it. */
static int text_skip_value(struct anchor_text *t)
{
	unsigned int depth = 0;
	bool unused;

	for (;;) {
		u16 c = text_peek(t);

		if (!c)
			return -EBADMSG;
		if (!depth && (c == ',' || c == '}'))
			return 0;
		t->at++;
		if (c == '"' && text_string(t, NULL, &unused))
			return -EBADMSG;
		depth += c == '{' || c == '[';
		if (c == '}' || c == ']') {
			if (!depth)
				return -EBADMSG;
			depth--;
		}
	}
}

/**
 * hib_anchor_parse_text() - Read the block from systemd's HibernateLocation.
 * @data: The bytes of the variable: a JSON object in UTF-16, with or without a 0 behind it.
 * @bytes: How many.
 * @root_block: Receives the number that is called "offset"; untouched unless 0 is
 *	returned.
 *
 * Other members of the object have no meaning here. The last "offset" counts.
 *
 * Return: 0; -EBADMSG if it is no such object.
 */
int hib_anchor_parse_text(const void *data, size_t bytes, u64 *root_block)
{
	struct anchor_text t = { .data = data, .nr = bytes / 2 };
	bool found = false, is_offset;
	u64 offset = 0;
	int ret;

	if (bytes % 2 || bytes > HIB_ANCHOR_TEXT_BYTES || !text_takes(&t, '{'))
		return -EBADMSG;
	do {
		if (!text_takes(&t, '"') || text_string(&t, "offset", &is_offset) ||
		    !text_takes(&t, ':'))
			return -EBADMSG;
		text_skip_space(&t);
		ret = is_offset ? text_number(&t, &offset) : text_skip_value(&t);
		if (ret)
			return ret;
		found |= is_offset;
	} while (text_takes(&t, ','));
	if (!text_takes(&t, '}') || !found)
		return -EBADMSG;
	*root_block = offset;
	return 0;
}
