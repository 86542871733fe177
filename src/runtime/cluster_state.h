/* SPDX-License-Identifier: PostgreSQL */
/* cluster_state.h - what the parts of a cluster share: cluster.c starts and ends it, operator.c
 * takes the operator's word.
 */
#ifndef BDRMON_RUNTIME_CLUSTER_STATE_H
#define BDRMON_RUNTIME_CLUSTER_STATE_H

#include "arbiter.h"
#include "decider.h"
#include "proxy_worker.h"

#include "bdrmon/cluster.h"

/* All state of one cluster hangs here. */
struct cluster {
	struct config config;     /* at the start; the threads borrow texts of it */
	struct settings settings; /* in force; main's copy */
	struct doorbell stop;     /* rings once, and is never quieted */
	struct board *board;
	struct operator_word word; /* as told last; the control thread's */
	struct executor *executor;
	struct recorder *recorder;
	struct scribe *scribe;
	struct worker worker[NODES];
	struct claimant claimant[NODES];
	struct arbiter arbiter[ARBITERS_MAX];
	struct proxy_worker proxy[PROXIES_MAX];
	struct decider decider;
	bool decider_runs;
};

/* For what concerns no node. */
struct announcer cluster_announcer(const struct cluster *c);

/* Tell the decider the operator's word. */
void cluster_say(struct cluster *c);

#endif
