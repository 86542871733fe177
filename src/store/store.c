/* SPDX-License-Identifier: PostgreSQL */
#include "bdrmon/store.h"

#include "bdrmon/lookup.h"

#include <stdlib.h>
#include <string.h>

/* Our own number among advisory locks: "bdrmon" in ASCII. */
#define LOCK_KEY "108183556026222"

/* One statement of those that stand around what is written. */
struct stage {
	enum store_way way; /* STORE_PLAIN: for all ways */
	const char *sql;
	bool names_origin; /* as $1 */
};

/* The origin belongs to the session: it is given back before somebody else may want it, and
 * after the commit, which must be under it. */
#define CREATE_ORIGIN                                                                              \
	{                                                                                          \
		STORE_APART,                                                                       \
			"SELECT pg_catalog.pg_replication_origin_create($1)"                       \
			" WHERE NOT EXISTS (SELECT 1 FROM pg_catalog.pg_replication_origin"        \
			" WHERE roname = $1)",                                                     \
			true                                                                       \
	}
#define TAKE_ORIGIN                                                                                \
	{                                                                                          \
		STORE_APART, "SELECT pg_catalog.pg_replication_origin_session_setup($1)", true     \
	}
#define GIVE_ORIGIN                                                                                \
	{                                                                                          \
		STORE_APART, "SELECT pg_catalog.pg_replication_origin_session_reset()", false      \
	}

/* A server that is cut off from us must give the lock back in seconds: by itself its TCP would
 * wait for hours, and nobody else could write meanwhile, not even the monitor beside it. Nor may
 * it keep the statements that were given up while they waited for the lock: each is a connection.
 * What a version of the server does not know is left out. */
static const char limits_sql[] =
	"SELECT pg_catalog.set_config(name, value, false) FROM pg_catalog.pg_settings"
	" JOIN (VALUES ('tcp_keepalives_idle', '1'), ('tcp_keepalives_interval', '1'),"
	" ('tcp_keepalives_count', '3'), ('lock_timeout', '5s'),"
	" ('idle_in_transaction_session_timeout', '5s')) AS wanted (name, value) USING (name)";

static const struct stage begin_stages[] = {
	{ STORE_PLAIN, limits_sql, false },
	{ STORE_PLAIN, "SELECT pg_catalog.pg_advisory_lock(" LOCK_KEY ")", false },
	CREATE_ORIGIN,
	TAKE_ORIGIN,
	{ STORE_PLAIN, "BEGIN", false },
};
static const struct stage end_stages[] = {
	GIVE_ORIGIN,
	{ STORE_PLAIN, "SELECT pg_catalog.pg_advisory_unlock(" LOCK_KEY ")", false },
};
static const struct stage apart_stages[] = { CREATE_ORIGIN, TAKE_ORIGIN };
static const struct stage together_stages[] = { GIVE_ORIGIN };

/* The subscription of the other node decides by the rows' origin whether they travel. Which
 * tables are published is known even before ours are there. */
static const char published_sql[] =
	"SELECT EXISTS (SELECT 1 FROM pg_catalog.pg_publication WHERE puballtables)"
	" OR EXISTS (SELECT 1 FROM pg_catalog.pg_publication_tables"
	" WHERE schemaname IN ('repmgr', 'bdrmon'))";

enum status store_run(struct store *store, const char *sql, const char *const values[],
		      unsigned count, PGresult **result)
{
	PGresult *got = NULL;

	enum status st = session_query_values(store->session, sql, values, count, &store->wait,
					      &got, &store->failure);
	if (st == OK && result != NULL)
		*result = got;
	else
		PQclear(got);
	return st;
}

static enum status has_publications(struct store *store, bool *has)
{
	PGresult *rows = NULL;
	enum status st = store_run(store,
				   "SELECT 1 FROM pg_catalog.pg_class WHERE oid ="
				   " pg_catalog.to_regclass('pg_catalog.pg_publication')",
				   NULL, 0, &rows);
	if (st != OK)
		return st;
	*has = PQntuples(rows) > 0;
	PQclear(rows);
	return OK;
}

enum status store_find_way(struct store *store, bool bdr)
{
	PGresult *rows = NULL;
	bool publications = false;

	store->way = bdr ? STORE_BDR : STORE_PLAIN;
	if (bdr)
		return OK;
	enum status st = has_publications(store, &publications);
	if (st != OK || !publications)
		return st;
	st = store_run(store, published_sql, NULL, 0, &rows);
	if (st != OK)
		return st;
	if (strcmp(PQgetvalue(rows, 0, 0), "t") == 0)
		store->way = STORE_APART;
	PQclear(rows);
	return OK;
}

/* Run STAGES, as far as they are for the store's way. */
static enum status run_stages(struct store *store, const struct stage stages[], unsigned count,
			      const char *origin)
{
	enum status st = OK;

	for (unsigned i = 0; i < count && st == OK; i++) {
		const struct stage *stage = &stages[i];
		if (stage->way == STORE_PLAIN || stage->way == store->way)
			st = store_run(store, stage->sql, &origin, stage->names_origin, NULL);
	}
	return st;
}

/* Give back what was taken, as far as it was; some of it may not have been. What failed
 * first is what is told. */
static void give_back(struct store *store, const struct stage stages[], unsigned count)
{
	struct store rest = *store;

	for (unsigned i = 0; i < count && session_usable(rest.session); i++)
		run_stages(&rest, &stages[i], 1, NULL);
}

enum status store_begin(struct store *store)
{
	enum status st = run_stages(store, begin_stages, ARRAY_LEN(begin_stages), STORE_ORIGIN);

	if (st != OK)
		give_back(store, end_stages, ARRAY_LEN(end_stages));
	return st;
}

static void roll_back(struct store *store)
{
	struct store rest = *store;

	if (session_usable(rest.session))
		store_run(&rest, "ROLLBACK", NULL, 0, NULL);
}

enum status store_end(struct store *store, enum status st)
{
	if (st == OK)
		st = store_run(store, "COMMIT", NULL, 0, NULL);
	else
		roll_back(store);
	give_back(store, end_stages, ARRAY_LEN(end_stages));
	return st;
}

enum status store_apart(struct store *store)
{
	return run_stages(store, apart_stages, ARRAY_LEN(apart_stages), STORE_CLAIM_ORIGIN);
}

enum status store_together(struct store *store, enum status st)
{
	give_back(store, together_stages, ARRAY_LEN(together_stages));
	return st;
}
