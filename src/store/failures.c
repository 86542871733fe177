/* SPDX-License-Identifier: PostgreSQL */
#include "bdrmon/failures.h"

#include "bdrmon/lookup.h"
#include "bdrmon/number.h"
#include "bdrmon/strbuf.h"
#include "failures.h"

#include <stdlib.h>

/* A lock that belongs to the session: it goes with it, however that ends. */
#define CLAIM_LOCK "1650750061, $1::integer" /* 0x6264726d, "bdrm" */

static const char try_sql[] = "SELECT pg_catalog.pg_try_advisory_lock(" CLAIM_LOCK ")";
static const char unlock_sql[] = "SELECT pg_catalog.pg_advisory_unlock(" CLAIM_LOCK ")";

/* Its kernel answers for a monitor that is stopped, so that its session would hold the lock for
 * ever; but no statement comes over it any more. */
static const char end_silent_sql[] =
	"SELECT pg_catalog.pg_terminate_backend(a.pid) FROM pg_catalog.pg_locks l"
	" JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid"
	" WHERE l.locktype = 'advisory' AND l.classid = 1650750061 AND l.objid = $1::integer"
	" AND l.objsubid = 2 AND l.granted AND l.database = (SELECT d.oid"
	" FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database())"
	" AND a.usename = current_user AND a.pid <> pg_catalog.pg_backend_pid()"
	" AND pg_catalog.clock_timestamp() - greatest(a.query_start, a.state_change)"
	" > $2::bigint * interval '1 millisecond'";

static const char read_sql[] = FAILURE_LATEST("$1::integer", "$2::integer");

/* All of a stage in one statement, which is one transaction and one round trip: the row, what
 * repmgr.nodes says of the failed node, and the event. A row is made once, with what holds
 * for all its stages; after that it is changed. */
static const char write_sql[] =
	"WITH flag AS (UPDATE repmgr.nodes SET active = $6::boolean"
	"  WHERE node_id = $2::integer AND active <> $6::boolean),"
	" event AS (INSERT INTO repmgr.events (node_id, event, successful, event_timestamp, "
	"details)"
	"  SELECT $12::integer, $13::text, $14::boolean, $15::timestamptz, $16::text"
	"  WHERE $13::text IS NOT NULL),"
	" changed AS (UPDATE bdrmon.failure SET stage = $4::text, runs = $5::integer,"
	"  monitor = CASE WHEN $4::text = 'closed' THEN monitor ELSE $10::text END, until = CASE "
	"WHEN $4::text = 'commanded' THEN"
	"   pg_catalog.clock_timestamp() + $7::bigint * interval '1 millisecond' ELSE until END,"
	"  ended = CASE WHEN $4::text IN ('closed', 'abandoned')"
	"   THEN pg_catalog.clock_timestamp() END"
	"  WHERE recorder = $1::integer AND failed = $2::integer AND epoch = $3::bigint"
	"  RETURNING " FAILURE_COLUMNS "),"
	" made AS (INSERT INTO bdrmon.failure (recorder, failed, epoch, stage, runs, confirmed,"
	"  started_us, monitor, since, evidence)"
	"  SELECT $1::integer, $2::integer, $3::bigint, $4::text, $5::integer, $8::boolean,"
	"  $9::bigint, $10::text, pg_catalog.clock_timestamp(), $11::text"
	"  WHERE NOT EXISTS (SELECT 1 FROM bdrmon.failure WHERE recorder = $1::integer"
	"   AND failed = $2::integer AND epoch = $3::bigint)"
	"  RETURNING " FAILURE_COLUMNS ")"
	" SELECT * FROM changed UNION ALL SELECT * FROM made";

static const char has_table_sql[] = "SELECT EXISTS (SELECT 1 FROM " FAILURE_TABLE ")";
static const char find_sql[] = "SELECT recorder, failed, epoch, runs, confirmed, (extract(epoch "
			       "FROM since) * 1000000)::bigint,"
			       " stage, monitor, since, until, ended, evidence FROM bdrmon.failure"
			       " WHERE $1::bigint IN (0, epoch) ORDER BY since DESC LIMIT 1";

static const char acknowledge_sql[] =
	"UPDATE bdrmon.failure SET acknowledged = true WHERE recorder = $1::integer"
	" AND stage = 'closed' AND NOT acknowledged";

void failures_take(const PGresult *rows, int row, int column, struct record *record)
{
	if (PQgetisnull(rows, row, column))
		return;
	record->epoch = strtoull(PQgetvalue(rows, row, column), NULL, 10);
	stage_by_name(PQgetvalue(rows, row, column + 1), &record->stage);
	record->runs = (unsigned)atoi(PQgetvalue(rows, row, column + 2));
	record->until_ms = strtoll(PQgetvalue(rows, row, column + 3), NULL, 10);
	record->started_us = strtoll(PQgetvalue(rows, row, column + 4), NULL, 10);
}

/* Run a statement of which the one value is a boolean. */
static enum status ask(struct store *store, const char *sql, const char *const values[],
		       unsigned count, bool *yes)
{
	PGresult *rows = NULL;
	enum status st = store_run(store, sql, values, count, &rows);

	if (st != OK)
		return st;
	*yes = PQntuples(rows) > 0 && PQgetvalue(rows, 0, 0)[0] == 't';
	PQclear(rows);
	return OK;
}

enum status claim_try(struct store *store, int failed_id, int64_t lease_ms, bool *granted)
{
	char failed[NUMBER_MAX], lease[NUMBER_MAX];
	const char *const values[] = { failed, lease };
	bool ended = false;

	number_write(failed, failed_id);
	number_write(lease, lease_ms);
	enum status st = ask(store, try_sql, values, 1, granted);
	if (st != OK || *granted)
		return st;
	st = ask(store, end_silent_sql, values, ARRAY_LEN(values), &ended);
	return st == OK && ended ? ask(store, try_sql, values, 1, granted) : st;
}

enum status claim_release(struct store *store, int failed_id)
{
	char failed[NUMBER_MAX];
	const char *const values[] = { failed };

	number_write(failed, failed_id);
	return store_run(store, unlock_sql, values, 1, NULL);
}

/* Take the one row of an answer that was asked for at ASKED. */
static void take(const PGresult *rows, struct instant asked, struct record *record)
{
	struct record got = { .read = asked, .recent = record->recent };

	if (PQntuples(rows) > 0)
		failures_take(rows, 0, 0, &got);
	*record = got;
}

enum status failures_read(struct store *store, int recorder_id, int failed_id,
			  struct record *record)
{
	char recorder[NUMBER_MAX], failed[NUMBER_MAX];
	const char *const values[] = { recorder, failed };
	struct instant asked = clock_now();
	PGresult *rows = NULL;

	number_write(recorder, recorder_id);
	number_write(failed, failed_id);
	enum status st = store_run(store, read_sql, values, ARRAY_LEN(values), &rows);
	if (st == OK)
		take(rows, asked, record);
	PQclear(rows);
	return st;
}

/* What repmgr.nodes says of the failed node from this stage on; NULL: as it is. */
static const char *flag_of(enum stage stage)
{
	if (stage == STAGE_COMMANDED)
		return "false";
	return stage == STAGE_ABANDONED ? "true" : NULL;
}

enum status failures_write(struct store *store, const struct failure_row *row,
			   struct record *record)
{
	char recorder[NUMBER_MAX], failed[NUMBER_MAX], epoch[NUMBER_MAX], runs[NUMBER_MAX];
	char limit[NUMBER_MAX], started[NUMBER_MAX], event_node[NUMBER_MAX];
	const struct event_row *event = row->event;
	const char *const values[] = {
		recorder,
		failed,
		epoch,
		stage_name(row->stage),
		runs,
		flag_of(row->stage),
		limit,
		row->confirmed ? "true" : "false",
		started,
		row->monitor,
		row->evidence,
		event != NULL ? event_node : NULL,
		event != NULL ? event->event : NULL,
		event != NULL && event->successful ? "true" : "false",
		event != NULL ? event->timestamp : NULL,
		event != NULL ? event->details : NULL,
	};
	struct instant asked = clock_now();
	PGresult *rows = NULL;

	number_write(recorder, row->recorder_id);
	number_write(failed, row->failed_id);
	number_write(epoch, (int64_t)row->epoch);
	number_write(runs, row->runs);
	number_write(limit, row->limit_ms);
	number_write(started, row->started_us);
	number_write(event_node, event != NULL ? event->node_id : 0);
	enum status st = store_apart(store);
	if (st == OK)
		st = store_run(store, write_sql, values, ARRAY_LEN(values), &rows);
	if (st == OK) {
		take(rows, asked, record);
		record->sent = asked;
	}
	PQclear(rows);
	return store_together(store, st);
}

enum status failures_acknowledge(struct store *store, int recorder_id)
{
	char recorder[NUMBER_MAX];
	const char *const values[] = { recorder };

	number_write(recorder, recorder_id);
	enum status st = store_apart(store);
	if (st == OK)
		st = store_run(store, acknowledge_sql, values, 1, NULL);
	return store_together(store, st);
}

static void take_last(const PGresult *rows, struct failure_seen *seen)
{
	seen->recorder_id = atoi(PQgetvalue(rows, 0, 0));
	seen->failed_id = atoi(PQgetvalue(rows, 0, 1));
	seen->epoch = strtoll(PQgetvalue(rows, 0, 2), NULL, 10);
	seen->runs = atoi(PQgetvalue(rows, 0, 3));
	seen->confirmed = PQgetvalue(rows, 0, 4)[0] == 't';
	seen->since_us = strtoll(PQgetvalue(rows, 0, 5), NULL, 10);
	COPY_LINE(seen->stage, PQgetvalue(rows, 0, 6));
	COPY_LINE(seen->monitor, PQgetvalue(rows, 0, 7));
	COPY_LINE(seen->since, PQgetvalue(rows, 0, 8));
	COPY_LINE(seen->until, PQgetvalue(rows, 0, 9));
	COPY_LINE(seen->ended, PQgetvalue(rows, 0, 10));
	COPY_TEXT(seen->evidence, PQgetvalue(rows, 0, 11));
}

enum status failures_find(struct store *store, int64_t epoch, struct failure_seen *seen)
{
	char number[NUMBER_MAX];
	const char *const values[] = { number };
	PGresult *rows = NULL;
	bool has = false;

	*seen = (struct failure_seen) { 0 };
	enum status st = ask(store, has_table_sql, NULL, 0, &has);
	if (st != OK || !has)
		return st;
	number_write(number, epoch);
	st = store_run(store, find_sql, values, ARRAY_LEN(values), &rows);
	if (st == OK && PQntuples(rows) > 0)
		take_last(rows, seen);
	PQclear(rows);
	return st;
}
