/* SPDX-License-Identifier: PostgreSQL */
#include "connstr.h"

#include <stdlib.h>
#include <string.h>

#define NUMBER_TEXT_MAX 32

struct connstr connstr_of(struct span value)
{
	return (struct connstr) { .at = value.at, .end = value.at + value.length };
}

static void skip_blanks(struct connstr *connstr)
{
	while (connstr->at < connstr->end && *connstr->at == ' ')
		connstr->at++;
}

static struct span until(struct connstr *connstr, const char *stops)
{
	struct span span = { .at = connstr->at };

	while (connstr->at < connstr->end && strchr(stops, *connstr->at) == NULL)
		connstr->at++;
	span.length = (size_t)(connstr->at - span.at);
	return span;
}

/* Go behind the quote that closes the one here; false: there is none. */
static bool skip_quoted(struct connstr *connstr)
{
	for (connstr->at++; connstr->at < connstr->end; connstr->at++) {
		if (*connstr->at != '\'')
			continue;
		connstr->at++;
		if (connstr->at == connstr->end || *connstr->at != '\'')
			return true;
	}
	return false;
}

enum connstr_found connstr_next(struct connstr *connstr, struct parameter *parameter)
{
	skip_blanks(connstr);
	if (connstr->at == connstr->end)
		return CONNSTR_END;
	parameter->key = until(connstr, "= ");
	skip_blanks(connstr);
	if (connstr->at == connstr->end || *connstr->at != '=' || parameter->key.length == 0)
		return CONNSTR_SYNTAX_ERROR;
	connstr->at++;
	skip_blanks(connstr);
	parameter->raw.at = connstr->at;
	bool quoted = connstr->at < connstr->end && *connstr->at == '\'';
	if (quoted && !skip_quoted(connstr))
		return CONNSTR_SYNTAX_ERROR;
	if (!quoted)
		until(connstr, " ");
	parameter->raw.length = (size_t)(connstr->at - parameter->raw.at);
	if (connstr->at < connstr->end)
		connstr->at++;
	parameter->end = connstr->at;
	bool empty = parameter->raw.length == (quoted ? strlen("''") : 0);
	return empty ? CONNSTR_SYNTAX_ERROR : CONNSTR_PARAMETER;
}

bool parameter_value(const struct parameter *parameter, char *text, size_t size)
{
	struct strbuf out = strbuf_over(text, size);
	const char *at = parameter->raw.at, *end = at + parameter->raw.length;
	bool quoted = *at == '\'';

	at += quoted;
	end -= quoted;
	for (; at < end; at++) {
		strbuf_add_char(&out, *at);
		at += quoted && *at == '\''; /* the second of two */
	}
	return !out.cut;
}

int parameter_number(const struct parameter *parameter)
{
	char text[NUMBER_TEXT_MAX];

	parameter_value(parameter, text, sizeof(text));
	return (int)strtol(text, NULL, 10);
}

static bool needs_quotes(const char *value)
{
	for (const char *c = value; *c != '\0'; c++) {
		if (*c == '\'' || ini_space(*c))
			return true;
	}
	return value[0] == '\0';
}

void connstr_add_value(struct strbuf *out, const char *value, bool quoted)
{
	if (!quoted && !needs_quotes(value)) {
		strbuf_add(out, value);
		return;
	}
	strbuf_add_char(out, '\'');
	for (const char *c = value; *c != '\0'; c++) {
		if (*c == '\'')
			strbuf_add_char(out, '\'');
		strbuf_add_char(out, *c);
	}
	strbuf_add_char(out, '\'');
}
