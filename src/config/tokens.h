/* SPDX-License-Identifier: PostgreSQL */
/* tokens.h - the notification command piece by piece: its placeholders, and the text
 * between them as a shell reads it. Pure.
 */
#ifndef CONFIG_TOKENS_H
#define CONFIG_TOKENS_H

#include "shell.h"

#include "bdrmon/template.h"

enum token_kind {
	TOKEN_END,
	TOKEN_PLACEHOLDER,
	TOKEN_PERCENT, /* %%, which means a percent sign */
	TOKEN_TEXT,    /* some characters that belong together */
};

struct token {
	enum token_kind kind;
	const char *at;
	size_t length;
	enum placeholder which;       /* TOKEN_PLACEHOLDER */
	bool escaped;                 /* a backslash before the placeholder is part of the token */
	enum shell_context context;   /* the innermost one that it stands in */
	enum shell_context construct; /* the innermost that is not SHELL_PLAIN, or SHELL_BARE */
	bool delimits;                /* it begins or ends a context, as a quote does */
};

struct tokens {
	const char *at;
	struct shell shell;
};

struct tokens tokens_of(const char *template);

/* Read the next token.
 * Errors: ERR_CONFIG  nested too deeply; or at the end: something is not closed */
enum status token_next(struct tokens *tokens, struct token *token, struct error *err);

#endif
