/* SPDX-License-Identifier: PostgreSQL */
/* proxy_worker.h - the thread of one proxy: it looks at it, moves it as ordered, and posts what
 * it sees; it has no opinion on what to do. One proxy that hangs never delays another.
 */
#ifndef BDRMON_RUNTIME_PROXY_WORKER_H
#define BDRMON_RUNTIME_PROXY_WORKER_H

#include "bdrmon/config.h"
#include "bdrmon/decide.h"
#include "bdrmon/node_record.h"
#include "bdrmon/proxy.h"
#include "station.h"

/* What the thread must know. */
struct proxy_worker_order {
	struct pgbouncer_config config; /* name empty: there is none at this place; with the default
					 * of probe_conninfo */
	char host[TARGET_HOST_MAX];     /* where its console is, to compare it with a node's */
	char directory[PATH_TEXT_MAX];  /* for the socket of ssh, if the file is reached so */
	struct node_record node[NODES]; /* id 0: not known yet, and then there is nothing to do */
	int64_t started_us[NODES];      /* of their postmasters, as their own workers see them */
	int64_t interval_ms, fresh_ms, hold_max_ms;
	int64_t timeout_ms; /* of a question and of a test */
	struct proxy_eyes_policy eyes;
	struct move_policy move;
	struct proxy_order order;
};

/* What it posts. */
struct proxy_cell {
	char name[NAME_TEXT_MAX]; /* whom it speaks of */
	struct proxy_view view;
	bool answers, one_eyed;
	char reason[REASON_MAX];      /* as in struct proxy */
	char odd[REASON_MAX];         /* the same */
	char file_reason[REASON_MAX]; /* the same */
	bool moving;
	char move_reason[REASON_MAX]; /* how the last move failed; empty: it did not */
	bool unproven;                /* its proof is still wanted */
};

struct proxy_worker {
	struct station station;
	struct proxy_worker_order order; /* the mailbox's memory */
};

/* Start the thread, which does nothing before it is told; station.h says how it ends. */
enum status proxy_worker_start(struct proxy_worker *worker, struct error *err);

/* Threads: the decider. */
void proxy_worker_tell(struct proxy_worker *worker, const struct proxy_worker_order *order);

/* Make of CONFIG and the nodes' records what src/proxy must know.
 * Errors: ERR_CONFIG  a node has no address that a proxy could connect to, or ssh cannot be used
 *                     as configured */
enum status proxy_worker_setup(const struct proxy_worker_order *order, struct proxy_setup *setup,
			       struct error *err);

#endif
