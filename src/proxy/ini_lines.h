/* SPDX-License-Identifier: PostgreSQL */
/* ini_lines.h - a file of PgBouncer's, piece by piece, by the grammar of its own parser. Pure.
 *
 * It is one of pieces, not of lines: "[databases] app = host=node1" is a section and an alias.
 * A comment begins where a piece could begin, nowhere else. A value ends at the line feed,
 * without the white space before it. Source: libusual, cfparser.c; tried with PgBouncer 1.18.
 */
#ifndef PROXY_INI_LINES_H
#define PROXY_INI_LINES_H

#include "bdrmon/error.h"

#include <stdbool.h>
#include <stddef.h>

/* A part of the file's text, borrowed, not ended by a NUL. */
struct span {
	const char *at;
	size_t length;
};

bool span_is(struct span span, const char *text);

enum piece_kind {
	PIECE_END,
	PIECE_COMMENT, /* value: without line end, from its ; or # */
	PIECE_SECTION, /* name */
	PIECE_INCLUDE, /* value: the file's name */
	PIECE_PAIR,    /* name, which may be empty, and value, which too */
};

struct piece {
	enum piece_kind kind;
	unsigned line; /* from 1 */
	struct span name, value;
};

struct ini_lines {
	const char *at, *end;
	unsigned line;
};

struct ini_lines ini_lines_of(const char *text, size_t length);

/* Read the next piece. No message shows what is in the file.
 * Errors: ERR_CONFIG  PgBouncer would refuse the file */
enum status ini_lines_next(struct ini_lines *lines, struct piece *piece, struct error *err);

/* As isspace() and isblank() are in the locale "C". */
bool ini_space(char c);
bool ini_blank(char c);

#endif
