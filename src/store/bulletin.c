/* SPDX-License-Identifier: PostgreSQL */
#include "bdrmon/bulletin.h"

#include "bdrmon/clock.h"
#include "bdrmon/lookup.h"
#include "failures.h"
#include "number.h"

#include <stdlib.h>

/* Our own role's sessions only: any role can read a name, and could forge one. One row at
 * least. The part in the middle must give the columns of enum column from TABLES on. */
#define PIN_UP                                                                                     \
	"WITH pinned AS (SELECT pg_catalog.set_config('application_name', $1::text, false) AS up)" \
	" SELECT p.up, (extract(epoch FROM pg_catalog.clock_timestamp()) * 1000)::bigint,"         \
	" (extract(epoch FROM pg_catalog.pg_postmaster_start_time()) * 1000000)::bigint,"          \
	" a.application_name,"
#define OTHERS                                                                                     \
	" FROM pinned p LEFT JOIN pg_catalog.pg_stat_activity a"                                   \
	" ON a.application_name LIKE '" RELAY_BEGIN "%' AND a.usename = current_user"              \
	" AND a.pid <> pg_catalog.pg_backend_pid()"

enum column {
	COLUMN_UP,
	COLUMN_NOW,
	COLUMN_STARTED,
	COLUMN_TEXT,
	COLUMN_TABLES,
	COLUMN_OWN_ACTIVE,
	COLUMN_FAILED_ACTIVE,
	COLUMN_RECENT,
	COLUMN_RECORD
};

/* A table of an older layout is as good as none. */
static const char without_tables_sql[] = PIN_UP
	" (SELECT count(*) FROM pg_catalog.pg_class c"
	" JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'bdrmon'"
	" JOIN pg_catalog.pg_attribute t ON t.attrelid = c.oid AND t.attname = 'acknowledged'"
	" WHERE c.relname = 'failure' AND pg_catalog.has_schema_privilege(n.oid, 'USAGE')"
	" AND pg_catalog.has_table_privilege(c.oid, 'SELECT')"
	" AND pg_catalog.has_table_privilege(c.oid, 'INSERT')"
	" AND pg_catalog.has_table_privilege(c.oid, 'UPDATE'))"
	" AS tables" OTHERS " ORDER BY a.state_change";

static const char with_tables_sql[] = PIN_UP
	" 1 AS tables, (SELECT active FROM repmgr.nodes WHERE node_id = $2::integer),"
	" (SELECT active FROM repmgr.nodes WHERE node_id = $3::integer),"
	" (SELECT count(*) FROM bdrmon.failure WHERE recorder = $2::integer"
	" AND failed = $3::integer AND stage = 'closed' AND NOT acknowledged"
	" AND since > pg_catalog.clock_timestamp() - $4::bigint * interval '1 millisecond'),"
	" r.*" OTHERS " LEFT JOIN (SELECT " FAILURE_COLUMNS " FROM bdrmon.failure"
	" WHERE recorder = $2::integer AND failed = $3::integer ORDER BY epoch DESC LIMIT 1) r"
	" ON true ORDER BY a.state_change";

static void take_tables(const PGresult *rows, struct bulletin *bulletin)
{
	struct record *record = &bulletin->record;

	*record = (struct record) { .read = bulletin->asked };
	failures_take(rows, 0, COLUMN_RECORD, record);
	record->recent = (unsigned)atoi(PQgetvalue(rows, 0, COLUMN_RECENT));
	for (unsigned i = 0; i < NODES; i++)
		bulletin->active[i] = PQgetvalue(rows, 0, COLUMN_OWN_ACTIVE + (int)i)[0] != 'f';
}

static void take(const PGresult *rows, struct instant asked, struct bulletin *bulletin)
{
	bool tables = bulletin->tables == TABLES_THERE;

	*bulletin = (struct bulletin) {
		.asked = asked,
		.clock = { clock_now(), strtoll(PQgetvalue(rows, 0, COLUMN_NOW), NULL, 10) },
		.started_us = strtoll(PQgetvalue(rows, 0, COLUMN_STARTED), NULL, 10),
		.tables = PQgetvalue(rows, 0, COLUMN_TABLES)[0] == '0' ? TABLES_MISSING
								       : TABLES_THERE,
	};
	if (tables)
		take_tables(rows, bulletin);
	for (int i = 0; i < PQntuples(rows) && bulletin->texts < BULLETIN_TEXTS_MAX; i++) {
		if (!PQgetisnull(rows, i, COLUMN_TEXT))
			COPY_TEXT(bulletin->text[bulletin->texts++],
				  PQgetvalue(rows, i, COLUMN_TEXT));
	}
}

static enum status ask(struct session *session, const struct bulletin_question *question,
		       const struct pg_wait *wait, struct bulletin *bulletin,
		       struct pg_failure *failure)
{
	char own[NUMBER_MAX], failed[NUMBER_MAX], recent[NUMBER_MAX];
	const char *const values[] = { question->text, own, failed, recent };
	bool tables = bulletin->tables == TABLES_THERE;
	struct instant asked = clock_now();
	PGresult *rows = NULL;

	number_write(own, question->own_id);
	number_write(failed, question->failed_id);
	number_write(recent, question->recent_ms);
	enum status st =
		session_query_values(session, tables ? with_tables_sql : without_tables_sql, values,
				     tables ? ARRAY_LEN(values) : 1, wait, &rows, failure);
	if (st == OK)
		take(rows, asked, bulletin);
	PQclear(rows);
	return st;
}

enum status bulletin_ask(struct session *session, const struct bulletin_question *question,
			 const struct pg_wait *wait, struct bulletin *bulletin,
			 struct pg_failure *failure)
{
	enum bulletin_tables before = bulletin->tables;

	enum status st = ask(session, question, wait, bulletin, failure);
	if (st == ERR_SERVER && session_usable(session) && before == TABLES_THERE) {
		bulletin->tables = TABLES_MISSING; /* they were dropped, or closed */
		st = ask(session, question, wait, bulletin, failure);
	}
	/* They have just been seen to be there. */
	if (st == OK && before != TABLES_THERE && bulletin->tables == TABLES_THERE)
		st = ask(session, question, wait, bulletin, failure);
	return st;
}
