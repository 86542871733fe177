/* SPDX-License-Identifier: PostgreSQL */
#include "ini_lines.h"

#include <string.h>

#define INCLUDE "%include"

bool span_is(struct span span, const char *text)
{
	return span.length == strlen(text) && memcmp(span.at, text, span.length) == 0;
}

bool ini_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

bool ini_blank(char c)
{
	return c == ' ' || c == '\t';
}

static bool is_name_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_' || c == '.' || c == '-' || c == '*';
}

struct ini_lines ini_lines_of(const char *text, size_t length)
{
	return (struct ini_lines) { .at = text, .end = text + length, .line = 1 };
}

static bool is_at(const struct ini_lines *lines, const char *text)
{
	size_t length = strlen(text);

	return (size_t)(lines->end - lines->at) >= length && memcmp(lines->at, text, length) == 0;
}

static void skip_space(struct ini_lines *lines)
{
	for (; lines->at < lines->end && ini_space(*lines->at); lines->at++)
		lines->line += *lines->at == '\n';
}

static void skip_blanks(struct ini_lines *lines)
{
	while (lines->at < lines->end && ini_blank(*lines->at))
		lines->at++;
}

/* The rest of the line, without the white space at its end. */
static struct span rest(struct ini_lines *lines)
{
	struct span span = { .at = lines->at };

	while (lines->at < lines->end && *lines->at != '\n')
		lines->at++;
	span.length = (size_t)(lines->at - span.at);
	while (span.length > 0 && ini_space(span.at[span.length - 1]))
		span.length--;
	return span;
}

static enum status read_section(struct ini_lines *lines, struct piece *piece, struct error *err)
{
	piece->kind = PIECE_SECTION;
	piece->name.at = ++lines->at;
	while (lines->at < lines->end && *lines->at != ']' && *lines->at != '\n')
		lines->at++;
	if (lines->at == lines->end || *lines->at != ']') {
		error_set(err, ERR_CONFIG, "line %u: section has no closing bracket", piece->line);
		error_hint(err, "PgBouncer refuses the whole file.");
		return ERR_CONFIG;
	}
	piece->name.length = (size_t)(lines->at++ - piece->name.at);
	return OK;
}

static enum status read_pair(struct ini_lines *lines, struct piece *piece, struct error *err)
{
	piece->kind = PIECE_PAIR;
	piece->name.at = lines->at;
	while (lines->at < lines->end && is_name_char(*lines->at))
		lines->at++;
	piece->name.length = (size_t)(lines->at - piece->name.at);
	skip_blanks(lines);
	if (lines->at == lines->end || *lines->at != '=') {
		error_set(err, ERR_CONFIG, "line %u: syntax error, expected \"name = value\"",
			  piece->line);
		error_hint(err, "PgBouncer refuses the whole file. A name has only letters, "
				"digits, and \"_.-*\", without quotes; a comment stands on a line "
				"of its own; no line continues the one before.");
		return ERR_CONFIG;
	}
	lines->at++;
	skip_blanks(lines);
	piece->value = rest(lines);
	return OK;
}

static enum status refuse_byte(const struct piece *piece, const char *what, struct error *err)
{
	error_set(err, ERR_CONFIG, "line %u: %s", piece->line, what);
	error_hint(err, "PgBouncer does not read what follows. Save the file as plain text.");
	return ERR_CONFIG;
}

enum status ini_lines_next(struct ini_lines *lines, struct piece *piece, struct error *err)
{
	enum status st = OK;

	skip_space(lines);
	*piece = (struct piece) { .line = lines->line };
	const char *begin = lines->at;
	if (lines->at == lines->end)
		return OK;
	if (*begin == '\0')
		return refuse_byte(piece, "NUL byte", err);
	if (is_at(lines, "\xef\xbb\xbf"))
		return refuse_byte(piece, "byte order mark", err);
	if (is_at(lines, INCLUDE " ") || is_at(lines, INCLUDE "\t")) {
		piece->kind = PIECE_INCLUDE;
		lines->at += strlen(INCLUDE);
		skip_blanks(lines);
		piece->value = rest(lines);
	} else if (*begin == '#' || *begin == ';') {
		piece->kind = PIECE_COMMENT;
		piece->value = rest(lines);
	} else if (*begin == '[') {
		st = read_section(lines, piece, err);
	} else {
		st = read_pair(lines, piece, err);
	}
	/* PgBouncer holds the file as a string of C. */
	if (st == OK && memchr(begin, '\0', (size_t)(lines->at - begin)) != NULL)
		st = refuse_byte(piece, "NUL byte", err);
	return st;
}
