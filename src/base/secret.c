/* SPDX-License-Identifier: PostgreSQL */
#include "bdrmon/secret.h"

#include "bdrmon/lookup.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

#define BLANKS " \t\n\r\f\v"
#define QUOTES "'\""

/* How the names of secrets end. */
static const char *const names[] = {
	"password", "passwd", "secret", "scram_client_key", "scram_server_key",
};

static const char *const schemes[] = { "postgresql://", "postgres://" };

static bool is_one_of(char c, const char *set)
{
	return c != '\0' && strchr(set, c) != NULL;
}

/* The length of the word of LIST that TEXT begins with; 0: none. */
static size_t match(const char *text, const char *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		size_t length = strlen(list[i]);
		if (strncasecmp(text, list[i], length) == 0)
			return length;
	}
	return 0;
}

/* The bytes from the name of a secret to its value; 0: there is none at TEXT. */
static size_t lead_of_setting(const char *text)
{
	size_t length = match(text, names, ARRAY_LEN(names));

	if (length == 0)
		return 0;
	length += strspn(text + length, BLANKS);
	if (text[length] != '=')
		return 0;
	length++;
	return length + strspn(text + length, BLANKS);
}

/* In a URI the name can be hidden by %xx, and what else would hide a name? */
static size_t lead_of_parameter(const char *text)
{
	if (!is_one_of(*text, "?&"))
		return 0;
	size_t length = 1 + strcspn(text + 1, "=&");
	if (text[length] != '=' || memchr(text, '%', length) == NULL)
		return 0;
	return length + 1;
}

/* A value goes on to a blank outside its quotes. To libpq a backslash ESCAPES what follows,
 * everywhere; to a shell in a shell \" begins a quote. */
static size_t value_length(const char *text, bool escapes)
{
	char open = '\0';
	size_t length = 0;

	for (; text[length] != '\0'; length++) {
		char c = text[length];
		if (c == '\\' && escapes && text[length + 1] != '\0')
			length++;
		else if (open == '\0' && is_one_of(c, BLANKS))
			break;
		else if (open == '\0' && is_one_of(c, QUOTES))
			open = c;
		else if (c == open)
			open = '\0';
	}
	return length;
}

/* In a quoted text ''a b'' is quoted too. */
static size_t doubled_length(const char *text)
{
	if (!is_one_of(text[0], QUOTES) || text[1] != text[0])
		return 0;
	const char quote[] = { text[0], '\0' };
	size_t length = strspn(text, quote);
	length += strcspn(text + length, quote);
	return length + value_length(text + length, true);
}

static size_t larger(size_t one, size_t other)
{
	return one > other ? one : other;
}

static size_t secret_length(const char *text, bool in_uri)
{
	size_t length = larger(value_length(text, true), value_length(text, false));

	if (in_uri) /* a blank does not end it there */
		length = larger(length, strcspn(text, "&"));
	return larger(length, doubled_length(text));
}

/* The bytes from user:password@ in a URI to the password, and its length; 0: none. An @
 * that should be written %40 may stand in it, so it goes on to the last one. */
static size_t lead_of_uri(const char *text, size_t *length)
{
	const char *colon = strchr(text, ':'), *end = strrchr(text, '@');

	if (colon == NULL || end == NULL || end < colon)
		return 0;
	*length = (size_t)(end - colon) - 1;
	return (size_t)(colon - text) + 1;
}

/* Copy what leads to a secret, and hide that. Gives what was read of TEXT. */
static size_t hide(struct strbuf *out, const char *text, size_t lead, size_t length)
{
	strbuf_add_bytes(out, text, lead);
	if (length > 0)
		strbuf_add(out, SECRET_SHOWN);
	return lead + length;
}

void secret_mask(struct strbuf *out, const char *text)
{
	bool in_uri = false;

	while (*text != '\0') {
		size_t lead = match(text, schemes, ARRAY_LEN(schemes));
		if (lead > 0) {
			size_t length = 0;
			in_uri = true;
			size_t user = lead_of_uri(text + lead, &length);
			text += hide(out, text, lead + user, length);
			continue;
		}
		lead = lead_of_setting(text);
		if (lead == 0 && in_uri)
			lead = lead_of_parameter(text);
		if (lead > 0) {
			text += hide(out, text, lead, secret_length(text + lead, in_uri));
			continue;
		}
		strbuf_add_char(out, *text++);
	}
}
