/* SPDX-License-Identifier: PostgreSQL */
/* view.h - all that decide() goes by: what this monitor, its peers, the proxies and the
 * arbiters see of the two nodes, the routes, the records, the claim, and the operator's
 * word. A value without pointers into anything that changes. Pure.
 *
 * What is not configured stays zero: with no peers, proxies, arbiters and claim this is
 * one monitor that acts on what it sees itself.
 */
#ifndef BDRMON_VIEW_H
#define BDRMON_VIEW_H

#include "bdrmon/health.h"
#include "bdrmon/layout.h"
#include "bdrmon/record.h"
#include "bdrmon/sight.h"

/* What a worker knows of its node: its latest result and its history. */
struct observation {
	struct history history;
	struct probe_result last;
	int64_t started_us; /* its pg_postmaster_start_time(); 0: not known */
	/* When it was last seen that it replicates both ways with little lag, and that both
	 * nodes say active=true of it in repmgr.nodes: the questions. Never: not seen. */
	struct instant level;
	struct instant active;
};

/* Another monitor, as read from the sessions that it holds. */
struct peer_view {
	struct sight sight[NODES];
};

/* What the file with a proxy's aliases says. */
struct proxy_file {
	uint64_t epoch;
	unsigned node;            /* NODES: neither, or not read */
	uint64_t honoured[NODES]; /* by recorder: the epoch of the last failure that it heeds */
};

/* A move of a proxy that has ended with proof. */
struct move_done {
	unsigned from, to;
	const char *rule; /* that asked for it */
	int64_t took_ms;
};

struct proxy_view {
	struct instant looked; /* when the latest look that has ended began, answered or not */
	struct instant asked;  /* the same of the latest one that its console answered */
	unsigned route;        /* the node that SHOW DATABASES names; NODES: neither */
	struct proxy_file file;
	struct instant file_since; /* when it was first seen to say that */
	struct sight sight[NODES]; /* through the probe aliases */
	unsigned moves;            /* that ended with proof, so far */
	struct move_done moved;    /* the latest of them */
};

struct arbiter_view {
	/* The question that it answered last; never: none. An arbiter that cannot reserve
	 * anything does not answer. */
	struct instant asked;
	struct arbiter_key key;
};

/* My claim. It is taken on the node that is not the failed one. */
struct claim_view {
	bool held;
	unsigned failed;
	struct instant since; /* when the answer that granted it arrived */
};

/* The command of a failover, as I run it or have run it. */
enum run_state {
	RUN_NONE,
	RUN_RUNNING,
	RUN_ENDED, /* for good, well or not */
	RUN_AGAIN  /* it could not be run, or asked to be run again (75) */
};

struct run_view {
	enum run_state state;
	uint64_t epoch;
	unsigned run; /* number of the run, as in the record */
	bool success; /* it has ended well */
};

/* Where the operator wants a proxy: what was ordered counts until it has been there, or until a
 * moment, which tells one order from the next. Never: nothing is ordered. */
struct route_word {
	struct instant until;
	unsigned to;
	bool force; /* even if the failure of that node is open */
};

/* The operator's word. NEVER: not said. A word that ends at FOR_EVER is taken back only by
 * the operator. */
struct operator_word {
	struct instant paused_until;
	bool maintenance[NODES];    /* nothing is done about this node */
	uint32_t proxy_maintenance; /* one bit for each proxy: it is left alone */
	/* By the node that is failed over, or that is readmitted: */
	struct instant failover_until[NODES]; /* counts as a majority */
	bool force[NODES];                    /* and no veto counts */
	struct instant readmit_until[NODES];  /* its failure may be closed as it is */
	struct instant ack_until;             /* the failures so far do not count as flapping */
	struct route_word route[PROXIES_MAX];
};

#define FOR_EVER ((struct instant) { INT64_MAX })

/* One immutable picture of all observations. */
struct view {
	struct instant made;
	bool rival;   /* a repmgrd watches the same nodes */
	bool crowded; /* the replication has more than two nodes */
	bool stepped; /* the clock was set, or the host suspended, since the last view */
	struct operator_word word;
	struct observation node[NODES];
	struct peer_view peer[PEERS_MAX];
	struct proxy_view proxy[PROXIES_MAX];
	struct arbiter_view arbiter[ARBITERS_MAX];
	struct claim_view claim;
	struct record record[NODES]; /* by recorder */
	struct run_view run[NODES];  /* by the failed node: two failures may be open */
};

struct decide_policy {
	struct health_policy health;
	struct layout layout;
	int64_t stale_ms;
	int64_t tilt_ms;
	bool act_without_majority; /* on_no_quorum=act */
	bool only[NODES];          /* act on a failure of this node, and of no other; none: all */
	/* A node failover needs the claim, and is recorded in stages. Else there is nobody
	 * to agree with, and it is done at once. */
	bool claims;
	bool watches_links;          /* a node recovers only when it replicates again */
	int64_t recovery_timeout_ms; /* 0: a node may take any time to recover */
	int64_t lease_ms;
	int64_t command_ms;      /* the command's limit, and the time that it takes to kill it */
	unsigned max_failovers;  /* 0: no limit */
	int64_t write_window_ms; /* of whoever replaces a proxy's file (move.h) */
	bool keep_together;
	bool failback; /* move a proxy home as soon as its home is well */
	bool early_pause;
};

/* The health of a node as it counts at VIEW's time: unknown if the observation is
 * too old to say. */
enum health view_health(const struct view *view, unsigned node, const struct decide_policy *policy);

/* My own sight of NODE. */
struct sight view_sight(const struct view *view, unsigned node);

/* Since when I doubt NODE, or see it down; never: I do not. */
struct instant view_doubt(const struct view *view, unsigned node);

/* The node that PROXY points to; NODES: not known, or not lately. */
unsigned view_route(const struct view *view, unsigned proxy, const struct decide_policy *policy);

/* What the other monitors are to be told of NODE: my own sight, and whether a proxy that I
 * reach was seen to use it since I began to doubt it. */
struct sight view_relay(const struct view *view, unsigned node, const struct decide_policy *policy);

/* How old a sight may be. */
struct sight_policy view_sight_policy(const struct decide_policy *policy);

#endif
