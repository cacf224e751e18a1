// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: text - text on a disk that is shown to users
 *
 * Text in a header or record is printed in lines of text. So it holds no control
 * characters, and all bytes behind its end are zero: what is accepted is exactly what
 * building would have written. No state, any context.
 */
#include "text.h"

/* Not plain text: it could break the line it is printed in, or move a cursor. */
static bool is_unprintable(u8 byte)
{
	return byte < ' ' || byte > '~';
}

/**
 * hib_text_build() - Write text that hib_text_is_sound() accepts.
 * @to: Where it is on the disk; all zero.
 * @from: The text. What does not fit is cut off, and what is not plain text becomes "?".
 * @bytes: Size of @to.
 */
void hib_text_build(char *to, const char *from, size_t bytes)
{
	strscpy(to, from, bytes);
	for (; *to; to++)
		if (is_unprintable(*to))
			*to = '?';
}

/**
 * hib_text_is_sound() - Is this text that may be shown?
 * @s: As read from the disk.
 * @bytes: Its size there.
 *
 * Return: true if it ends within @bytes, is plain text, and nothing follows it.
 */
bool hib_text_is_sound(const char *s, size_t bytes)
{
	size_t i, length = strnlen(s, bytes);

	for (i = 0; i < length; i++)
		if (is_unprintable(s[i]))
			return false;
	return length < bytes && !memchr_inv(s + length, 0, bytes - length);
}
