/* SPDX-License-Identifier: PostgreSQL */
/* once.h - one look at both nodes, side by side, without a daemon. */
#ifndef BDRMON_ONCE_H
#define BDRMON_ONCE_H

#include "bdrmon/config.h"
#include "bdrmon/node_record.h"
#include "bdrmon/probe_result.h"
#include "bdrmon/repl.h"

struct once_sight {
	struct node_record node;    /* id 0: not known */
	struct probe_result result; /* OUTCOME_NONE: no answer before the deadline, or not asked */
	struct error missing;       /* why the node is not known */
	struct repl_sight repl;
};

/* Probe both nodes of CONFIG, each in a thread of its own, until both have answered or
 * DEADLINE has passed. A thread that hangs then is left behind: the caller must end
 * the process with _exit().
 *
 * sight   NODES of them, always written
 *
 * Errors:  ERR_CONFIG (a connection string), ERR_SYSTEM, ERR_TIMEOUT: a node that is
 *          known has not answered, neither with yes nor with its own timeout
 */
enum status once_look(const struct config *config, struct instant deadline,
		      struct once_sight sight[NODES], struct error *err);

#endif
