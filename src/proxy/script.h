/* SPDX-License-Identifier: PostgreSQL */
/* script.h - the script that does where the file lies what local.c does here. Pure.
 *
 * It is one function, called in the last line: a script that was cut on its way does nothing. Data
 * are here-documents in base64, since neither a shell's variables nor its here-documents can
 * hold all bytes. Each answer is framed:
 *     TOKEN FIELD      alone in a line, whatever was written before
 *     TEXT             any bytes
 *     TOKEN end        so: nothing is missing
 * The token is a sum that only a shell which runs the script can know: neither a banner nor
 * somebody who sends back what he is sent looks like an answer.
 */
#ifndef BDRMON_PROXY_SCRIPT_H
#define BDRMON_PROXY_SCRIPT_H

#include "way.h"

#include "bdrmon/strbuf.h"

#define TOKEN_MAX 64

struct token {
	char head[TOKEN_MAX],
		end[TOKEN_MAX]; /* of the first line, up to the field; the last line */
	int64_t left, right;    /* the summands */
};

/* The summands are any two numbers that no other run has. */
struct token token_make(int64_t left, int64_t right);

/* Add TEXT as one word of a shell. */
void script_quote(struct strbuf *script, const char *text);

/* Memory enough for the script that replaces WHAT, or, with NULL, for the one that reads. */
size_t script_size(const struct replacement *what);

/* The field is the host's clock as script_clock_us() takes it, the text is the file, or of a file
 * that is too large one byte more than there may be. */
void script_read(struct strbuf *script, const char *file, const struct token *token);

/* The field is "won", "lost" or "late", the text is empty. */
void script_replace(struct strbuf *script, const char *file, const struct replacement *what,
		    const struct token *token);

/* Take an answer apart: its field, and where in ANSWER its text lies. False: there is none. */
#define FIELD_MAX 32
bool script_answer(const char *answer, size_t answer_length, const struct token *token,
		   char field[FIELD_MAX], const char **text, size_t *length);

/* The clock, from a field; false: it is none. */
bool script_clock_us(const char *field, int64_t *us);

#endif
