/* SPDX-License-Identifier: PostgreSQL */
/* shell.h - where in a shell command a character stands: outside quotes, inside
 * them, or in a construct with rules of its own. A reader of syntax only; it runs
 * and expands nothing. Where shells disagree it says so by a context that lasts to
 * the end of the text. Pure.
 *
 * Source: POSIX.1-2017, Shell Command Language, 2.2 Quoting and 2.3 Token
 * Recognition; what bash adds to it ((( )), $[ ], $'...', <<<) counts too, since
 * /bin/sh is bash on many systems.
 */
#ifndef BDRMON_SHELL_H
#define BDRMON_SHELL_H

#include "bdrmon/error.h"

#include <stdbool.h>
#include <stddef.h>

#define SHELL_NESTING_MAX 32

enum shell_context {
	SHELL_BARE,
	SHELL_SINGLE,
	SHELL_DOUBLE,
	SHELL_COMMENT,
	SHELL_ESCAPED_SINGLE,
	SHELL_BACKQUOTES,
	SHELL_SUBSTITUTION,
	SHELL_ARITHMETIC,
	SHELL_BRACKETS,
	SHELL_BRACES,
	SHELL_SUBSCRIPT,
	SHELL_HEREDOC,
	SHELL_AFTER_CASE,
	SHELL_AFTER_ESCAPED_QUOTE,
	SHELL_AFTER_QUOTE_IN_BRACES,
	SHELL_AFTER_CONTINUED_LINE,
	SHELL_CONTEXTS
};

enum shell_rule {
	SHELL_PLAIN,     /* a reference to a variable gives its value here */
	SHELL_CONSTRUCT, /* it may not */
	SHELL_COMPUTES,  /* some shells evaluate the value, even a $(...) in it */
	SHELL_ENDLESS,   /* SHELL_CONSTRUCT, and to the end of the text */
};

struct shell_context_type {
	const char *shown; /* for messages */
	enum shell_rule rule;
};

const struct shell_context_type *shell_context_type(enum shell_context context);

/* The reader's state. */
struct shell {
	const char *start;                             /* of the text, borrowed */
	enum shell_context nesting[SHELL_NESTING_MAX]; /* [0] is SHELL_BARE */
	unsigned depth;
	bool word_starts; /* a # here would begin a comment */
	bool subscript;   /* the word has a [ after a name */
};

struct shell shell_open(const char *text);

/* The innermost context. */
enum shell_context shell_context(const struct shell *shell);

/* The innermost context that is not SHELL_PLAIN; SHELL_BARE if there is none. */
enum shell_context shell_construct(const struct shell *shell);

/* Read what stands at AT, one or some characters that belong together, and write
 * their number to *length. A percent sign is read alone.
 * Errors: ERR_CONFIG  nested too deeply */
enum status shell_read(struct shell *shell, const char *at, size_t *length, struct error *err);

/* Say that something else, which is part of a word, was read by the caller. */
void shell_skip_word(struct shell *shell);

/* The text ended here.
 * Errors: ERR_CONFIG  a quote or bracket is not closed */
enum status shell_close(const struct shell *shell, struct error *err);

#endif
