/* SPDX-License-Identifier: PostgreSQL */
#include "bdrmon/nodes.h"

#include "bdrmon/strbuf.h"

#include <stdlib.h>
#include <string.h>

static const char nodes_sql[] =
	"SELECT node_id, node_name, conninfo FROM repmgr.nodes ORDER BY node_id";

static enum status register_first(struct error *err, const char *what)
{
	error_set(err, ERR_CONFIG, "%s", what);
	error_hint(err, "Register both nodes with \"repmgr bdr register\", or add a section "
			"[node NAME] with node_id and conninfo for the other node.");
	return ERR_CONFIG;
}

static enum status take_record(const PGresult *rows, int row, struct node_record *other,
			       struct error *err)
{
	struct node_record got = { .id = atoi(PQgetvalue(rows, row, 0)) };
	if (!COPY_TEXT(got.name, PQgetvalue(rows, row, 1)) ||
	    !COPY_TEXT(got.conninfo, PQgetvalue(rows, row, 2)))
		return error_set(err, ERR_CONFIG,
				 "name or conninfo of node ID %d in repmgr.nodes is too long",
				 got.id);
	*other = got;
	return OK;
}

enum status nodes_read_other(struct session *session, int own_id, const struct pg_wait *wait,
			     struct node_record *other, struct error *err)
{
	PGresult *rows = NULL;
	struct pg_failure failure;
	int others = 0, found = 0;

	enum status st = session_query(session, nodes_sql, wait, &rows, &failure);
	if (st == ERR_STOPPED || st == ERR_TIMEOUT)
		return error_set(err, st, "could not read repmgr.nodes: no answer");
	if (st != OK && session_usable(session))
		return register_first(err, "could not read repmgr.nodes on the local node");
	if (st != OK)
		return error_set(err, st, "could not read repmgr.nodes: %s", failure.reason);

	for (int row = 0; row < PQntuples(rows); row++) {
		if (atoi(PQgetvalue(rows, row, 0)) == own_id)
			continue;
		others++;
		found = row;
	}
	if (others == 0) {
		st = register_first(err, "repmgr.nodes does not hold the other node");
	} else if (others > 1) {
		st = error_set(err, ERR_CONFIG,
			       "repmgr can only support BDR 2.x clusters with 2 nodes");
		error_hint(err, "repmgr.nodes holds %d other nodes.", others);
	} else {
		st = take_record(rows, found, other, err);
	}
	PQclear(rows);
	return st;
}
