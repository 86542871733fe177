/* SPDX-License-Identifier: PostgreSQL */
/* claimant.h - the thread that takes, on one node, the claim for a failure of the other one,
 * keeps it, and writes the failure's record over the session that has it. One for each node:
 * so what one node does not answer holds up nothing on the other.
 *
 * The session is held open all the time, since none may be had when it is needed. The claim
 * is renewed by a statement each third of a lease. It is lost with the session, whatever ends
 * that; then another monitor takes over at the stage that stands in the record.
 */
#ifndef BDRMON_RUNTIME_CLAIMANT_H
#define BDRMON_RUNTIME_CLAIMANT_H

#include "bdrmon/decide.h"
#include "bdrmon/failures.h"
#include "bdrmon/node_record.h"
#include "bdrmon/repl_kind.h"
#include "rows.h"
#include "station.h"

/* What the claimant must know. */
struct claimant_order {
	struct node_record node; /* where; id 0: not known yet */
	int failed_id;           /* the other node */
	bool reachable;          /* the node answered its last probe, and has our tables */
	enum repl_kind repl;
	int64_t lease_ms;
	int64_t limit_ms; /* from `commanded' on a run has ended for certain after so long */
	char monitor[NAME_TEXT_MAX];
	bool wanted;                /* have the claim */
	bool acknowledge;           /* the failures so far do not count as flapping */
	struct record_order record; /* how it should be, if it is wanted */
	bool tells;                 /* `event' is written with it */
	struct row event;
	char evidence[EVIDENCE_TEXT_MAX]; /* why, as JSON, for stage `claimed'; empty: too long */
};

/* What it posts. */
struct claimant_cell {
	int node_id;  /* whom it speaks of */
	bool refused; /* the node does not let us record anything */
	bool held;
	struct instant since;
	struct record record; /* as far as the claim is held; `read' is never while nobody knows */
};

struct claimant {
	struct station station;
	struct claimant_order order; /* the mailbox's memory */
};

/* Start the thread; station.h says how it ends. */
enum status claimant_start(struct claimant *claimant, struct error *err);

/* Threads: the decider. */
void claimant_tell(struct claimant *claimant, const struct claimant_order *order);

#endif
