/* SPDX-License-Identifier: PostgreSQL */
/* decider.h - the thread around decide(): it alone decides, and nothing that it
 * does can block: no database, DNS, file or child. It reads all observations, writes
 * the orders in the workers' mailboxes, and hands events to the executor.
 */
#ifndef BDRMON_RUNTIME_DECIDER_H
#define BDRMON_RUNTIME_DECIDER_H

#include "announce.h"
#include "worker.h"

struct decider {
	const struct config *config;
	struct board *board;
	struct worker *worker; /* NODES of them */
	struct executor *executor;
	const struct doorbell *bell; /* rings at each post to the board */
	const struct doorbell *stop;
	struct worker_order order[NODES]; /* the orders that the mailboxes hold */
	pthread_t thread;
};

enum status decider_start(struct decider *decider, struct error *err);

#endif
