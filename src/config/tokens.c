/* SPDX-License-Identifier: PostgreSQL */
#include "tokens.h"

struct tokens tokens_of(const char *template)
{
	return (struct tokens) { .at = template, .shell = shell_open(template) };
}

/* Is there a placeholder at TEXT? */
static bool find_placeholder(const char *text, enum placeholder *which)
{
	if (text[0] != '%')
		return false;
	for (unsigned i = 0; i < PLACEHOLDERS; i++) {
		if (placeholder_type((enum placeholder)i)->letter == text[1]) {
			*which = (enum placeholder)i;
			return true;
		}
	}
	return false;
}

/* Does a backslash quote what follows it? */
static bool backslash_counts(enum shell_context context)
{
	return context == SHELL_BARE || context == SHELL_DOUBLE;
}

enum status token_next(struct tokens *tokens, struct token *token, struct error *err)
{
	struct shell *shell = &tokens->shell;
	const char *at = tokens->at;
	unsigned depth = shell->depth;
	enum status st = OK;

	*token = (struct token) {
		.at = at,
		.length = 2,
		.context = shell_context(shell),
		.construct = shell_construct(shell),
	};
	if (at[0] == '\0')
		return shell_close(shell, err);
	token->escaped = at[0] == '\\' && backslash_counts(token->context) &&
			 find_placeholder(at + 1, &token->which);
	if (token->escaped || find_placeholder(at, &token->which)) {
		token->kind = TOKEN_PLACEHOLDER;
		token->length += token->escaped;
		shell_skip_word(shell);
	} else if (at[0] == '%' && at[1] == '%') {
		token->kind = TOKEN_PERCENT;
		shell_skip_word(shell);
	} else {
		token->kind = TOKEN_TEXT;
		st = shell_read(shell, at, &token->length, err);
		token->delimits = shell->depth != depth;
	}
	tokens->at += token->length;
	return st;
}
