/* SPDX-License-Identifier: PostgreSQL */
/* nodes.h - repmgr's table of nodes. */
#ifndef BDRMON_NODES_H
#define BDRMON_NODES_H

#include "bdrmon/node_record.h"
#include "bdrmon/store.h"

#define NODE_TYPE_BDR "bdr"

/* A row of repmgr.nodes, as far as it is of use here. */
struct node_row {
	struct node_record record;
	bool active;
	char type[NAME_TEXT_MAX];
	char location[NAME_TEXT_MAX];
	int priority;
	char repluser[NAME_TEXT_MAX];
	char config_file[PATH_TEXT_MAX];
};

/* So many rows are read; more are only counted. */
#define NODE_ROWS_MAX 4

struct node_rows {
	unsigned count; /* of the table's rows, also of those that are not here */
	struct node_row row[NODE_ROWS_MAX]; /* by node_id */
};

static inline unsigned node_rows_held(const struct node_rows *rows)
{
	return rows->count < NODE_ROWS_MAX ? rows->count : NODE_ROWS_MAX;
}

/* The row of node ID; NULL: there is none among those held. */
const struct node_row *node_rows_find(const struct node_rows *rows, int id);

/* The first row of another node than ID; NULL: there is none among those held. */
const struct node_row *node_rows_other(const struct node_rows *rows, int id);

/* Read the table. A text that is too long is cut, but for name and conninfo.
 *
 * rows    written on OK only
 * Errors: ERR_CONFIG  there is no such table, or a name or conninfo is too long; err says
 *                     which, with a hint
 *         ERR_TIMEOUT, ERR_STOPPED, ERR_SERVER as in session.h */
enum status nodes_read(struct store *store, struct node_rows *rows, struct error *err);

/* The next four are for within a transaction (store_begin()). Errors: as session_query(),
 * with store->failure. */

/* Write a row, over the one of the same node_id if there is one. A new row has no upstream
 * and no slot, as repmgr has it for BDR. */
enum status nodes_write(struct store *store, const struct node_row *row);

/* Delete the row of node ID; no error if there is none. */
enum status nodes_delete(struct store *store, int id);

/* Say whether node ID takes part; writes nothing if the row says so already. */
enum status nodes_set_active(struct store *store, int id, bool active);

/* Say that node ID takes part, unless a failure of it is recorded here; for nodes that have
 * the table for it. */
enum status nodes_set_well(struct store *store, int id);

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
