/* SPDX-License-Identifier: PostgreSQL */
/* decider.h - the thread around decide(): it alone decides, and nothing that it
 * does can block: no database, DNS, file or child. It reads all observations, writes
 * the orders in the workers' mailboxes, and hands events to the executor.
 */
#ifndef BDRMON_RUNTIME_DECIDER_H
#define BDRMON_RUNTIME_DECIDER_H

#include "announce.h"
#include "claimant.h"
#include "kept.h"
#include "places.h"
#include "policy.h"
#include "worker.h"

#include "bdrmon/explain.h"

/* What the decider shows: its cell on the board. */
struct decider_cell {
	struct decision decision; /* the last one */
	struct memory memory;
	struct instant paused_until;
	struct node_record node[NODES]; /* id 0: not known yet */
	struct decide_policy policy;    /* in force */
	struct explain_times times;     /* the timeouts are the longest ones */
	int64_t max_lag_bytes;
	bool rival; /* a repmgrd watches the same nodes */
	struct instant started;
	struct places places;
	struct instant heard_at[PEERS_MAX]; /* the peers; never: not in this run */
	bool settings_differ[PEERS_MAX];
	struct claim_view claim;
	struct record record[NODES];          /* by recorder */
	enum bulletin_tables recorded[NODES]; /* can failures be recorded there? */
};

struct desk;
struct recorder;
struct scribe;

struct decider {
	struct board *board;
	struct worker *worker;      /* NODES of them */
	struct claimant *claimant;  /* the same */
	struct arbiter *arbiter;    /* ARBITERS_MAX, of which those that are configured run */
	struct proxy_worker *proxy; /* PROXIES_MAX, the same */
	struct executor *executor;
	struct recorder *recorder;
	struct scribe *scribe;
	struct desk *desk; /* the thread's own */
	struct kept kept;  /* from before the start; then the decider's own */
	const struct doorbell *stop;
	bool ignore_rival;           /* act even if a repmgrd watches the same nodes */
	struct doorbell bell;        /* rings at each post of a worker, and for what follows */
	struct mailbox settings_box; /* a reload */
	struct settings settings;    /* its memory */
	struct mailbox operator_box; /* from the control socket */
	struct operator_word operator_word; /* its memory */
	pthread_t thread;
};

/* Open what other threads may use before the decider runs. */
enum status decider_open(struct decider *decider, struct board *board,
			 const struct settings *settings, struct error *err);

/* Start the thread; worker, executor, recorder, scribe, kept and stop are set and running. */
enum status decider_start(struct decider *decider, struct error *err);
void decider_close(struct decider *decider);

#endif
