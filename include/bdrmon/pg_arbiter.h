/* SPDX-License-Identifier: PostgreSQL */
/* pg_arbiter.h - an arbiter that is a PostgreSQL, any from 9.4 on: it consents to one failure
 * of a cluster by a row that names it, and the monitors hear each other by way of it. The row
 * is made only where there is none and deleted only by comparison, so that of two sides that
 * ask for it one gets it, for as long as that failure is open. (two-node rules, Failure domains)
 *
 *   bdrmon.arbiter (cluster text primary key, recorder integer, epoch bigint)
 *
 * Threads: the one that has the session.
 */
#ifndef BDRMON_PG_ARBITER_H
#define BDRMON_PG_ARBITER_H

#include "bdrmon/pinboard.h"
#include "bdrmon/record.h"
#include "bdrmon/store.h"

struct arbiter_question {
	const char *text;    /* to pin up */
	const char *cluster; /* whose key it is */
	int id[NODES];       /* of the nodes, as the table has them; 0: not known yet */
	/* Epoch 0: nothing. A key that names a node whose ID is not known is left for later. */
	struct arbiter_key reserve;
	struct arbiter_key give_up;
};

struct arbiter_answer {
	struct pinboard board;
	/* What is reserved once all that was asked for is done. Its recorder is NODES if that is
	 * neither node: then somebody else must delete it. */
	struct arbiter_key key;
};

/* Create schema and table if they are missing. *CREATED says that they were.
 * Errors:  ERR_CONFIG  something is missing, and may not be created; the hint of ERR names the
 *                      statements that a superuser must run there
 *          as session_query(), with ERR */
enum status pg_arbiter_prepare(struct store *store, bool *created, struct error *err);

/* Ask, in one round trip, or in two if somebody else was faster. ANSWER is written on OK only.
 * A server that reserves nothing, such as a standby, gives an error.
 * Errors: as session_query(), with store->failure */
enum status pg_arbiter_ask(struct store *store, const struct arbiter_question *question,
			   struct arbiter_answer *answer);

#endif
