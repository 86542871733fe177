/* SPDX-License-Identifier: PostgreSQL */
/* connstr.h - the value of an alias, which is a connection string by PgBouncer's own grammar,
 * and not by libpq's: only blanks part its parameters, a tab is a part of the value; a quoted
 * value has '' for ', and no backslash; no value is empty; whatever stands behind a closing
 * quote is skipped, one byte; the last one of two of the same name counts. Pure.
 * Source: PgBouncer, loader.c; tried with 1.18.
 */
#ifndef PROXY_CONNSTR_H
#define PROXY_CONNSTR_H

#include "ini_lines.h"

#include "bdrmon/strbuf.h"

#define PORT_DEFAULT 5432 /* where an alias has none */

struct parameter {
	struct span key;
	struct span raw; /* the value as written, with its quotes */
	const char *end; /* behind it, and behind the byte that is skipped */
};

struct connstr {
	const char *at, *end;
};

enum connstr_found { CONNSTR_END, CONNSTR_PARAMETER, CONNSTR_SYNTAX_ERROR };

struct connstr connstr_of(struct span value);
enum connstr_found connstr_next(struct connstr *connstr, struct parameter *parameter);

/* Its value without the quotes; false: TEXT had no room. */
bool parameter_value(const struct parameter *parameter, char *text, size_t size);

/* Its value as PgBouncer reads a number: digits after white space, then anything. */
int parameter_number(const struct parameter *parameter);

/* Add VALUE, in quotes if it needs them or QUOTED asks for them. */
void connstr_add_value(struct strbuf *out, const char *value, bool quoted);

/* Check VALUE, the connection string of an alias on LINE: its grammar, the names of the
 * parameters, which are those of any version, and what PgBouncer checks at once. No
 * message shows what is in it but a name that libpq knows: it may be a part of a password.
 * Errors: ERR_CONFIG  PgBouncer would refuse the file */
enum status connstr_check(struct span value, unsigned line, struct error *err);

/* Does a probe alias take this parameter over from the alias that it is like? Not those of
 * the place, of the pool, and a query that may take long. */
bool parameter_travels(const struct parameter *parameter);

#endif
