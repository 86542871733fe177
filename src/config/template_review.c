/* SPDX-License-Identifier: PostgreSQL */
#include "bdrmon/template.h"

#include "bdrmon/lookup.h"
#include "bdrmon/strbuf.h"
#include "tokens.h"

#include <ctype.h>
#include <string.h>

/* Programs that hand an argument to one more reader. */
static const struct reader {
	const char *name;
	bool all;      /* each argument; else the one behind an option that ends in c */
	bool operands; /* other arguments may stand before that option */
} readers[] = {
	{ "ssh", true, false },  { "rsh", true, false },     { "pdsh", true, false },
	{ "pssh", true, false }, { "eval", true, false },    { "sh", false, false },
	{ "ash", false, false }, { "bash", false, false },   { "dash", false, false },
	{ "ksh", false, false }, { "zsh", false, false },    { "su", false, true },
	{ "psql", false, true }, { "runuser", false, true },
};

/* Where in one simple command we are. */
enum place {
	BEFORE_READER,
	IN_OPTIONS,   /* of the reader */
	BEFORE_VALUE, /* of an option whose value is no command */
	AT_COMMAND,   /* the next argument is read again */
	AT_COMMANDS,  /* all others are */
	BEHIND,       /* arguments of the command that is read again: harmless */
};

#define WORD_MAX 64 /* names and options are shorter; the rest of a word does not matter */

struct review {
	struct template_review *result;
	char memory[WORD_MAX];
	struct strbuf word; /* without its quotes */
	bool any;           /* there is a word, maybe an empty one */
	placeholder_set wild;
	enum place place;
	const struct reader *reader;
	bool assigns; /* only assignments so far */
};

static const struct reader *find_reader(const char *word)
{
	const char *slash = strrchr(word, '/');
	const char *name = slash == NULL ? word : slash + 1;

	for (size_t i = 0; i < ARRAY_LEN(readers); i++) {
		if (strcmp(readers[i].name, name) == 0)
			return &readers[i];
	}
	return NULL;
}

static bool is_assignment(const char *word)
{
	size_t length = 0;

	while (isalnum((unsigned char)word[length]) || word[length] == '_')
		length++;
	return length > 0 && !isdigit((unsigned char)word[0]) && word[length] == '=';
}

/* -c, -lc, --command */
static bool takes_command(const char *word)
{
	static const char name[] = "--command";

	if (strncmp(word, name, strlen(name)) == 0)
		return true;
	size_t letters = 1 + strspn(word + 1, "abdefhiklmnpqrtuvwxC");
	return word[0] == '-' && word[letters] == 'c' && word[letters + 1] == '\0';
}

/* -o, +o, -euo */
static bool takes_value(const char *word)
{
	size_t length = strlen(word);

	return length > 1 && (word[0] == '-' || word[0] == '+') && word[1] != '-' &&
	       word[length - 1] == 'o';
}

static void found(struct review *review)
{
	if (review->wild == 0)
		return;
	review->result->read_again |= review->wild;
	if (review->result->reader == NULL)
		review->result->reader = review->reader->name;
}

static void enter_reader(struct review *review)
{
	const struct reader *reader = find_reader(review->word.text);

	if (reader == NULL)
		return;
	review->reader = reader;
	review->place = reader->all ? AT_COMMANDS : IN_OPTIONS;
}

static void take_option(struct review *review)
{
	const char *word = review->word.text;

	if (takes_command(word)) {
		review->place = strchr(word, '=') != NULL ? BEHIND : AT_COMMAND;
		if (review->place == BEHIND)
			found(review);
	} else if (takes_value(word)) {
		review->place = BEFORE_VALUE;
	} else if (word[0] == '-' && word[1] == 'c') {
		found(review); /* the command stands right behind the letter */
	} else if (word[0] != '-' && word[0] != '+') {
		if (!review->reader->operands)
			review->place = BEHIND; /* a script, and its arguments */
		enter_reader(review);
	}
}

static void end_word(struct review *review)
{
	if (!review->any)
		return;
	switch (review->place) {
	case BEFORE_READER:
		enter_reader(review);
		break;
	case IN_OPTIONS:
		take_option(review);
		break;
	case BEFORE_VALUE:
		review->place = IN_OPTIONS;
		break;
	case AT_COMMAND:
		found(review);
		review->place = review->reader->operands ? IN_OPTIONS : BEHIND;
		break;
	case AT_COMMANDS:
		found(review);
		break;
	case BEHIND:
		break;
	}
	review->assigns &= is_assignment(review->word.text);
	review->word = STRBUF(review->memory);
	review->any = false;
	review->wild = 0;
}

static void end_command(struct review *review)
{
	end_word(review);
	review->place = BEFORE_READER;
	review->assigns = true;
}

static void take_placeholder(struct review *review, const struct token *token)
{
	placeholder_set bit = placeholder_bit(token->which);

	review->any = true;
	if (!placeholder_type(token->which)->wild)
		return;
	review->wild |= bit;
	/* The shell does not split what it assigns. */
	bool assigned = review->assigns && is_assignment(review->word.text);
	if (token->context == SHELL_BARE && !token->escaped && !assigned)
		review->result->bare |= bit;
}

static void take_text(struct review *review, const struct token *token)
{
	char c = token->at[token->length - 1];
	bool outside = token->context == SHELL_BARE && !token->delimits && token->length == 1;

	if (token->context == SHELL_BARE && token->delimits && c == '#') {
		end_word(review); /* a comment */
	} else if (outside && strchr(";&|()\n", c) != NULL) {
		end_command(review);
	} else if (outside && strchr(" \t<>", c) != NULL) {
		end_word(review);
	} else {
		review->any = true;
		if (!token->delimits)
			strbuf_add_char(&review->word, c); /* of \x the x */
	}
}

void template_review(const char *template, struct template_review *result)
{
	struct review review = { .result = result, .assigns = true };
	struct tokens tokens = tokens_of(template);
	struct token token;
	struct error unused;

	*result = (struct template_review) { 0 };
	review.word = STRBUF(review.memory);
	while (token_next(&tokens, &token, &unused) == OK && token.kind != TOKEN_END) {
		if (token.context == SHELL_COMMENT) {
			if (token.at[0] == '\n')
				end_command(&review);
			continue;
		}
		if (token.kind == TOKEN_PLACEHOLDER)
			take_placeholder(&review, &token);
		else
			take_text(&review, &token);
	}
	end_command(&review);
}
