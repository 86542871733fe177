/* SPDX-License-Identifier: PostgreSQL */
/* survey.h - one look at what both nodes have in their tables, side by side, without a
 * daemon: for the commands.
 */
#ifndef BDRMON_SURVEY_H
#define BDRMON_SURVEY_H

#include "bdrmon/config.h"
#include "bdrmon/events.h"
#include "bdrmon/failures.h"
#include "bdrmon/nodes.h"
#include "bdrmon/repl.h"

/* What is wanted besides repmgr.nodes. */
struct survey_wish {
	bool events;
	bool replication;
	bool failure;               /* the one that is recorded with */
	int64_t epoch;              /* this number; 0: the last one */
	struct event_filter filter; /* borrowed */
};

struct survey_node {
	struct node_record node;     /* id 0: not known, and the rest says nothing */
	bool reached;                /* it takes connections */
	enum status answered;        /* what came of the questions, OK: all is there */
	struct error err;            /* why it was not reached, or has not answered */
	struct node_rows rows;       /* its repmgr.nodes */
	struct repl_sight repl;      /* not `read' if not asked for */
	struct failure_seen failure; /* epoch 0: none, or not asked for */
	struct events *events;       /* NULL: not asked for, or not there; for events_free() */
};

/* Ask both nodes of CONFIG, each in a thread of its own and within the time of a probe. The
 * other node is the one of the configuration, or the one that was kept in the state directory,
 * or, asked after the first one, the one that repmgr.nodes has there. A thread that hangs is
 * left behind: the caller must end the process with _exit().
 *
 * node    NODES of them, the local one first; always written
 * Errors: ERR_CONFIG (a connection string), ERR_SYSTEM */
enum status survey_take(const struct config *config, const struct survey_wish *wish,
			struct survey_node node[NODES], struct error *err);

/* The table of nodes to go by: of the first node that has one; NULL: none has. */
const struct node_rows *survey_rows(const struct survey_node node[NODES]);

#endif
