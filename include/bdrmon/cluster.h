/* SPDX-License-Identifier: PostgreSQL */
/* cluster.h - the monitor of one cluster: all its threads, from start to stop, and
 * what may be asked of it and told to it meanwhile.
 */
#ifndef BDRMON_CLUSTER_H
#define BDRMON_CLUSTER_H

#include "bdrmon/config.h"
#include "bdrmon/decide.h"
#include "bdrmon/error.h"
#include "bdrmon/executor.h"
#include "bdrmon/node_record.h"
#include "bdrmon/repl.h"

struct cluster;

/* Start all threads. Signals must be blocked: the threads inherit that.
 *
 * config        is copied
 * ignore_rival  act even if a repmgrd watches the same nodes
 * cluster  written on OK only; ended by cluster_stop()
 *
 * Errors:  ERR_CONFIG  something in CONFIG that only libpq can tell
 *          ERR_SYSTEM
 * Threads: main, which must not have started any other thread.
 */
enum status cluster_start(const struct config *config, bool ignore_rival, struct cluster **cluster,
			  struct error *err);

/* End all threads and free everything. False: one did not end, and the memory that it
 * uses was left; then the process must end with _exit(). It takes about a second at most.
 * Threads: main. */
bool cluster_stop(struct cluster *cluster);

/* Go on with another configuration, without losing what is known of the nodes.
 * Errors:  ERR_CONFIG, ERR_SYSTEM: nothing has changed then
 * Threads: main. */
enum status cluster_reload(struct cluster *cluster, const struct config *config, struct error *err);

/* Watch only, until UNTIL; NEVER ends a pause. No decision that begins after the return
 * acts. Threads: control. */
void cluster_pause(struct cluster *cluster, struct instant until);

/* The operator's word, which counts until UNTIL: fail the other node over to node TO, as if a
 * majority said so, and with FORCE whoever sees it up; or take NODE back as it is, though its
 * failure is open. The node is told by its name or ID.
 * Errors: ERR_CONFIG: there is no such node, or it is not known yet. Nothing is ordered then.
 * Threads: control, between cluster_enter() and cluster_leave(). */
enum status cluster_failover(struct cluster *cluster, const char *to, bool force,
			     struct instant until, struct error *err);
enum status cluster_readmit(struct cluster *cluster, const char *node, struct instant until,
			    struct error *err);

/* The same of a route: move PROXY to node TO, though it can use the other one, and with FORCE
 * though the failure of TO is open. Errors: ERR_CONFIG, nothing is ordered then. Threads: control,
 * between cluster_enter() and cluster_leave(). */
enum status cluster_repoint(struct cluster *cluster, const char *proxy, const char *to, bool force,
			    struct instant until, struct error *err);

/* The failures so far do not count as flapping. Threads: control. */
void cluster_acknowledge(struct cluster *cluster, struct instant until);

/* Tell that the operator has given an order: an event. TEXT says who and what. Threads: any. */
void cluster_tell_order(struct cluster *cluster, const char *text);

/* Explain the last decision, as text or as JSON. False: nothing was decided yet. Threads:
 * between cluster_enter() and cluster_leave(). */
bool cluster_explain(struct cluster *cluster, bool json, struct strbuf *out);

/* What one node looks like just now. */
struct cluster_node {
	struct node_record node; /* id 0: not known yet, and error says why */
	struct error missing;
	struct observation observation;
	enum health health; /* as it counts: unknown if the observation is stale */
	struct node_memory memory;
	struct repl_sight repl;
	const struct rule *rule, *would; /* NULL: nothing was decided yet */
	bool failed;                     /* a failure of it is open, */
	enum stage stage;                /* recorded at this stage; none: not recorded */
	bool recordable;                 /* failures can be recorded on it, as far as is known */
};

/* Another monitor. */
struct cluster_peer {
	char name[NAME_TEXT_MAX];
	bool silent;          /* it was not heard lately */
	bool settings_differ; /* from mine */
};

struct cluster_arbiter {
	char name[NAME_TEXT_MAX];
	bool silent;             /* it does not answer, */
	char reason[REASON_MAX]; /* and why; empty: it has not been asked yet, or did lately */
};

/* A proxy: what its own thread has seen, and what was decided about it. */
struct cluster_proxy {
	char name[NAME_TEXT_MAX];
	bool silent;             /* its console does not answer, */
	char reason[REASON_MAX]; /* and why; empty: it has not been asked yet, or did lately */
	bool one_eyed;           /* it answers, and has no probe aliases that run */
	char odd[REASON_MAX];    /* what is wrong with its aliases or its file; empty: nothing */
	char file_reason[REASON_MAX]; /* why the file cannot be read or changed; empty: it can */
	bool moving;
	char move_reason[REASON_MAX];  /* how the last move failed; empty: it did not */
	bool unproven;                 /* it points there, and the proof is still wanted */
	unsigned moves;                /* that ended with proof, so far */
	uint64_t epoch;                /* in its file; 0: not read, or there is none */
	struct sight sight[NODES];     /* health as it counts: unknown if it is stale */
	unsigned route;                /* NODES: not known */
	const struct route_rule *rule; /* NULL: nothing was decided yet, and there are no facts */
	struct route_facts facts;
};

struct cluster_sight {
	struct instant made;    /* of the last decision; never: none yet */
	struct instant started; /* when the decider began */
	struct instant paused_until;
	bool rival; /* a repmgrd watches the same nodes, and is not ignored */
	int64_t max_lag_bytes;
	struct cluster_node node[NODES];
	struct executor_counters commands;
	bool has_claim;
	unsigned peers; /* that count */
	struct cluster_peer peer[PEERS_MAX];
	unsigned arbiters;
	struct cluster_arbiter arbiter[ARBITERS_MAX];
	unsigned proxies;
	struct cluster_proxy proxy[PROXIES_MAX];
};

/* Look at what all threads know. Threads: between cluster_enter() and cluster_leave(). */
void cluster_look(struct cluster *cluster, struct cluster_sight *sight);

/* A thread that looks registers once, and unregisters before it ends. */
void cluster_enter(void);
void cluster_leave(void);

#endif
