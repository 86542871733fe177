/* SPDX-License-Identifier: PostgreSQL */
#include "bdrmon/template.h"

#include "bdrmon/strbuf.h"
#include "tokens.h"

#include <stdbool.h>
#include <string.h>

#define NO_FILE_NAMES "set -f; "

static const struct placeholder_type types[PLACEHOLDERS] = {
	[PLACEHOLDER_NODE_ID] = { 'n', false, "BDRMON_NODE_ID",
				  "the failed node; for other events the node that records it" },
	[PLACEHOLDER_EVENT] = { 'e', false, "BDRMON_EVENT", "the event" },
	[PLACEHOLDER_SUCCESS] = { 's', false, "BDRMON_SUCCESS", "1 for success, 0 for failure" },
	[PLACEHOLDER_TIMESTAMP] = { 't', true, "BDRMON_TIMESTAMP", "when the event happened" },
	[PLACEHOLDER_DETAILS] = { 'd', true, "BDRMON_DETAILS", "what happened, in words" },
	[PLACEHOLDER_CONNINFO] = { 'c', true, "BDRMON_CONNINFO",
				   "conninfo of the node that takes over, or that came back" },
	[PLACEHOLDER_NODE_NAME] = { 'a', true, "BDRMON_NODE_NAME", "name of that node" },
	[PLACEHOLDER_FORMER_ID] = { 'p', true, "BDRMON_FORMER_ID", "the failed node, else empty" },
};

const struct placeholder_type *placeholder_type(enum placeholder which)
{
	return &types[which];
}

static enum status refuse(const struct token *token, struct error *err)
{
	const struct placeholder_type *type = &types[token->which];
	const struct shell_context_type *where = shell_context_type(token->construct);
	enum status st = error_set(err, ERR_CONFIG, "placeholder %%%c cannot stand in %s",
				   type->letter, where->shown);
	if (where->rule == SHELL_COMPUTES)
		error_hint(err,
			   "A shell may evaluate the value there. Do this in a script of your own, "
			   "which finds the value in its environment as %s.",
			   type->variable);
	else
		error_hint(err, "The value is in the command's environment, too: write $%s there.",
			   type->variable);
	return st;
}

/* Write one reference. Its quotes are chosen so that the text around it stays
 * quoted as it was. */
static void add_reference(struct strbuf *out, const struct token *token)
{
	const char *before = "", *after = "";

	switch (token->context) {
	case SHELL_SINGLE:
		before = "'\"";
		after = "\"'";
		break;
	case SHELL_DOUBLE:
		before = token->escaped ? "\\\\" : ""; /* before the value it would be text */
		break;
	case SHELL_BARE:
		before = after = token->escaped ? "\"" : ""; /* a backslash quotes what follows */
		break;
	default: /* a comment */
		break;
	}
	strbuf_printf(out, "%s${%s}%s", before, types[token->which].variable, after);
}

static enum status expand_one(const struct token *token, struct strbuf *out, struct error *err)
{
	switch (token->kind) {
	case TOKEN_PLACEHOLDER:
		if (token->construct != SHELL_BARE)
			return refuse(token, err);
		add_reference(out, token);
		break;
	case TOKEN_PERCENT:
		strbuf_add_char(out, '%');
		break;
	case TOKEN_TEXT:
		strbuf_add_bytes(out, token->at, token->length);
		break;
	case TOKEN_END:
		break;
	}
	return OK;
}

enum status template_expand(const char *template, char *script, struct error *err)
{
	char text[TEMPLATE_EXPANDED_MAX];
	struct strbuf out = STRBUF(text);
	struct tokens tokens = tokens_of(template);
	bool any_bare = false; /* a reference stands outside quotes */
	struct token token;
	enum status st;

	do {
		st = token_next(&tokens, &token, err);
		if (st == OK)
			st = expand_one(&token, &out, err);
		any_bare |= token.kind == TOKEN_PLACEHOLDER && token.context == SHELL_BARE &&
			    !token.escaped;
	} while (st == OK && token.kind != TOKEN_END);
	if (st != OK)
		return st;

	const char *prefix = any_bare ? NO_FILE_NAMES : "";
	if (out.cut || strlen(prefix) + out.length >= TEMPLATE_EXPANDED_MAX) {
		error_set(err, ERR_FULL, "the command is longer than %d bytes",
			  TEMPLATE_EXPANDED_MAX - 1);
		error_hint(err, "Put it into a script of its own.");
		return ERR_FULL;
	}
	struct strbuf whole = strbuf_over(script, TEMPLATE_EXPANDED_MAX);
	strbuf_add(&whole, prefix);
	strbuf_add(&whole, text);
	return OK;
}
