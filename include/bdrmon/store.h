/* SPDX-License-Identifier: PostgreSQL */
/* store.h - our tables on one node, and how to write there without harm.
 *
 * A row that travels to a node which lacks the table, or which has the row already, stops
 * native logical replication of everything, the application's rows too: measured. So what
 * we write where all tables are published is written under the replication origin "bdrmon":
 * a subscription with origin=none leaves it alone. An origin can be had by one session at a
 * time; an advisory lock makes a queue of those who want it. That lock is taken for all other
 * writes, too, so that a statement that was given up, but still runs on the server, is seen
 * by the one that repeats it.
 *
 * Threads: the one that has the session.
 */
#ifndef BDRMON_STORE_H
#define BDRMON_STORE_H

#include "bdrmon/session.h"

/* How what we write gets along with replication. */
enum store_way {
	STORE_PLAIN, /* nothing carries our tables: pglogical, Spock, a publication of few tables */
	STORE_APART, /* all tables are published: we write under the replication origin */
	STORE_BDR    /* BDR: our tables are in a replication set of their own, and rows travel */
};

#define STORE_ORIGIN "bdrmon"

/* That of whoever has the claim (failures.h), who waits for nobody: only one has it. */
#define STORE_CLAIM_ORIGIN "bdrmon_claim"

struct store {
	struct session *session; /* borrowed */
	struct pg_wait wait;     /* for each call */
	enum store_way way;
	struct pg_failure failure; /* why the last call failed */
};

/* Find out the way. BDR says that the database is BDR's, which the back-end knows.
 * Errors: as session_query(), with store->failure. */
enum status store_find_way(struct store *store, bool bdr);

/* Run one statement with COUNT values; RESULT may be NULL if the caller wants none.
 * Errors: as session_query(), with store->failure. */
enum status store_run(struct store *store, const char *sql, const char *const values[],
		      unsigned count, PGresult **result);

/* Begin a transaction in which we write.
 * Errors: as session_query(), with store->failure; then there is none. */
enum status store_begin(struct store *store);

/* End it: with a commit if ST, what came of it so far, is OK, else with a rollback. Gives ST,
 * or what came of the commit. After an error session_usable() tells whether the session is.
 *
 * After ERR_TIMEOUT nobody knows whether the commit took place. */
enum status store_end(struct store *store, enum status st);

/* For who has the claim: around one statement, which is a transaction by itself, and waits for
 * no other writer. Errors and results as of the two above. */
enum status store_apart(struct store *store);
enum status store_together(struct store *store, enum status st);

#endif
