/* SPDX-License-Identifier: PostgreSQL */
/* lines.h - a command's output, on its way to the log: line by line, and up to a bound.
 * What is over the bound is counted and dropped. The log makes it harmless.
 */
#ifndef BDRMON_LINES_H
#define BDRMON_LINES_H

#include <stddef.h>
#include <stdint.h>

#define LINE_MAX_LOGGED 1024 /* a longer line becomes several */

struct lines {
	const char *source; /* borrowed; the name of the event */
	int64_t room;       /* bytes that may still be logged */
	int64_t dropped;
	size_t length;
	char text[LINE_MAX_LOGGED + 1];
};

void lines_open(struct lines *lines, const char *source, int64_t bound);
void lines_add(struct lines *lines, const char *bytes, size_t length);

/* Log a last line without line feed, and what was dropped. */
void lines_close(struct lines *lines);

#endif
