/* SPDX-License-Identifier: PostgreSQL */
/* inquiry.h - what a worker asks of its node besides the probe, over the session that it
 * holds: the other node's record, a repmgrd, the replication. One table of questions, each
 * at a pace of its own; none of them can make a node look down.
 */
#ifndef BDRMON_RUNTIME_INQUIRY_H
#define BDRMON_RUNTIME_INQUIRY_H

#include "bdrmon/probe.h"
#include "worker.h"

enum inquiry_question {
	INQUIRY_OTHER, /* the other node's record in repmgr.nodes */
	INQUIRY_RIVAL,
	INQUIRY_SETUP, /* which replication is there */
	INQUIRY_LINKS, /* and how it does */
	INQUIRY_QUESTIONS
};

/* A worker's own state, on its stack. */
struct inquiry {
	struct worker *worker;
	struct prober *prober;
	struct relaying *relaying;
	struct instant due[INQUIRY_QUESTIONS];
	bool found; /* a question has shown something of which others must know */
	/* The node has ended the session in a question, and perhaps said so. */
	bool ended, ended_by_server;
};

/* Ask, if the node has answered its last probe; CELL takes the answers. True: it has something
 * new. */
typedef bool inquiry_fn(struct inquiry *inquiry, const struct worker_order *order,
			struct worker_cell *cell);

/* All that is due now; */
inquiry_fn inquiry_ask;

/* and what the other monitors see, and the node has recorded. */
inquiry_fn inquiry_relay;

/* The node behind the session is another one, or has another address: all is due. */
void inquiry_begin(struct inquiry *inquiry);

#endif
