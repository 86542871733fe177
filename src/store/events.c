/* SPDX-License-Identifier: PostgreSQL */
#include "bdrmon/events.h"

#include "bdrmon/lookup.h"
#include "bdrmon/number.h"

#include <inttypes.h>
#include <stdlib.h>

static const char add_sql[] =
	"INSERT INTO repmgr.events (node_id, event, successful, event_timestamp, details)"
	" SELECT $1::integer, $2::text, $3::boolean, $4::timestamptz, $5::text"
	" WHERE NOT EXISTS (SELECT 1 FROM repmgr.events WHERE node_id = $1::integer"
	" AND event = $2::text AND successful = $3::boolean"
	" AND event_timestamp = $4::timestamptz AND details IS NOT DISTINCT FROM $5::text)";

/* The columns stand in the order of struct event_seen. */
static const char read_sql[] =
	"SELECT (extract(epoch FROM e.event_timestamp) * 1000000)::bigint, e.node_id,"
	" coalesce(n.node_name, ''), e.event, e.successful,"
	" pg_catalog.to_char(e.event_timestamp, 'YYYY-MM-DD HH24:MI:SS'), e.event_timestamp::text,"
	" coalesce(e.details, '')"
	" FROM repmgr.events e LEFT JOIN repmgr.nodes n ON n.node_id = e.node_id"
	" WHERE ($1::integer = 0 OR e.node_id = $1::integer)"
	" AND ($2::text IS NULL OR n.node_name = $2::text)"
	" AND ($3::text IS NULL OR e.event = $3::text)"
	" ORDER BY e.event_timestamp DESC, e.node_id, e.event COLLATE \"C\","
	" coalesce(e.details, '') COLLATE \"C\" LIMIT nullif($4::bigint, 0)";

/* The server's answer is the list. */
struct events {
	PGresult *rows;
};

enum status events_add(struct store *store, const struct event_row *row)
{
	char id[NUMBER_MAX];
	const char *const values[] = { id, row->event, row->successful ? "true" : "false",
				       row->timestamp, row->details };

	number_write(id, row->node_id);
	return store_run(store, add_sql, values, ARRAY_LEN(values), NULL);
}

enum status events_append(struct store *store, const struct event_row rows[], unsigned count)
{
	enum status st = store_begin(store);

	if (st != OK)
		return st;
	for (unsigned i = 0; i < count && st == OK; i++)
		st = events_add(store, &rows[i]);
	return store_end(store, st);
}

enum status events_read(struct store *store, const struct event_filter *filter,
			struct events **events)
{
	char id[NUMBER_MAX], limit[NUMBER_MAX];
	const char *const values[] = { id, filter->node_name, filter->event, limit };
	struct events *list = calloc(1, sizeof *list);

	if (list == NULL) {
		store->failure =
			(struct pg_failure) { OUTCOME_BROKEN, STEP_QUERY, "out of memory" };
		return ERR_SERVER;
	}
	number_write(id, filter->node_id);
	number_write(limit, filter->limit);
	enum status st = store_run(store, read_sql, values, ARRAY_LEN(values), &list->rows);
	if (st == OK)
		*events = list;
	else
		free(list);
	return st;
}

unsigned events_count(const struct events *events)
{
	return (unsigned)PQntuples(events->rows);
}

struct event_seen events_at(const struct events *events, unsigned index)
{
	const PGresult *rows = events->rows;
	int row = (int)index;

	return (struct event_seen) {
		.when_us = strtoimax(PQgetvalue(rows, row, 0), NULL, 10),
		.node_id = atoi(PQgetvalue(rows, row, 1)),
		.node_name = PQgetvalue(rows, row, 2),
		.event = PQgetvalue(rows, row, 3),
		.successful = PQgetvalue(rows, row, 4)[0] == 't',
		.second = PQgetvalue(rows, row, 5),
		.timestamp = PQgetvalue(rows, row, 6),
		.details = PQgetvalue(rows, row, 7),
	};
}

void events_free(struct events *events)
{
	if (events == NULL)
		return;
	PQclear(events->rows);
	free(events);
}
