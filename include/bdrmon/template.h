/* SPDX-License-Identifier: PostgreSQL */
/* template.h - the notification command: from repmgr's placeholders to a text
 * for /bin/sh in which no value can become syntax.
 *
 * A placeholder (%n %e ...) is replaced by a reference to an environment
 * variable, quoted for the place where it stands, and never by the value. Outside
 * quotes the shell splits the value at blanks and drops an empty one, as it did
 * when repmgr pasted the text; only expansion of file names is switched off
 * (set -f). Pure.
 */
#ifndef BDRMON_TEMPLATE_H
#define BDRMON_TEMPLATE_H

#include "bdrmon/error.h"

#include <stdbool.h>
#include <stdint.h>

/* The values of a command, by their placeholder and environment variable. */
enum placeholder {
	PLACEHOLDER_NODE_ID,   /* %n */
	PLACEHOLDER_EVENT,     /* %e */
	PLACEHOLDER_SUCCESS,   /* %s: 1 or 0 */
	PLACEHOLDER_TIMESTAMP, /* %t */
	PLACEHOLDER_DETAILS,   /* %d */
	PLACEHOLDER_CONNINFO,  /* %c */
	PLACEHOLDER_NODE_NAME, /* %a */
	PLACEHOLDER_FORMER_ID, /* %p */
	PLACEHOLDERS
};

struct placeholder_type {
	char letter;
	bool wild;            /* the value can be empty or hold blanks, quotes and the like */
	const char *variable; /* "BDRMON_NODE_ID" */
	const char *means;
};

const struct placeholder_type *placeholder_type(enum placeholder which);

/* Turn the command TEMPLATE into the text for /bin/sh -c.
 *
 * script  at least TEMPLATE_EXPANDED_MAX bytes; written on OK only
 *
 * %% is a percent sign; % with another letter stays as it is, as with repmgr.
 * Errors:  ERR_CONFIG  a placeholder stands in backquotes, $(...) or a
 *                      here-document, or a quote is not closed
 *          ERR_FULL    the result is longer than the bound
 * Source:  repmgr 4.4, parse_notification_command; POSIX shell, 2.2 Quoting
 */
#define TEMPLATE_EXPANDED_MAX 32768
enum status template_expand(const char *template, char *script, struct error *err);

/* A set of placeholders, one bit each. */
typedef uint32_t placeholder_set;

static inline placeholder_set placeholder_bit(enum placeholder which)
{
	return (placeholder_set)1 << which;
}

/* What a command may not mean as it is written, though it can be expanded. Only
 * placeholders with a wild value count: a number or the name of an event is the same to
 * whoever reads it. */
struct template_review {
	placeholder_set bare;       /* outside quotes: splits at blanks, vanishes if it is empty */
	placeholder_set read_again; /* in an argument that is a command for one more shell: ssh,
				     * su -c, sh -c, eval; or psql -c */
	const char *reader;         /* the first of these, "ssh"; NULL: none */
};

/* Review TEMPLATE, which template_expand() takes. What a script does with its arguments
 * is not known here, nor what a variable holds. */
void template_review(const char *template, struct template_review *review);

#endif
