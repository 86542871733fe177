/* SPDX-License-Identifier: PostgreSQL */
/* Which grants are missing: found in the catalogs beforehand, so that all of them can be
 * named at once, and nothing is left half done. */
#include "bdrmon/schema.h"

#include "bdrmon/strbuf.h"

/* Each branch gives what stands between GRANT and TO. $1: we must write under the origin. A
 * schema or table that is not there yet will be the role's own. */
static const char missing_sql[] =
	"WITH ours(schema, name) AS (VALUES ('repmgr', 'nodes'), ('repmgr', 'events'),"
	"  ('bdrmon', 'failure'), ('bdrmon', 'meta')),"
	" relation AS (SELECT c.oid, n.nspname, c.relname FROM pg_catalog.pg_class c"
	"  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace)"
	" SELECT pg_catalog.quote_ident(current_user), pg_catalog.quote_ident(current_database()),"
	" what FROM ("
	"SELECT 'CREATE ON DATABASE ' || pg_catalog.quote_ident(current_database()) AS what"
	" WHERE NOT pg_catalog.has_database_privilege(current_database(), 'CREATE')"
	" AND (SELECT count(*) FROM pg_catalog.pg_namespace"
	"  WHERE nspname IN ('repmgr', 'bdrmon')) < 2"
	" UNION ALL "
	"SELECT 'USAGE ON SCHEMA ' || nspname FROM pg_catalog.pg_namespace"
	" WHERE nspname IN ('repmgr', 'bdrmon', 'pglogical', 'spock', 'bdr')"
	" AND NOT pg_catalog.has_schema_privilege(oid, 'USAGE')"
	" UNION ALL "
	"SELECT DISTINCT 'CREATE ON SCHEMA ' || n.nspname FROM pg_catalog.pg_namespace n"
	" JOIN ours ON ours.schema = n.nspname"
	" WHERE NOT pg_catalog.has_schema_privilege(n.oid, 'CREATE') AND NOT EXISTS (SELECT 1"
	"  FROM relation r WHERE r.nspname = ours.schema AND r.relname = ours.name)"
	" UNION ALL "
	"SELECT pg_catalog.string_agg(p.privilege, ', ' ORDER BY p.place) || ' ON ' || r.nspname "
	"|| '.' || r.relname"
	" FROM relation r JOIN ours ON ours.schema = r.nspname AND ours.name = r.relname"
	" CROSS JOIN (VALUES (1, 'SELECT'), (2, 'INSERT'), (3, 'UPDATE'), (4, 'DELETE'))"
	"  p(place, privilege)"
	" WHERE NOT pg_catalog.has_table_privilege(r.oid, p.privilege)"
	" GROUP BY r.nspname, r.relname"
	" UNION ALL "
	"SELECT DISTINCT 'SELECT ON ALL TABLES IN SCHEMA ' || r.nspname FROM relation r"
	" WHERE ((r.nspname IN ('pglogical', 'spock')"
	"   AND r.relname IN ('node', 'local_node', 'node_interface', 'subscription'))"
	"  OR (r.nspname = 'bdr' AND r.relname IN ('bdr_nodes', 'bdr_connections')))"
	" AND NOT pg_catalog.has_table_privilege(r.oid, 'SELECT')"
	" UNION ALL "
	"SELECT 'EXECUTE ON FUNCTION ' || p.oid::regprocedure::text FROM pg_catalog.pg_proc p"
	" WHERE (p.proname = 'pg_show_replication_origin_status' OR ($1::boolean"
	"  AND p.proname IN ('pg_replication_origin_create',"
	"  'pg_replication_origin_session_setup', 'pg_replication_origin_session_reset')))"
	" AND NOT pg_catalog.has_function_privilege(p.oid, 'EXECUTE')"
	" UNION ALL "
	"SELECT 'SELECT ON pg_replication_origin_status' FROM relation r"
	" WHERE r.nspname = 'pg_catalog' AND r.relname = 'pg_replication_origin_status'"
	" AND NOT pg_catalog.has_table_privilege(r.oid, 'SELECT')"
	" UNION ALL "
	"SELECT rolname FROM pg_catalog.pg_roles WHERE rolname = 'pg_read_all_stats'"
	" AND NOT pg_catalog.pg_has_role(oid, 'USAGE')"
	") missing";

enum status schema_check_grants(struct store *store, struct error *err)
{
	const char *values[] = { store->way == STORE_APART ? "true" : "false" };
	char memory[ERROR_TEXT_MAX];
	struct strbuf grants = STRBUF(memory);
	PGresult *rows = NULL;

	enum status st = store_run(store, missing_sql, values, 1, &rows);
	if (st != OK)
		return error_set(err, st, "could not look for missing grants: %s",
				 store->failure.reason);
	for (int row = 0; row < PQntuples(rows); row++)
		strbuf_printf(&grants, " GRANT %s TO %s;", PQgetvalue(rows, row, 2),
			      PQgetvalue(rows, row, 0));
	if (grants.length > 0) {
		st = error_set(err, ERR_CONFIG, "role %s lacks privileges in database %s",
			       PQgetvalue(rows, 0, 0), PQgetvalue(rows, 0, 1));
		error_hint(err, "Let a superuser run there:%s", memory);
	}
	PQclear(rows);
	return st;
}
