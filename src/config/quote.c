/* SPDX-License-Identifier: PostgreSQL */
#include "quote.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#define BLANKS " \t"

/* The quote that closes the one at VALUE; NULL if there is none. */
static char *closing(char *value)
{
	for (char *c = value + 1; *c != '\0'; c++) {
		if (*c != value[0])
			continue;
		if (*c == '\'' && c[1] == '\'')
			c++;
		else
			return c;
	}
	return NULL;
}

/* Move what stands between the quotes at VALUE and END to VALUE. */
static void take_off(char *value, const char *end)
{
	char quote = value[0];
	char *to = value;

	for (const char *from = value + 1; from < end; from++) {
		if (quote == '\'' && *from == '\'')
			from++; /* the first of two */
		*to++ = *from;
	}
	*to = '\0';
}

static bool escapes(enum quote_reader reader, char open)
{
	if (reader == QUOTES_OF_LIBPQ)
		return true;
	return reader == QUOTES_OF_SHELL && open != '\'';
}

/* Cut the comment off a value whose quotes stay. */
static enum quote_fault cut_comment(char *value, enum quote_reader reader)
{
	char open = '\0';
	size_t length = 0; /* without trailing blanks */

	for (char *c = value; *c != '\0'; c++) {
		if (open == '\0' && *c == '#' && (c == value || strchr(BLANKS, c[-1]) != NULL))
			break;
		if (*c == '\\' && c[1] != '\0' && escapes(reader, open))
			c++;
		else if (open == '\0' && (*c == '\'' || *c == '"'))
			open = *c;
		else if (*c == open)
			open = '\0';
		if (strchr(BLANKS, *c) == NULL)
			length = (size_t)(c - value) + 1;
	}
	value[length] = '\0';
	return open == '\0' ? QUOTE_FINE : QUOTE_NOT_CLOSED;
}

/* A command may start with a quoted word for the shell; the blank behind it tells
 * that from an outer pair with a quote inside. Not with ': repmgr 4 drops each ', so
 * that '/x %n '%e'' worked there, and would now be a command of another name. */
static bool may_stay(const char *value, const char *end, enum quote_reader reader)
{
	if (reader == QUOTES_OF_LIST)
		return true;
	return reader == QUOTES_OF_SHELL && value[0] == '"' && strchr(BLANKS, end[1]) != NULL;
}

enum quote_fault quote_strip(char *value, enum quote_reader reader)
{
	if (value[0] != '\'' && value[0] != '"')
		return cut_comment(value, reader);

	char *end = closing(value);
	if (end == NULL)
		return QUOTE_NOT_CLOSED;
	const char *rest = end + 1 + strspn(end + 1, BLANKS);
	if (*rest == '\0' || *rest == '#') {
		take_off(value, end);
		return QUOTE_FINE;
	}
	if (may_stay(value, end, reader))
		return cut_comment(value, reader);
	return QUOTE_TEXT_BEHIND;
}
