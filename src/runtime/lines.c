/* SPDX-License-Identifier: PostgreSQL */
#include "lines.h"

#include "bdrmon/log.h"
#include "bdrmon/utf8.h"

#include <inttypes.h>
#include <stdbool.h>

void lines_open(struct lines *lines, const char *source, int64_t bound)
{
	lines->source = source;
	lines->room = bound;
	lines->dropped = 0;
	lines->length = 0;
}

void lines_make_harmless(char *text, size_t length)
{
	for (size_t i = 0; i < length;) {
		unsigned char c = (unsigned char)text[i];
		size_t wide = 1;
		if (c == '\t')
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

static void flush(struct lines *lines)
{
	if (lines->length > 0 && lines->text[lines->length - 1] == '\r')
		lines->length--;
	lines_make_harmless(lines->text, lines->length);
	lines->text[lines->length] = '\0';
	log_info("%s command: %s", lines->source, lines->text);
	lines->length = 0;
}

void lines_add(struct lines *lines, const char *bytes, size_t length)
{
	size_t used = length;

	if (lines->room < (int64_t)length)
		used = (size_t)lines->room;
	lines->room -= (int64_t)used;
	lines->dropped += (int64_t)(length - used);
	for (size_t i = 0; i < used; i++) {
		if (bytes[i] == '\n') {
			flush(lines);
			continue;
		}
		if (lines->length == LINE_MAX_LOGGED)
			flush(lines);
		lines->text[lines->length++] = bytes[i];
	}
}

void lines_close(struct lines *lines)
{
	if (lines->length > 0)
		flush(lines);
	if (lines->dropped > 0)
		log_info("%s command: %" PRId64 " more bytes of its output were dropped",
			 lines->source, lines->dropped);
}
