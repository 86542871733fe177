/* SPDX-License-Identifier: PostgreSQL */
/* arbiter.h - the thread that speaks with one arbiter (pg_arbiter.h): it reserves and deletes
 * the cluster's key as ordered, tells what this monitor sees, and reads what the others have
 * pinned up. It asks each monitor interval, at once when there is something to change or to
 * tell, and in a hurry each HURRY_MS; and it has no opinion on what to do.
 */
#ifndef BDRMON_RUNTIME_ARBITER_H
#define BDRMON_RUNTIME_ARBITER_H

#include "exchange.h"
#include "station.h"

/* What the thread must know. */
struct arbiter_order {
	char name[NAME_TEXT_MAX]; /* empty: there is none at this place, and nothing to do */
	char conninfo[CONNINFO_MAX];
	char cluster[NAME_TEXT_MAX];
	int64_t interval_ms;
	int64_t timeout_ms; /* for a question, and for the connection if there is none */
	struct relay_order relay;
	struct arbiter_key reserve; /* epoch 0: nothing */
	struct arbiter_key give_up; /* the same */
};

/* What it posts. */
struct arbiter_cell {
	char name[NAME_TEXT_MAX]; /* whom it speaks of */
	bool answers;             /* the last question; */
	char reason[REASON_MAX];  /* why not, on one line */
	/* What was read last. It stays while nothing can be read, and nothing is left of it if the
	 * arbiter says that it reserves nothing. */
	struct arbiter_view view;
	struct hearsay hearsay;
};

struct arbiter {
	struct station station;
	struct arbiter_order order; /* the mailbox's memory */
};

/* Start the thread, which does nothing before it is told; station.h says how it ends. */
enum status arbiter_start(struct arbiter *arbiter, struct error *err);

/* Threads: the decider. */
void arbiter_tell(struct arbiter *arbiter, const struct arbiter_order *order);

#endif
