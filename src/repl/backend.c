/* SPDX-License-Identifier: PostgreSQL */
#include "backend.h"

#include "bdrmon/lookup.h"

/* BDR 3 has pglogical below it; so BDR is looked for before pglogical. */
const struct repl_backend *const repl_backends[] = {
	&repl_bdr, &repl_pgd, &repl_pglogical, &repl_spock, &repl_logical,
};
const unsigned repl_backend_count = ARRAY_LEN(repl_backends);

static const char *const kind_names[REPL_KINDS] = {
	[REPL_NONE] = "none",           [REPL_BDR] = "bdr",         [REPL_PGD] = "pgd",
	[REPL_PGLOGICAL] = "pglogical", [REPL_LOGICAL] = "logical", [REPL_SPOCK] = "spock",
};

#define EXTENSIONS                                                                                 \
	"SELECT CASE WHEN extname = 'bdr' AND extversion !~ '^[12][.]' THEN 'pgd'"                 \
	" ELSE extname::text END AS kind, extversion AS version"                                   \
	" FROM pg_catalog.pg_extension WHERE extname IN ('bdr', 'pglogical', 'spock')"

/* A database that only publishes may be one that is not set up yet. */
#define NATIVE                                                                                     \
	"SELECT 'logical', pg_catalog.split_part(pg_catalog.current_setting('server_version'), ' " \
	"', 1)"                                                                                    \
	" WHERE EXISTS (SELECT FROM pg_catalog.pg_publication) OR EXISTS"                          \
	" (SELECT FROM pg_catalog.pg_subscription s JOIN pg_catalog.pg_database d"                 \
	"  ON d.oid = s.subdbid AND d.datname = pg_catalog.current_database())"

/* What the database might be, and its version: a row by the name of each kind. */
static const struct repl_sql candidates[] = {
	{ 90400, EXTENSIONS },
	{ 160000, EXTENSIONS " UNION ALL " NATIVE },
};

const char *repl_kind_name(enum repl_kind kind)
{
	return kind_names[kind];
}

const char *repl_says_word(enum repl_says says)
{
	static const char *const words[] = { [REPL_NO] = "down", [REPL_YES] = "up" };
	return words[says];
}

const char *repl_slot_word(enum repl_slot slot)
{
	static const char *const words[] = {
		[REPL_SLOT_SAFE] = "safe",
		[REPL_SLOT_AT_RISK] = "at risk",
		[REPL_SLOT_LOST] = "lost",
	};
	return words[slot];
}

static const char *newest_for(const struct repl_sql *sql, unsigned count, int version)
{
	const char *found = NULL;
	for (unsigned i = 0; i < count && sql[i].text != NULL && sql[i].since <= version; i++)
		found = sql[i].text;
	return found;
}

const char *repl_sql_for(const struct repl_backend *backend, enum repl_question question,
			 int version)
{
	return newest_for(backend->sql[question], REPL_SQL_MAX, version);
}

const char *repl_candidates_sql(int version)
{
	return newest_for(candidates, ARRAY_LEN(candidates), version);
}

const struct repl_backend *repl_backend_of(enum repl_kind kind)
{
	for (unsigned i = 0; i < repl_backend_count; i++) {
		if (repl_backends[i]->kind == kind)
			return repl_backends[i];
	}
	return NULL;
}
