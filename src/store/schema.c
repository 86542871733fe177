/* SPDX-License-Identifier: PostgreSQL */
#include "bdrmon/schema.h"

#include "bdrmon/lookup.h"
#include "parts.h"

#include <string.h>

static const char replicate_ddl_sql[] = "SELECT bdr.bdr_replicate_ddl_command($1)";

static const char add_protocol_sql[] =
	"INSERT INTO bdrmon.meta (key, value) SELECT 'protocol', '" SCHEMA_PROTOCOL "'"
	" WHERE NOT EXISTS (SELECT 1 FROM bdrmon.meta WHERE key = 'protocol')";
static const char read_protocol_sql[] = "SELECT value FROM bdrmon.meta WHERE key = 'protocol'";

static enum status failed(const struct store *store, enum status st, const char *what,
			  const char *name, struct error *err)
{
	return error_set(err, st, "could not %s %s: %s", what, name, store->failure.reason);
}

static enum status is_missing(struct store *store, const struct schema_part *part, bool *missing,
			      struct error *err)
{
	PGresult *rows = NULL;
	enum status st = store_run(store, part->missing, NULL, 0, &rows);

	if (st != OK)
		return failed(store, st, "look for", part->name, err);
	*missing = strcmp(PQgetvalue(rows, 0, 0), "t") == 0;
	PQclear(rows);
	return OK;
}

/* BDR does not let a table be created any other way. */
static enum status create(struct store *store, const struct schema_part *part, struct error *err)
{
	bool bdr = store->way == STORE_BDR;
	enum status st = store_run(store, bdr ? replicate_ddl_sql : part->create,
				   bdr ? &part->create : NULL, bdr ? 1 : 0, NULL);
	return st == OK ? OK : failed(store, st, "create", part->name, err);
}

static void tell_before(const struct schema_part *part, bool dry_run, schema_tell_fn *tell,
			void *argument)
{
	const char *text = dry_run ? part->would : part->before;
	if (tell != NULL && text != NULL)
		tell(argument, text);
}

static enum status check_protocol(struct store *store, struct error *err)
{
	PGresult *rows = NULL;
	enum status st = store_run(store, add_protocol_sql, NULL, 0, NULL);

	if (st == OK)
		st = store_run(store, read_protocol_sql, NULL, 0, &rows);
	if (st != OK)
		return failed(store, st, "read", "bdrmon.meta", err);
	if (strcmp(PQgetvalue(rows, 0, 0), SCHEMA_PROTOCOL) != 0) {
		st = error_set(err, ERR_CONFIG,
			       "bdrmon.meta names protocol \"%s\", and this bdrmon speaks "
			       "protocol " SCHEMA_PROTOCOL,
			       PQgetvalue(rows, 0, 0));
		error_hint(err, "Use the same version of bdrmon for all monitors.");
	}
	PQclear(rows);
	return st;
}

enum status schema_ensure(struct store *store, bool dry_run, schema_tell_fn *tell, void *argument,
			  struct error *err)
{
	enum status st = OK;
	bool extension = false; /* would be created, and bring its parts with it */

	for (unsigned i = 0; i < schema_part_count && st == OK; i++) {
		const struct schema_part *part = &schema_parts[i];
		bool missing = false;
		if (extension && part->of_extension)
			continue;
		st = is_missing(store, part, &missing, err);
		if (st != OK || !missing)
			continue;
		tell_before(part, dry_run, tell, argument);
		extension |= dry_run && part->is_extension;
		if (!dry_run)
			st = create(store, part, err);
		if (!dry_run && st == OK && tell != NULL && part->after != NULL)
			tell(argument, part->after);
	}
	return st == OK && !dry_run ? check_protocol(store, err) : st;
}

enum status schema_has_nodes(struct store *store, bool *has, struct error *err)
{
	bool missing = false;
	unsigned i = 0;

	while (strcmp(schema_parts[i].name, SCHEMA_NODES) != 0)
		i++;
	enum status st = is_missing(store, &schema_parts[i], &missing, err);
	if (st == OK)
		*has = !missing;
	return st;
}

enum status schema_share(struct store *store, const char *node, struct error *err)
{
	static const char join_sql[] =
		"SELECT bdr.connection_set_replication_sets("
		"array_append(bdr.connection_get_replication_sets($1::text), 'repmgr'), $1::text)"
		" WHERE 'repmgr' <> ALL (bdr.connection_get_replication_sets($1::text))";
	static const char add_tables_sql[] =
		"SELECT bdr.table_set_replication_sets(c.oid, ARRAY['repmgr'])"
		" FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n"
		" ON n.oid = c.relnamespace WHERE c.relkind = 'r'"
		" AND n.nspname IN ('repmgr', 'bdrmon')"
		" AND 'repmgr' <> ALL (coalesce(bdr.table_get_replication_sets(c.oid), '{}'))";

	enum status st = store_run(store, join_sql, &node, 1, NULL);
	if (st == OK)
		st = store_run(store, add_tables_sql, NULL, 0, NULL);
	return st == OK ? OK : failed(store, st, "set up replication set", "\"repmgr\"", err);
}
