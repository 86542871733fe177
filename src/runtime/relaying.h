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
#include "exchange.h"

/* What was read, as it stands in the worker's cell. */
struct noticed {
	struct hearsay hearsay;
	enum bulletin_tables tables;
	struct record record; /* what this node has recorded of the other one */
	bool active[NODES];   /* what its repmgr.nodes says */
};

/* A worker's own state. */
struct relaying {
	unsigned node; /* the worker's: 0 or 1 */
	struct exchange exchange;
	struct bulletin last;
};

/* Exchange; OWN is the worker's own sight of its node, which is younger than the order's.
 * NOTICED is written on OK only.
 * Errors: as session_query() */
enum status relaying_ask(struct relaying *relaying, struct session *session,
			 const struct relay_order *order, const struct sight *own,
			 const struct pg_wait *wait, struct noticed *noticed,
			 struct pg_failure *failure);
#endif
