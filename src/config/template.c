/* SPDX-License-Identifier: PostgreSQL */
#include "bdrmon/template.h"

#include "bdrmon/lookup.h"
#include "bdrmon/strbuf.h"
#include "shell.h"

#include <stdbool.h>
#include <string.h>

#define NO_FILE_NAMES "set -f; "

static const struct placeholder_type types[PLACEHOLDERS] = {
	[PLACEHOLDER_NODE_ID] = { 'n', "BDRMON_NODE_ID", "the ID of the node" },
	[PLACEHOLDER_EVENT] = { 'e', "BDRMON_EVENT", "the name of the event" },
	[PLACEHOLDER_SUCCESS] = { 's', "BDRMON_SUCCESS", "1 for success, 0 for failure" },
	[PLACEHOLDER_TIMESTAMP] = { 't', "BDRMON_TIMESTAMP", "when the event happened" },
	[PLACEHOLDER_DETAILS] = { 'd', "BDRMON_DETAILS", "the details of the event" },
	[PLACEHOLDER_CONNINFO] = { 'c', "BDRMON_CONNINFO",
				   "the connection string of the node to go to" },
	[PLACEHOLDER_NODE_NAME] = { 'a', "BDRMON_NODE_NAME", "the name of the node to go to" },
	[PLACEHOLDER_FORMER_ID] = { 'p', "BDRMON_FORMER_ID", "the ID of the former node" },
};

struct expansion {
	const char *at;
	struct shell shell;
	struct strbuf out;
	bool any_bare; /* a reference stands outside quotes */
};

const struct placeholder_type *placeholder_type(enum placeholder which)
{
	return &types[which];
}

/* The placeholder at TEXT, or NULL. */
static const struct placeholder_type *find_placeholder(const char *text)
{
	if (text[0] != '%')
		return NULL;
	for (unsigned i = 0; i < ARRAY_LEN(types); i++) {
		if (types[i].letter == text[1])
			return &types[i];
	}
	return NULL;
}

static enum status refuse(const struct placeholder_type *type, enum shell_context construct,
			  struct error *err)
{
	const struct shell_context_type *where = shell_context_type(construct);
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
 * quoted as it was. ESCAPED: a backslash stood before the placeholder. */
static void add_reference(struct expansion *expansion, const struct placeholder_type *type,
			  bool escaped)
{
	const char *before = "", *after = "";

	switch (shell_context(&expansion->shell)) {
	case SHELL_SINGLE:
		before = "'\"";
		after = "\"'";
		break;
	case SHELL_DOUBLE:
		before = escaped ? "\\\\" : ""; /* before the value it would be text */
		break;
	case SHELL_BARE:
		before = after = escaped ? "\"" : ""; /* a backslash quotes what follows */
		expansion->any_bare |= !escaped;
		break;
	default: /* a comment */
		break;
	}
	strbuf_printf(&expansion->out, "%s${%s}%s", before, type->variable, after);
}

static bool backslash_counts(const struct shell *shell)
{
	enum shell_context context = shell_context(shell);
	return context == SHELL_BARE || context == SHELL_DOUBLE;
}

static enum status expand_one(struct expansion *expansion, struct error *err)
{
	struct shell *shell = &expansion->shell;
	const char *at = expansion->at;
	size_t length = 2;
	enum status st = OK;

	bool escaped = at[0] == '\\' && backslash_counts(shell) && find_placeholder(at + 1) != NULL;
	const struct placeholder_type *type = find_placeholder(at + escaped);
	if (type != NULL) {
		enum shell_context construct = shell_construct(shell);
		if (construct != SHELL_BARE)
			return refuse(type, construct, err);
		add_reference(expansion, type, escaped);
		shell_skip_word(shell);
		length += escaped;
	} else if (at[0] == '%' && at[1] == '%') {
		strbuf_add_char(&expansion->out, '%');
		shell_skip_word(shell);
	} else {
		st = shell_read(shell, at, &length, err);
		if (st != OK)
			return st;
		strbuf_add_bytes(&expansion->out, at, length);
	}
	expansion->at += length;
	return st;
}

enum status template_expand(const char *template, char *script, struct error *err)
{
	char text[TEMPLATE_EXPANDED_MAX];
	struct expansion expansion = { .at = template,
				       .shell = shell_open(template),
				       .out = STRBUF(text) };
	enum status st = OK;

	while (*expansion.at != '\0' && st == OK)
		st = expand_one(&expansion, err);
	if (st == OK)
		st = shell_close(&expansion.shell, err);
	if (st != OK)
		return st;

	const char *prefix = expansion.any_bare ? NO_FILE_NAMES : "";
	if (expansion.out.cut || strlen(prefix) + expansion.out.length >= TEMPLATE_EXPANDED_MAX)
		return error_set(err, ERR_FULL, "the command is longer than %d bytes",
				 TEMPLATE_EXPANDED_MAX - 1);
	struct strbuf whole = strbuf_over(script, TEMPLATE_EXPANDED_MAX);
	strbuf_add(&whole, prefix);
	strbuf_add(&whole, text);
	return OK;
}
