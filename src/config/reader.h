/* SPDX-License-Identifier: PostgreSQL */
/* reader.h - gives inih one clean line at a time.
 *
 * inih alone would take an indented line for a second value of the key before, ':'
 * for '=', a name that is empty, and cut the names of sections, all with success. So
 * each line is looked at here first, and inih gets "name = value" or an empty line.
 * Sections do not reach it at all.
 */
#ifndef CONFIG_READER_H
#define CONFIG_READER_H

#include "notes.h"

#include <stdio.h>

#define LINE_BYTES_MAX 8192
#define FILE_BYTES_MAX (1024 * 1024)

/* A line with a section, from "[" to "]" without these; NULL if it is malformed and
 * its keys therefore have no place. NAME is the reader's memory. */
typedef void reader_section_fn(void *user, char *name);

/* A line that was complained about begins with NAME, maybe one of a parameter. */
typedef void reader_broken_fn(void *user, const char *name);

struct reader {
	FILE *file; /* borrowed */
	struct notes *notes;
	reader_section_fn *on_section;
	reader_broken_fn *on_broken;
	void *user;
	int line;   /* number of the line that inih got last */
	bool ended; /* the file is too large: as if it ended here */
	size_t bytes;
	size_t length, given; /* of text; how much of it inih has */
	char text[LINE_BYTES_MAX + 2];
};

/* For ini_parse_stream(): like fgets(), STREAM is a struct reader. */
char *reader_gets(char *to, int size, void *stream);

#endif
