/* SPDX-License-Identifier: PostgreSQL */
#include "bdrmon/pg_arbiter.h"

#include "bdrmon/clock.h"
#include "bdrmon/lookup.h"
#include "bdrmon/number.h"

#include <stdlib.h>

enum column { COLUMN_RECORDER = PIN_COLUMNS_END, COLUMN_EPOCH };

/* All parts see the table as it was before the statement. It is the same one if there is
 * nothing to write: so who may not write gets an error at once, and not when it matters. */
static const char ask_sql[] =
	PIN_UP ", deleted AS (DELETE FROM bdrmon.arbiter WHERE cluster = $2::text"
	       "  AND recorder = $5::integer AND epoch = $6::bigint RETURNING cluster),"
	       " made AS (INSERT INTO bdrmon.arbiter (cluster, recorder, epoch)"
	       "  SELECT $2::text, $3::integer, $4::bigint WHERE $4::bigint > 0"
	       "  AND NOT EXISTS (SELECT 1 FROM bdrmon.arbiter WHERE cluster = $2::text)"
	       "  RETURNING recorder, epoch),"
	       " reserved AS (SELECT recorder, epoch FROM made UNION ALL"
	       "  SELECT recorder, epoch FROM bdrmon.arbiter WHERE cluster = $2::text"
	       "  AND NOT EXISTS (SELECT 1 FROM deleted))" PIN_COLUMNS
	       ", r.recorder, r.epoch" PIN_OTHERS " LEFT JOIN reserved r ON true" PIN_ORDER;

/* Each branch gives one statement that is missing, in the order in which they must run. */
static const char missing_sql[] =
	"WITH schema AS (SELECT oid FROM pg_catalog.pg_namespace WHERE nspname = 'bdrmon'),"
	" relation AS (SELECT c.oid FROM pg_catalog.pg_class c JOIN schema s"
	"  ON s.oid = c.relnamespace WHERE c.relname = 'arbiter')"
	" SELECT statement, creates, pg_catalog.current_database() FROM ("
	"SELECT 1 AS place, true AS creates, 'CREATE SCHEMA bdrmon' AS statement"
	" WHERE NOT EXISTS (SELECT 1 FROM schema)"
	" UNION ALL "
	"SELECT 2, true, 'CREATE TABLE bdrmon.arbiter (cluster text PRIMARY KEY,"
	" recorder integer NOT NULL, epoch bigint NOT NULL)'"
	" WHERE NOT EXISTS (SELECT 1 FROM relation)"
	" UNION ALL "
	"SELECT 3, false, 'GRANT USAGE ON SCHEMA bdrmon TO ' || "
	"pg_catalog.quote_ident(current_user)"
	" WHERE NOT EXISTS (SELECT 1 FROM schema WHERE"
	"  pg_catalog.has_schema_privilege(oid, 'USAGE'))"
	" UNION ALL "
	"SELECT 4, false, 'GRANT SELECT, INSERT, DELETE ON bdrmon.arbiter TO '"
	" || pg_catalog.quote_ident(current_user) WHERE NOT EXISTS (SELECT 1 FROM relation WHERE"
	"  pg_catalog.has_table_privilege(oid, 'SELECT')"
	"  AND pg_catalog.has_table_privilege(oid, 'INSERT')"
	"  AND pg_catalog.has_table_privilege(oid, 'DELETE'))"
	") missing ORDER BY place";

/* Find what is missing. Its one caller PQclear()s ROWS. */
static enum status find_missing(struct store *store, PGresult **rows, struct error *err)
{
	enum status st = store_run(store, missing_sql, NULL, 0, rows);

	return st == OK ? OK : error_set(err, st, "%s", store->failure.reason);
}

/* Try to create what is missing. What is refused is no error: another monitor may just have
 * done it, of which the next look will tell, and may not have done what follows. */
static enum status create(struct store *store, const PGresult *missing)
{
	enum status st = OK;

	for (int row = 0; row < PQntuples(missing) && st == OK; row++) {
		if (PQgetvalue(missing, row, 1)[0] == 't')
			st = store_run(store, PQgetvalue(missing, row, 0), NULL, 0, NULL);
		if (st != OK && session_usable(store->session))
			st = OK;
	}
	return st;
}

static enum status refuse(const PGresult *missing, struct error *err)
{
	char memory[ERROR_TEXT_MAX];
	struct strbuf statements = STRBUF(memory);

	for (int row = 0; row < PQntuples(missing); row++)
		strbuf_printf(&statements, " %s;", PQgetvalue(missing, row, 0));
	bool creates = PQgetvalue(missing, 0, 1)[0] == 't';
	error_set(err, ERR_CONFIG, "%s table bdrmon.arbiter in database \"%s\"",
		  creates ? "there is no" : "there are no grants for us on",
		  PQgetvalue(missing, 0, 2));
	error_hint(err, "Let a superuser run there:%s", memory);
	return ERR_CONFIG;
}

enum status pg_arbiter_prepare(struct store *store, bool *created, struct error *err)
{
	PGresult *missing = NULL;
	enum status st = find_missing(store, &missing, err);

	*created = st == OK && PQntuples(missing) > 0;
	if (*created) {
		st = create(store, missing);
		PQclear(missing);
		missing = NULL;
		st = st == OK ? find_missing(store, &missing, err)
			      : error_set(err, st, "%s", store->failure.reason);
		if (st == OK && PQntuples(missing) > 0)
			st = refuse(missing, err);
	}
	PQclear(missing);
	return st;
}

/* From the core's key to the table's and back. */
static void write_key(const struct arbiter_question *question, const struct arbiter_key *key,
		      char recorder[NUMBER_MAX], char epoch[NUMBER_MAX])
{
	int id = key->epoch == 0 ? 0 : question->id[key->recorder];

	number_write(recorder, id);
	number_write(epoch, id == 0 ? 0 : (int64_t)key->epoch);
}

static void take_key(const PGresult *rows, const struct arbiter_question *question,
		     struct arbiter_key *key)
{
	*key = (struct arbiter_key) { 0 };
	if (PQgetisnull(rows, 0, COLUMN_EPOCH))
		return;
	int id = atoi(PQgetvalue(rows, 0, COLUMN_RECORDER));
	while (key->recorder < NODES && question->id[key->recorder] != id)
		key->recorder++;
	key->epoch = strtoull(PQgetvalue(rows, 0, COLUMN_EPOCH), NULL, 10);
}

static enum status ask(struct store *store, const struct arbiter_question *question,
		       struct arbiter_answer *answer)
{
	char recorder[NUMBER_MAX], epoch[NUMBER_MAX], old_recorder[NUMBER_MAX],
		old_epoch[NUMBER_MAX];
	const char *const values[] = { question->text, question->cluster, recorder,
				       epoch,          old_recorder,      old_epoch };
	struct instant asked = clock_now();
	PGresult *rows = NULL;

	write_key(question, &question->reserve, recorder, epoch);
	write_key(question, &question->give_up, old_recorder, old_epoch);
	enum status st = store_run(store, ask_sql, values, ARRAY_LEN(values), &rows);
	if (st == OK) {
		pinboard_take(rows, asked, &answer->board);
		take_key(rows, question, &answer->key);
	}
	PQclear(rows);
	return st;
}

enum status pg_arbiter_ask(struct store *store, const struct arbiter_question *question,
			   struct arbiter_answer *answer)
{
	struct arbiter_question look = *question;
	struct arbiter_answer seen;

	enum status st = ask(store, question, answer);
	if (st != ERR_SERVER || question->reserve.epoch == 0 || !session_usable(store->session))
		return st;
	/* The primary key refuses the row of the second of two who saw none: then there is one
	 * now. Else it was something else. */
	struct pg_failure refused = store->failure;
	look.reserve = (struct arbiter_key) { 0 };
	st = ask(store, &look, &seen);
	if (st != OK)
		return st;
	if (seen.key.epoch == 0) {
		store->failure = refused;
		return ERR_SERVER;
	}
	*answer = seen;
	return OK;
}
