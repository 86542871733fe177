/* SPDX-License-Identifier: PostgreSQL */
/* race.h - one question asked several times at once, each over a new connection of its own to
 * another database of the same server: so a database that hangs delays no other, and who is not
 * answered in time can ask a second time without giving the first one up. One thread drives
 * them all; every wait has a deadline.
 */
#ifndef BDRMON_RACE_H
#define BDRMON_RACE_H

#include "bdrmon/resolve.h"
#include "bdrmon/session.h"

#define RACERS_MAX 4

/* One connection and its question. */
struct racer {
	char conninfo[CONNINFO_MAX];
	struct instant begin; /* not before; never: it is not asked for, and is over */
	int64_t limit_ms;     /* for connection and question together */
	/* What came of it: */
	bool over;
	struct instant asked;      /* when it began; never: it did not */
	struct instant answered;   /* or given up */
	struct pg_failure failure; /* outcome OUTCOME_OK: there is an answer, */
	PGresult *rows;            /* which race_end() PQclear()s */
	/* For src/pg: */
	struct connecting *connecting;
	struct session *session;
};

struct race {
	struct racer racer[RACERS_MAX];
	unsigned count;
	const char *question; /* one statement; borrowed */
};

/* Go on until FAR_ENOUGH says so, or all are over. It is asked whenever one is over.
 *
 * stop_fd  readable: give up. Call it again to go on, or race_end().
 * Errors:  ERR_STOPPED
 */
enum status race_run(struct race *race, struct resolver *resolver, int stop_fd,
		     bool (*far_enough)(struct race *race, void *argument), void *argument);

/* Take the session of a racer that has been answered, to ask more; the caller closes it. NULL: it
 * has none. */
struct session *race_keep(struct racer *racer);

/* Give up what RACER asks: it is over. Never blocks. */
void race_drop(struct racer *racer);

/* Close all connections. Never blocks. */
void race_end(struct race *race);

#endif
