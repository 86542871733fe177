/* SPDX-License-Identifier: PostgreSQL */
#include "bdrmon/bulletin.h"

#include "bdrmon/clock.h"
#include "bdrmon/lookup.h"
#include "bdrmon/number.h"
#include "failures.h"

#include <stdlib.h>

/* Each statement below gives these from the first on, behind those of the pinboard. */
enum column {
	COLUMN_TABLES = PIN_COLUMNS_END,
	COLUMN_OWN_ACTIVE,
	COLUMN_FAILED_ACTIVE,
	COLUMN_RECENT,
	COLUMN_RECORD
};

static const char without_tables_sql[] =
	PIN_UP PIN_COLUMNS ", (SELECT count(*) FROM " FAILURE_TABLE
			   " AND pg_catalog.has_schema_privilege(n.oid, 'USAGE')"
			   " AND pg_catalog.has_table_privilege(c.oid, 'SELECT')"
			   " AND pg_catalog.has_table_privilege(c.oid, 'INSERT')"
			   " AND pg_catalog.has_table_privilege(c.oid, 'UPDATE'))"
			   " AS tables" PIN_OTHERS PIN_ORDER;

static const char with_tables_sql[] = PIN_UP PIN_COLUMNS
	", 1 AS tables, (SELECT active FROM repmgr.nodes WHERE node_id = $2::integer),"
	" (SELECT active FROM repmgr.nodes WHERE node_id = $3::integer),"
	" (SELECT count(*) FROM bdrmon.failure WHERE recorder = $2::integer"
	" AND failed = $3::integer AND stage = 'closed' AND NOT acknowledged"
	" AND since > pg_catalog.clock_timestamp() - $4::bigint * interval '1 millisecond'),"
	" r.*" PIN_OTHERS
	" LEFT JOIN (" FAILURE_LATEST("$2::integer", "$3::integer") ") r"
								    " ON true" PIN_ORDER;

static void take_tables(const PGresult *rows, struct bulletin *bulletin)
{
	struct record *record = &bulletin->record;

	*record = (struct record) { .read = bulletin->board.asked };
	failures_take(rows, 0, COLUMN_RECORD, record);
	record->recent = (unsigned)atoi(PQgetvalue(rows, 0, COLUMN_RECENT));
	for (unsigned i = 0; i < NODES; i++)
		bulletin->active[i] = PQgetvalue(rows, 0, COLUMN_OWN_ACTIVE + (int)i)[0] != 'f';
}

static void take(const PGresult *rows, struct instant asked, struct bulletin *bulletin)
{
	bool tables = bulletin->tables == TABLES_THERE;

	*bulletin = (struct bulletin) {
		.tables = PQgetvalue(rows, 0, COLUMN_TABLES)[0] == '0' ? TABLES_MISSING
								       : TABLES_THERE,
	};
	pinboard_take(rows, asked, &bulletin->board);
	if (tables)
		take_tables(rows, bulletin);
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
