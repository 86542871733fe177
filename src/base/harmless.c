/* SPDX-License-Identifier: PostgreSQL */
#include "bdrmon/harmless.h"

#include "bdrmon/utf8.h"

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
			wide = utf8_length(text + i, length - i);
			if (wide == 0) {
				text[i] = '?';
				wide = 1;
			}
		}
		i += wide;
	}
}
