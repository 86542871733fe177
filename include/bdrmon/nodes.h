/* SPDX-License-Identifier: PostgreSQL */
/* nodes.h - repmgr's table of nodes. */
#ifndef BDRMON_NODES_H
#define BDRMON_NODES_H

#include "bdrmon/node_record.h"
#include "bdrmon/session.h"

/* Read from repmgr.nodes, on the node behind SESSION, the other node of the node
 * with id OWN_ID.
 *
 * other  written on OK only
 *
 * Errors:  ERR_CONFIG  there is no such table, or it holds no other node, or more than
 *                      one, or a text that is too long; err says which, with a hint
 *          ERR_TIMEOUT, ERR_STOPPED, ERR_SERVER as in session.h
 */
enum status nodes_read_other(struct session *session, int own_id, const struct pg_wait *wait,
			     struct node_record *other, struct error *err);

#endif
