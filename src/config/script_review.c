/* SPDX-License-Identifier: PostgreSQL */
#include "bdrmon/script_review.h"

#include "bdrmon/lookup.h"
#include "bdrmon/strbuf.h"
#include "tokens.h"

#include <assert.h>
#include <ctype.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const flaw_texts[SCRIPT_FLAWS] = {
	[SCRIPT_LOGIN_RETRY] = "after a crash clients wait for up to server_login_retry, 15 s if "
			       "nobody has changed it, which the script leaves as it is",
	[SCRIPT_PAUSE] = "PAUSE does not return while a node hangs or is cut off, so that nothing "
			 "behind it is done",
	[SCRIPT_NO_PROOF] = "RELOAD answers with success when PgBouncer has refused the file, and "
			    "the script does not look what runs",
	[SCRIPT_IN_TURN] = "one PgBouncer that cannot be reached delays all behind it, or ends the "
			   "script",
	[SCRIPT_CONNINFO] = "a node's conninfo becomes the alias: PgBouncer refuses the file for "
			    "what only libpq knows, such as connect_timeout or sslmode",
	[SCRIPT_WHOLE_FILE] = "the file is written anew: what else stands in it is gone, and "
			      "clients of an alias that is missing are thrown out",
};

const char *script_flaw_text(enum script_flaw flaw)
{
	assert(flaw < ARRAY_LEN(flaw_texts));
	return flaw_texts[flaw];
}

/* --------------------------------------------------------------------------- its text */

/* Copy what no comment is, in lower case. MEMORY has a byte more than LENGTH. */
static void simplify(const char *text, size_t length, char *memory)
{
	bool comment = false, begins = true; /* of a line */
	size_t out = 0;

	for (size_t i = 0; i < length; i++) {
		unsigned char c = (unsigned char)text[i];
		if (c == '\n')
			comment = false;
		else if (begins && c == '#')
			comment = true;
		begins = c == '\n' || (begins && (c == ' ' || c == '\t'));
		if (!comment && c != '\0')
			memory[out++] = (char)tolower(c);
	}
	memory[out] = '\0';
}

static bool in_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* Is WORD there, and not as a part of another one? */
static bool has_word(const char *text, const char *word)
{
	size_t length = strlen(word);

	for (const char *at = text; (at = strstr(at, word)) != NULL; at += length) {
		if ((at == text || !in_word(at[-1])) && !in_word(at[length]))
			return true;
	}
	return false;
}

static bool has(const char *text, const char *part)
{
	return strstr(text, part) != NULL;
}

/* One that is in all of these has deadlines of its own. */
static bool has_deadline(const char *text)
{
	return has(text, "connect_timeout") || has(text, "pgconnect_timeout") ||
	       has_word(text, "timeout");
}

/* Is the section's header written, in a line of its own or by one that redirects it? */
static bool writes_section(const char *text)
{
	static const char header[] = "[databases]";

	for (const char *at = text; (at = strstr(at, header)) != NULL; at += strlen(header)) {
		size_t rest = strcspn(at, "\n");
		if (at == text || at[-1] == '\n' || memchr(at, '>', rest) != NULL)
			return true;
	}
	return false;
}

static void review_text(const char *text, struct script_review *review)
{
	bool pauses = has_word(text, "pause"),
	     table = has(text, "nodes") && has_word(text, "select");
	bool conninfo = table && has_word(text, "conninfo");
	bool loops = has_word(text, "for") || has_word(text, "while");
	bool looks =
		has(text, "show databases") || has(text, "show servers") || has(text, "show pools");

	*review = (struct script_review) {
		.repoints = has(text, "pgbouncer") && has_word(text, "reload"),
	};
	if (!review->repoints)
		return;
	review->published = pauses && has_word(text, "resume") &&
			    (conninfo || has(text, "pgbouncer_database_ini"));
	review->flaw[SCRIPT_LOGIN_RETRY] = !has(text, "server_login_retry");
	review->flaw[SCRIPT_PAUSE] = pauses;
	review->flaw[SCRIPT_NO_PROOF] = !looks;
	review->flaw[SCRIPT_IN_TURN] = loops && !has_deadline(text);
	review->flaw[SCRIPT_CONNINFO] = conninfo;
	review->flaw[SCRIPT_WHOLE_FILE] = writes_section(text) || has(text, "ini_template");
}

void script_review(const char *text, size_t length, struct script_review *review)
{
	char *memory = malloc(length + 1);

	*review = (struct script_review) { 0 };
	if (memory == NULL)
		return;
	simplify(text, length, memory);
	review_text(memory, review);
	free(memory);
}

/* --------------------------------------------------------------------------- its file */

/* Read the file PATH; false: it is none, or too large, or cannot be read. */
static bool read_script(const char *path, char text[SCRIPT_TEXT_MAX], size_t *length)
{
	struct stat stat;
	ssize_t got = 0;

	/* Nothing that waits, such as a fifo. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return false;
	bool fine =
		fstat(fd, &stat) == 0 && S_ISREG(stat.st_mode) && stat.st_size <= SCRIPT_TEXT_MAX;
	for (*length = 0; fine && *length < SCRIPT_TEXT_MAX; *length += (size_t)got) {
		got = read(fd, text + *length, SCRIPT_TEXT_MAX - *length);
		if (got <= 0)
			break;
	}
	close(fd);
	return fine && got >= 0;
}

static bool review_file(const char *path, char text[SCRIPT_TEXT_MAX], struct script_review *review)
{
	size_t length;

	if (path[0] != '/' || !read_script(path, text, &length))
		return false;
	script_review(text, length, review);
	return review->repoints;
}

/* Does TOKEN part two words? */
static bool parts_words(const struct token *token)
{
	return token->kind == TOKEN_TEXT && token->context == SHELL_BARE && !token->delimits &&
	       token->length == 1 && strchr(" \t\n;&|()<>", token->at[0]) != NULL;
}

/* Read the next word of the command into WORD, without its quotes; false: there is none. A
 * placeholder becomes a byte that no path has. */
static bool next_word(struct tokens *tokens, struct strbuf *word)
{
	struct token token;
	struct error unused;

	*word = strbuf_over(word->text, word->size);
	while (token_next(tokens, &token, &unused) == OK && token.kind != TOKEN_END) {
		bool parts = parts_words(&token);
		if (parts && word->length > 0)
			return true;
		if (token.kind == TOKEN_PLACEHOLDER)
			strbuf_add_char(word, '\n');
		else if (!parts && !token.delimits && token.context != SHELL_COMMENT)
			strbuf_add_char(word, token.at[token.length - 1]);
	}
	return word->length > 0;
}

bool script_find(const char *command, char path[PATH_TEXT_MAX], struct script_review *review)
{
	struct tokens tokens = tokens_of(command);
	char memory[PATH_TEXT_MAX], *text = malloc(SCRIPT_TEXT_MAX);
	struct strbuf word = STRBUF(memory);
	struct script_review found;
	bool done = false;

	while (text != NULL && !done && next_word(&tokens, &word))
		done = !word.cut && review_file(memory, text, &found);
	free(text);
	if (!done)
		return false;
	copy_text(path, PATH_TEXT_MAX, memory);
	*review = found;
	return true;
}
