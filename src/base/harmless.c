/* SPDX-License-Identifier: PostgreSQL */
#include "bdrmon/harmless.h"

#include "bdrmon/lookup.h"

/* The length of the valid UTF-8 character at TEXT, of at least two bytes; 0 if there
 * is none. U+0080 to U+009F, which are control characters too, count as none. */
static size_t utf8_length(const unsigned char *text, size_t length)
{
	static const struct {
		unsigned char first, last, second_from, second_to;
		size_t length;
	} forms[] = {
		{ 0xc2, 0xc2, 0xa0, 0xbf, 2 }, { 0xc3, 0xdf, 0x80, 0xbf, 2 },
		{ 0xe0, 0xe0, 0xa0, 0xbf, 3 }, { 0xe1, 0xec, 0x80, 0xbf, 3 },
		{ 0xed, 0xed, 0x80, 0x9f, 3 }, { 0xee, 0xef, 0x80, 0xbf, 3 },
		{ 0xf0, 0xf0, 0x90, 0xbf, 4 }, { 0xf1, 0xf3, 0x80, 0xbf, 4 },
		{ 0xf4, 0xf4, 0x80, 0x8f, 4 },
	};

	for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
		if (text[0] < forms[i].first || text[0] > forms[i].last)
			continue;
		if (forms[i].length > length || text[1] < forms[i].second_from ||
		    text[1] > forms[i].second_to)
			return 0;
		for (size_t c = 2; c < forms[i].length; c++) {
			if ((text[c] & 0xc0) != 0x80)
				return 0;
		}
		return forms[i].length;
	}
	return 0;
}

void text_make_harmless(char *text, size_t length)
{
	for (size_t i = 0; i < length;) {
		unsigned char c = (unsigned char)text[i];
		size_t wide = 1;
		if (c == '\t' || c == '\n' || c == '\r')
			text[i] = ' ';
		else if (c < ' ' || c == 0x7f)
			text[i] = '?';
		else if (c >= 0x80) {
			wide = utf8_length((const unsigned char *)text + i, length - i);
			if (wide == 0) {
				text[i] = '?';
				wide = 1;
			}
		}
		i += wide;
	}
}
