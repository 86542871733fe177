/* SPDX-License-Identifier: PostgreSQL */
#include "shell.h"

#include <assert.h>
#include <ctype.h>
#include <string.h>

static const struct shell_context_type types[SHELL_CONTEXTS] = {
	[SHELL_BARE] = { "a command", SHELL_PLAIN },
	[SHELL_SINGLE] = { "'...'", SHELL_PLAIN },
	[SHELL_DOUBLE] = { "\"...\"", SHELL_PLAIN },
	[SHELL_COMMENT] = { "a comment", SHELL_PLAIN },
	[SHELL_ESCAPED_SINGLE] = { "$'...'", SHELL_CONSTRUCT },
	[SHELL_BACKQUOTES] = { "`...`", SHELL_CONSTRUCT },
	[SHELL_SUBSTITUTION] = { "$(...)", SHELL_CONSTRUCT },
	[SHELL_ARITHMETIC] = { "((...))", SHELL_COMPUTES },
	[SHELL_BRACKETS] = { "$[...]", SHELL_COMPUTES },
	/* ${X:offset} computes, others do not; telling them apart is not worth it. */
	[SHELL_BRACES] = { "${...}", SHELL_COMPUTES },
	[SHELL_SUBSCRIPT] = { "an array's [...]", SHELL_COMPUTES },
	[SHELL_HEREDOC] = { "what follows a here-document's <<", SHELL_ENDLESS },
	[SHELL_AFTER_CASE] = { "what follows $(case ...", SHELL_ENDLESS },
	[SHELL_AFTER_ESCAPED_QUOTE] = { "what follows \\' in $'...'", SHELL_ENDLESS },
	[SHELL_AFTER_QUOTE_IN_BRACES] = { "what follows a ' in \"${...}\"", SHELL_ENDLESS },
	[SHELL_AFTER_CONTINUED_LINE] = { "what follows a line that ends inside an operator",
					 SHELL_ENDLESS },
};

const struct shell_context_type *shell_context_type(enum shell_context context)
{
	return &types[context];
}

struct shell shell_open(const char *text)
{
	return (struct shell) { .start = text, .word_starts = true };
}

enum shell_context shell_context(const struct shell *shell)
{
	return shell->nesting[shell->depth];
}

enum shell_context shell_construct(const struct shell *shell)
{
	for (unsigned i = shell->depth; i > 0; i--) {
		if (types[shell->nesting[i]].rule != SHELL_PLAIN)
			return shell->nesting[i];
	}
	return shell->subscript ? SHELL_SUBSCRIPT : SHELL_BARE;
}

void shell_skip_word(struct shell *shell)
{
	shell->word_starts = false;
}

/* The caller, shell_read(), makes sure that there is room for two. */
static size_t push(struct shell *shell, enum shell_context context, size_t length)
{
	assert(shell->depth + 1 < SHELL_NESTING_MAX);
	shell->nesting[++shell->depth] = context;
	return length;
}

static size_t pop(struct shell *shell)
{
	assert(shell->depth > 0);
	shell->depth--;
	return 1;
}

/* Its two closing parentheses come one by one. */
static size_t push_arithmetic(struct shell *shell, size_t length)
{
	push(shell, SHELL_ARITHMETIC, 0);
	return push(shell, SHELL_ARITHMETIC, length);
}

static size_t read_backslash(struct shell *shell, const char *at)
{
	if (at[1] == '\0' || at[1] == '%')
		return 1;
	/* The shell joins the lines before it looks for operators. */
	if (at[1] == '\n' && at > shell->start && strchr("$(<", at[-1]) != NULL)
		push(shell, SHELL_AFTER_CONTINUED_LINE, 0);
	return 2;
}

static size_t read_dollar(struct shell *shell, const char *next)
{
	enum shell_context context = shell_context(shell);

	if (strncmp(next, "((", 2) == 0)
		return push_arithmetic(shell, 3);
	switch (*next) {
	case '(':
		shell->word_starts = true;
		return push(shell, SHELL_SUBSTITUTION, 2);
	case '{':
		return push(shell, SHELL_BRACES, 2);
	case '[':
		return push(shell, SHELL_BRACKETS, 2);
	case '\'':
		if (context == SHELL_DOUBLE || context == SHELL_BRACES)
			return 1;
		return push(shell, SHELL_ESCAPED_SINGLE, 2);
	case '$':
		return 2; /* $$( is no substitution */
	default:
		return 1;
	}
}

/* What means the same outside quotes and inside "..."; 0 if it is not that. */
static size_t read_expansion(struct shell *shell, const char *at)
{
	switch (*at) {
	case '\\':
		return read_backslash(shell, at);
	case '$':
		return read_dollar(shell, at + 1);
	case '`':
		return push(shell, SHELL_BACKQUOTES, 1);
	default:
		return 0;
	}
}

/* The beginning of a quote; 0 if it is not that. */
static size_t read_quote(struct shell *shell, const char *at)
{
	if (*at == '"')
		return push(shell, SHELL_DOUBLE, 1);
	if (*at != '\'')
		return 0;
	/* In "${X:-'}'}" the ' is text, in "${X#'}'}" it quotes. */
	bool text = shell_context(shell) == SHELL_BRACES &&
		    shell->nesting[shell->depth - 1] == SHELL_DOUBLE;
	return push(shell, text ? SHELL_AFTER_QUOTE_IN_BRACES : SHELL_SINGLE, 1);
}

static size_t read_parenthesis(struct shell *shell, const char *at)
{
	bool inner = shell_context(shell) == SHELL_SUBSTITUTION;

	shell->word_starts = true;
	if (strncmp(at, "((", 2) == 0)
		return push_arithmetic(shell, 2);
	if (!inner)
		return 1; /* a subshell, function or pattern: nothing changes */
	return *at == '(' ? push(shell, SHELL_SUBSTITUTION, 1) : pop(shell);
}

/* Is this the word case in $(...)? Its patterns have a ) of their own. */
static bool at_inner_case(const struct shell *shell, const char *at, bool word_starts)
{
	return word_starts && shell_context(shell) == SHELL_SUBSTITUTION &&
	       strncmp(at, "case", 4) == 0 && isspace((unsigned char)at[4]);
}

static size_t read_operator_or_text(struct shell *shell, const char *at, bool word_starts)
{
	bool after_name = at > shell->start && (isalnum((unsigned char)at[-1]) || at[-1] == '_');

	if (*at == '#' && word_starts)
		return push(shell, SHELL_COMMENT, 1);
	if (strncmp(at, "<<<", 3) == 0)
		return 3; /* the here-string of some shells: one more argument */
	if (strncmp(at, "<<", 2) == 0)
		return push(shell, SHELL_HEREDOC, 2);
	if (at_inner_case(shell, at, word_starts))
		return push(shell, SHELL_AFTER_CASE, 4);
	if (*at == '[' && after_name && shell_context(shell) == SHELL_BARE)
		shell->subscript = true;
	shell->word_starts = strchr(" \t\n;&|<>", *at) != NULL;
	return 1;
}

/* Outside quotes, at the outer level or in $(...). */
static size_t read_command(struct shell *shell, const char *at, bool word_starts)
{
	if (at[0] == '\\' && at[1] == '\n')
		shell->word_starts = word_starts; /* the two lines are one */
	size_t length = read_expansion(shell, at);
	if (length == 0)
		length = read_quote(shell, at);
	if (length == 0 && (*at == '(' || *at == ')'))
		length = read_parenthesis(shell, at);
	return length > 0 ? length : read_operator_or_text(shell, at, word_starts);
}

/* In a construct with quotes and expansions that CLOSE ends and OPEN nests. */
static size_t read_nested(struct shell *shell, const char *at, char open, char close)
{
	size_t length = read_expansion(shell, at);
	if (length == 0)
		length = read_quote(shell, at);
	if (length > 0)
		return length;
	if (*at == close)
		return pop(shell);
	return *at == open ? push(shell, shell_context(shell), 1) : 1;
}

/* In quotes with a backslash, but without expansions. */
static size_t read_escaped(struct shell *shell, const char *at, char close)
{
	if (*at == close)
		return pop(shell);
	if (*at != '\\')
		return 1;
	if (close == '\'' && at[1] == '\'') /* to dash this is the end, to bash it is not */
		return push(shell, SHELL_AFTER_ESCAPED_QUOTE, 2);
	return read_backslash(shell, at);
}

static size_t read_double(struct shell *shell, const char *at)
{
	size_t length = read_expansion(shell, at);
	if (length > 0)
		return length;
	return *at == '"' ? pop(shell) : 1;
}

static size_t read_comment(struct shell *shell, const char *at)
{
	shell->word_starts = *at == '\n';
	return *at == '\n' ? pop(shell) : 1;
}

static size_t read_one(struct shell *shell, const char *at, bool word_starts)
{
	switch (shell_context(shell)) {
	case SHELL_BARE:
	case SHELL_SUBSTITUTION:
		return read_command(shell, at, word_starts);
	case SHELL_SINGLE:
		return *at == '\'' ? pop(shell) : 1;
	case SHELL_DOUBLE:
		return read_double(shell, at);
	case SHELL_ESCAPED_SINGLE:
		return read_escaped(shell, at, '\'');
	case SHELL_BACKQUOTES:
		return read_escaped(shell, at, '`');
	case SHELL_ARITHMETIC:
		return read_nested(shell, at, '(', ')');
	case SHELL_BRACKETS:
		return read_nested(shell, at, '[', ']');
	case SHELL_BRACES:
		return read_nested(shell, at, '\0', '}');
	case SHELL_COMMENT:
		return read_comment(shell, at);
	default:
		return 1;
	}
}

enum status shell_read(struct shell *shell, const char *at, size_t *length, struct error *err)
{
	bool word_starts = shell->word_starts;

	if (shell->depth + 2 >= SHELL_NESTING_MAX)
		return error_set(err, ERR_CONFIG,
				 "more than %d quotes and brackets stand inside each other",
				 SHELL_NESTING_MAX - 3);
	shell->word_starts = false; /* whoever knows better sets it again */
	*length = read_one(shell, at, word_starts);
	if (shell->word_starts && shell_context(shell) == SHELL_BARE)
		shell->subscript = false;
	return OK;
}

enum status shell_close(const struct shell *shell, struct error *err)
{
	unsigned depth = shell->depth;

	if (shell->nesting[depth] == SHELL_COMMENT)
		depth--; /* the end of the text is the end of the line */
	const struct shell_context_type *type = &types[shell->nesting[depth]];
	if (depth == 0 || type->rule == SHELL_ENDLESS)
		return OK;
	enum status st = error_set(err, ERR_CONFIG, "%s is not closed", type->shown);
	error_hint(err, "Add what closes it, or put a backslash before what opens it.");
	return st;
}
