/* SPDX-License-Identifier: PostgreSQL */
#include "bdrmon/nodes.h"

#include "bdrmon/lookup.h"
#include "bdrmon/number.h"
#include "bdrmon/strbuf.h"

#include <stdlib.h>
#include <string.h>

/* The other columns may be closed to a monitor that only wants to know its nodes. */
static const char records_sql[] =
	"SELECT node_id, node_name, conninfo FROM repmgr.nodes ORDER BY node_id";
static const char rows_sql[] =
	"SELECT node_id, node_name, conninfo, active, type, location, priority, repluser,"
	" config_file FROM repmgr.nodes ORDER BY node_id";

static const char write_sql[] =
	"WITH changed AS (UPDATE repmgr.nodes SET node_name = $2::text, conninfo = $3::text,"
	" active = $4::boolean, type = $5::text, location = $6::text, priority = $7::integer,"
	" repluser = $8::text, config_file = $9::text WHERE node_id = $1::integer RETURNING 1)"
	" INSERT INTO repmgr.nodes (node_id, node_name, conninfo, active, type, location,"
	" priority, repluser, config_file) SELECT $1::integer, $2::text, $3::text, $4::boolean,"
	" $5::text, $6::text, $7::integer, $8::text, $9::text"
	" WHERE NOT EXISTS (SELECT 1 FROM changed)";
static const char delete_sql[] = "DELETE FROM repmgr.nodes WHERE node_id = $1::integer";
static const char set_active_sql[] = "UPDATE repmgr.nodes SET active = $2::boolean"
				     " WHERE node_id = $1::integer AND active <> $2::boolean";

/* What was well when it was ordered may have failed since. */
static const char set_well_sql[] =
	"UPDATE repmgr.nodes SET active = true WHERE node_id = $1::integer AND NOT active"
	" AND NOT EXISTS (SELECT 1 FROM bdrmon.failure WHERE failed = $1::integer"
	" AND stage IN ('claimed', 'commanded', 'done'))";

static enum status register_first(struct error *err, const char *what)
{
	error_set(err, ERR_CONFIG, "%s", what);
	error_hint(err, "Register both nodes with \"repmgr bdr register\", or add a section "
			"[node NAME] with node_id and conninfo for the other node.");
	return ERR_CONFIG;
}

static enum status take_record(const PGresult *rows, int row, struct node_record *record,
			       struct error *err)
{
	struct node_record got = { .id = atoi(PQgetvalue(rows, row, 0)) };
	if (!COPY_TEXT(got.name, PQgetvalue(rows, row, 1)) ||
	    !COPY_TEXT(got.conninfo, PQgetvalue(rows, row, 2)))
		return error_set(err, ERR_CONFIG,
				 "name or conninfo of node ID %d in repmgr.nodes is too long",
				 got.id);
	*record = got;
	return OK;
}

static enum status ask(struct store *store, const char *sql, PGresult **rows, struct error *err)
{
	enum status st = store_run(store, sql, NULL, 0, rows);

	if (st == ERR_STOPPED || st == ERR_TIMEOUT)
		return error_set(err, st, "could not read repmgr.nodes: no answer");
	if (st != OK && session_usable(store->session))
		return register_first(err, "could not read repmgr.nodes on the local node");
	if (st != OK)
		return error_set(err, st, "could not read repmgr.nodes: %s", store->failure.reason);
	return OK;
}

static enum status take_row(const PGresult *rows, int row, struct node_row *to, struct error *err)
{
	to->active = PQgetvalue(rows, row, 3)[0] == 't';
	COPY_LINE(to->type, PQgetvalue(rows, row, 4));
	COPY_LINE(to->location, PQgetvalue(rows, row, 5));
	to->priority = atoi(PQgetvalue(rows, row, 6));
	COPY_LINE(to->repluser, PQgetvalue(rows, row, 7));
	COPY_TEXT(to->config_file, PQgetvalue(rows, row, 8));
	return take_record(rows, row, &to->record, err);
}

enum status nodes_read(struct store *store, struct node_rows *rows, struct error *err)
{
	PGresult *answer = NULL;
	enum status st = ask(store, rows_sql, &answer, err);

	if (st != OK)
		return st;
	struct node_rows got = { .count = (unsigned)PQntuples(answer) };
	for (unsigned i = 0; i < node_rows_held(&got) && st == OK; i++)
		st = take_row(answer, (int)i, &got.row[i], err);
	if (st == OK)
		*rows = got;
	PQclear(answer);
	return st;
}

const struct node_row *node_rows_find(const struct node_rows *rows, int id)
{
	for (unsigned i = 0; i < node_rows_held(rows); i++) {
		if (rows->row[i].record.id == id)
			return &rows->row[i];
	}
	return NULL;
}

const struct node_row *node_rows_other(const struct node_rows *rows, int id)
{
	for (unsigned i = 0; i < node_rows_held(rows); i++) {
		if (rows->row[i].record.id != id)
			return &rows->row[i];
	}
	return NULL;
}

static const char *boolean(bool value)
{
	return value ? "true" : "false";
}

enum status nodes_write(struct store *store, const struct node_row *row)
{
	char id[NUMBER_MAX], priority[NUMBER_MAX];
	const char *const values[] = {
		id,
		row->record.name,
		row->record.conninfo,
		boolean(row->active),
		row->type,
		row->location,
		priority,
		row->repluser,
		row->config_file,
	};

	number_write(id, row->record.id);
	number_write(priority, row->priority);
	return store_run(store, write_sql, values, ARRAY_LEN(values), NULL);
}

enum status nodes_delete(struct store *store, int id)
{
	char number[NUMBER_MAX];
	const char *const values[] = { number };

	number_write(number, id);
	return store_run(store, delete_sql, values, ARRAY_LEN(values), NULL);
}

enum status nodes_set_active(struct store *store, int id, bool active)
{
	char number[NUMBER_MAX];
	const char *const values[] = { number, boolean(active) };

	number_write(number, id);
	return store_run(store, set_active_sql, values, ARRAY_LEN(values), NULL);
}

enum status nodes_set_well(struct store *store, int id)
{
	char number[NUMBER_MAX];
	const char *const values[] = { number };

	number_write(number, id);
	return store_run(store, set_well_sql, values, 1, NULL);
}

enum status nodes_read_other(struct session *session, int own_id, const struct pg_wait *wait,
			     struct node_record *other, struct error *err)
{
	struct store store = { .session = session, .wait = *wait };
	PGresult *rows = NULL;
	int others = 0, found = 0;

	enum status st = ask(&store, records_sql, &rows, err);
	if (st != OK)
		return st;
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
