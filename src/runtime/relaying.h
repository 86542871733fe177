/* SPDX-License-Identifier: PostgreSQL */
/* relaying.h - a worker's exchange with the other monitors by way of its node: over the session
 * that it holds it tells what this monitor sees, and reads what they see and what the node has
 * recorded (bulletin.h). After each probe; at once when a health has changed; and in a hurry
 * each HURRY_MS, so that the relay is never the slowest step.
 */
#ifndef BDRMON_RUNTIME_RELAYING_H
#define BDRMON_RUNTIME_RELAYING_H

#include "bdrmon/bulletin.h"
#include "bdrmon/node_record.h"
#include "bdrmon/view.h"

/* What is to be told, and to whom. */
struct relay_order {
	char monitor[NAME_TEXT_MAX];
	uint32_t settings; /* a hash over what all monitors should have alike */
	unsigned peers;
	char peer[PEERS_MAX][NAME_TEXT_MAX];
	int64_t recent_ms; /* max_failovers_within */
	/* By the decider: */
	unsigned generation; /* of the peers' names */
	int id[NODES];       /* 0: not known yet */
	struct sight sight[NODES];
	bool hurry;
};

/* What was read, as it stands in the worker's cell. */
struct noticed {
	struct instant asked; /* never: nothing yet */
	unsigned generation;  /* of the peers' names, as in the order */
	enum bulletin_tables tables;
	struct record record; /* what this node has recorded of the other one */
	bool active[NODES];   /* what its repmgr.nodes says */
	struct peer_view peer[PEERS_MAX];
	bool heard[PEERS_MAX];             /* it has a session on this node */
	uint32_t peer_settings[PEERS_MAX]; /* the hash over its settings */
};

/* A worker's own state. */
struct relaying {
	unsigned node;        /* the worker's: 0 or 1 */
	struct instant asked; /* when it was tried last */
	bool pinned;          /* something of ours stands there, with these healths: */
	enum health health[NODES];
	struct bulletin last;
	/* When each peer's text was seen first: the server's clock may be set back. */
	char text[PEERS_MAX][RELAY_TEXT_MAX];
	struct instant seen[PEERS_MAX];
};

/* When to exchange again, apart from the probes: never, or now, or soon. */
struct instant relaying_due(const struct relaying *relaying, const struct relay_order *order);

/* Exchange; OWN is the worker's own sight of its node, which is younger than the order's.
 * NOTICED is written on OK only.
 * Errors: as session_query() */
enum status relaying_ask(struct relaying *relaying, struct session *session,
			 const struct relay_order *order, const struct sight *own,
			 const struct pg_wait *wait, struct noticed *noticed,
			 struct pg_failure *failure);

/* There is a new session, and nothing stands there yet. */
void relaying_begin(struct relaying *relaying);

#endif
