/* SPDX-License-Identifier: PostgreSQL */
/* backend.h - what a replication back-end is: a row of statements for each question.
 *
 * A statement gives columns by the names that take.c lists; one that it does not give is
 * unknown, and so is NULL. It names its relations and functions with their schema, and
 * selects no connection string: there may be a password in it.
 */
#ifndef BDRMON_REPL_BACKEND_H
#define BDRMON_REPL_BACKEND_H

#include "bdrmon/repl.h"

/* One way to ask, from a server's version on. */
struct repl_sql {
	int since; /* as session_server_version() counts */
	const char *text;
};

enum repl_question {
	ASK_SETUP, /* a row for each node of the cluster, or one row */
	ASK_STATE, /* one row */
	ASK_POKE, /* a row with a command for each subscription that does not run; may be missing */
	REPL_QUESTIONS
};

/* So many ways to ask a question, by version, in ascending order; the rest is empty. */
#define REPL_SQL_MAX 4

struct repl_backend {
	enum repl_kind kind;
	struct repl_sql sql[REPL_QUESTIONS][REPL_SQL_MAX];
};

extern const struct repl_backend repl_bdr, repl_pgd, repl_pglogical, repl_logical, repl_spock;

/* All of them, in the order in which they are looked for. */
extern const struct repl_backend *const repl_backends[];
extern const unsigned repl_backend_count;

/* The back-end of a kind; NULL for REPL_NONE. */
const struct repl_backend *repl_backend_of(enum repl_kind kind);

/* Ask what the database might be: a row with name and version of each kind. */
const char *repl_candidates_sql(int version);

/* The way to ask QUESTION for servers of VERSION; NULL: there is none. */
const char *repl_sql_for(const struct repl_backend *backend, enum repl_question question,
			 int version);

/* What a back-end is that says nothing. */
struct repl_state repl_state_unknown(void);

/* Take what the statements gave: one row or more. */
void repl_take_setup(const PGresult *rows, struct repl_setup *setup);
void repl_take_state(const PGresult *rows, struct repl_state *state);

/* What role the statement's user lacks to see everything, as the row says; NULL: none. */
const char *repl_take_missing(const PGresult *rows);

#endif
