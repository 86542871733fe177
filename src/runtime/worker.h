/* SPDX-License-Identifier: PostgreSQL */
/* worker.h - the thread that watches one node. It probes, folds what it learns into
 * the node's history and posts the observation; it has no opinion on what to do.
 *
 * It writes its own cell and reads its mailbox, nothing else. Between probes it
 * sleeps on the held session's socket, so that a server's death is seen at once.
 */
#ifndef BDRMON_RUNTIME_WORKER_H
#define BDRMON_RUNTIME_WORKER_H

#include "bdrmon/decide.h"
#include "bdrmon/known.h"
#include "bdrmon/node_record.h"
#include "bdrmon/repl.h"
#include "bdrmon/rival.h"
#include "relaying.h"
#include "station.h"

/* What a worker must know. */
struct worker_order {
	struct node_record node;    /* id 0: not known yet */
	char host[TARGET_HOST_MAX]; /* where it leads to, to compare it with a proxy's */
	struct health_policy health;
	int64_t configured_timeout_ms; /* [probe] timeout */
	int64_t timeout_ms;            /* for a probe */
	int64_t fresh_connection_interval_ms;
	bool write;               /* probe with a committed write */
	bool find_other;          /* also read the other node's record from repmgr.nodes */
	enum repl_kind repl;      /* the replication's kind; REPL_NONE: whichever is there */
	struct instant ask_after; /* answer a question asked after that moment; never: no need */
	struct relay_order relay;
};

/* What it posts. */
struct worker_cell {
	int node_id; /* whom it speaks of */
	struct observation observation;
	struct node_record other;   /* found in repmgr.nodes; id 0: not */
	struct error other_missing; /* why not; empty: nobody asked */
	struct rival rival;         /* a repmgrd that is connected to the node */
	struct repl_sight repl;
	char repl_refused[REASON_MAX]; /* why it could not be read last; empty: it could */
	struct noticed noticed;
};

/* The deadline of a question to CONNINFO, a connection in it: the one that is configured, or
 * connect_timeout of CONNINFO, if that is smaller; written on OK only.
 * Errors: ERR_CONFIG  the connection string */
enum status worker_timeout(const char *conninfo, int64_t configured_ms, int64_t *timeout_ms,
			   struct error *err);

/* Make ORDER one for NODE: its record, and the deadline of a probe.
 * Errors: ERR_CONFIG  the connection string; ORDER is untouched then */
enum status worker_order_node(struct worker_order *order, const struct node_record *node,
			      struct error *err);

struct worker {
	struct station station;
	struct worker_order order; /* the mailbox's memory */
	struct known_place known;  /* where the other node's record is kept */
};

/* Start the thread, with this first order. The caller has set `known', too; station.h says how
 * it ends. */
enum status worker_start(struct worker *worker, const struct worker_order *order,
			 struct error *err);

/* Give it another order. Threads: the decider. */
void worker_tell(struct worker *worker, const struct worker_order *order);

#endif
