/* SPDX-License-Identifier: PostgreSQL */
#include "lines.h"

#include "bdrmon/log.h"

#include <inttypes.h>
#include <stdbool.h>

void lines_open(struct lines *lines, const char *source, int64_t bound)
{
	lines->source = source;
	lines->room = bound;
	lines->dropped = 0;
	lines->length = 0;
}

static void flush(struct lines *lines)
{
	if (lines->length > 0 && lines->text[lines->length - 1] == '\r')
		lines->length--;
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
