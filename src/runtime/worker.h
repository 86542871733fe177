/* SPDX-License-Identifier: PostgreSQL */
/* worker.h - the thread that watches one node. It probes, folds what it learns into
 * the node's history and posts the observation; it has no opinion on what to do.
 *
 * It writes its own cell and reads its mailbox, nothing else. Between probes it
 * sleeps on the held session's socket, so that a server's death is seen at once.
 */
#ifndef BDRMON_RUNTIME_WORKER_H
#define BDRMON_RUNTIME_WORKER_H

#include "board.h"
#include "bdrmon/decide.h"
#include "bdrmon/doorbell.h"
#include "bdrmon/known.h"
#include "bdrmon/node_record.h"

#include <pthread.h>

/* What a worker must know. */
struct worker_order {
	struct node_record node; /* id 0: not known yet */
	struct health_policy health;
	int64_t timeout_ms; /* for a probe */
	int64_t fresh_connection_interval_ms;
	bool find_other;          /* also read the other node's record from repmgr.nodes */
	struct instant ask_after; /* answer a question asked after that moment; never: no need */
};

/* What it posts. */
struct worker_cell {
	struct observation observation;
	struct node_record other;   /* found in repmgr.nodes; id 0: not */
	struct error other_missing; /* why not; empty: nobody asked */
};

struct mailbox {
	pthread_mutex_t lock; /* never held over I/O */
	struct worker_order order;
	struct doorbell bell; /* rings when there is a new order */
};

enum status mailbox_open(struct mailbox *mailbox, struct error *err);
void mailbox_close(struct mailbox *mailbox);
void mailbox_put(struct mailbox *mailbox, const struct worker_order *order);
void mailbox_get(struct mailbox *mailbox, struct worker_order *order);

struct worker {
	struct board *board;
	enum cell cell;
	struct mailbox mailbox;
	struct known_place known;    /* where the other node's record is kept */
	const struct doorbell *stop; /* rings, and is never quieted, when all must end */
	pthread_t thread;
};

/* Start the thread. Its mailbox holds its first order already. */
enum status worker_start(struct worker *worker, struct error *err);

#endif
