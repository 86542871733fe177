/* SPDX-License-Identifier: PostgreSQL */
#include "parts.h"

#include "bdrmon/lookup.h"

#include <stddef.h>

#define SCHEMA(name) "EXISTS (SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = '" name "')"
#define RELATION(schema, name)                                                                     \
	"EXISTS (SELECT 1 FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n"               \
	" ON n.oid = c.relnamespace WHERE n.nspname = '" schema "' AND c.relname = '" name "')"

/* Only a superuser may create it: its functions are in C. */
#define EXTENSION_TO_BE_HAD                                                                        \
	"EXISTS (SELECT 1 FROM pg_catalog.pg_available_extensions WHERE name = 'repmgr'"           \
	" AND installed_version IS NULL)"                                                          \
	" AND (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user)"

const struct schema_part schema_parts[] = {
	{
		.name = "extension \"repmgr\"",
		.missing = "SELECT " EXTENSION_TO_BE_HAD " AND NOT " RELATION(
			"repmgr", "nodes") " AND NOT " RELATION("repmgr", "events"),
		.create = "CREATE EXTENSION IF NOT EXISTS repmgr",
		.would = "extension \"repmgr\" would be installed",
		.before = "attempting to install extension \"repmgr\"",
		.after = "\"repmgr\" extension successfully installed",
		.is_extension = true,
	},
	{
		.name = "schema repmgr",
		.missing = "SELECT NOT " SCHEMA("repmgr"),
		.create = "CREATE SCHEMA IF NOT EXISTS repmgr",
		.would = "schema repmgr would be created",
		.before = "extension \"repmgr\" is not to be had; its tables will be in a plain "
			  "schema \"repmgr\"",
		.of_extension = true,
	},
	{
		.name = SCHEMA_NODES,
		.missing = "SELECT NOT " RELATION("repmgr", "nodes"),
		.create = "CREATE TABLE IF NOT EXISTS repmgr.nodes ("
			  " node_id integer PRIMARY KEY,"
			  " upstream_node_id integer REFERENCES repmgr.nodes (node_id) DEFERRABLE,"
			  " active boolean NOT NULL DEFAULT true,"
			  " node_name text NOT NULL,"
			  " type text NOT NULL"
			  " CHECK (type IN ('primary', 'standby', 'witness', 'bdr')),"
			  " location text NOT NULL DEFAULT 'default',"
			  " priority integer NOT NULL DEFAULT 100,"
			  " conninfo text NOT NULL,"
			  " repluser varchar(63) NOT NULL,"
			  " slot_name text,"
			  " config_file text NOT NULL)",
		.would = "table repmgr.nodes would be created",
		.of_extension = true,
	},
	{
		.name = "table repmgr.events",
		.missing = "SELECT NOT " RELATION("repmgr", "events"),
		.create = "CREATE TABLE IF NOT EXISTS repmgr.events ("
			  " node_id integer NOT NULL,"
			  " event text NOT NULL,"
			  " successful boolean NOT NULL DEFAULT true,"
			  " event_timestamp timestamptz NOT NULL DEFAULT current_timestamp,"
			  " details text)",
		.would = "table repmgr.events would be created",
		.of_extension = true,
	},
	{
		.name = "view repmgr.show_nodes",
		.missing = "SELECT NOT " RELATION("repmgr", "show_nodes"),
		.create = "CREATE OR REPLACE VIEW repmgr.show_nodes AS"
			  " SELECT n.node_id, n.node_name, n.active, n.upstream_node_id,"
			  " u.node_name AS upstream_node_name, n.type, n.priority, n.conninfo"
			  " FROM repmgr.nodes n"
			  " LEFT JOIN repmgr.nodes u ON u.node_id = n.upstream_node_id",
		.would = "view repmgr.show_nodes would be created",
		.of_extension = true,
	},
	{
		.name = "schema bdrmon",
		.missing = "SELECT NOT " SCHEMA("bdrmon"),
		.create = "CREATE SCHEMA IF NOT EXISTS bdrmon",
		.would = "schema bdrmon would be created",
	},
	{
		.name = "table bdrmon.failure",
		.missing = "SELECT NOT " RELATION("bdrmon", "failure"),
		/* runs: of the command, so far; started_us: the failed node's
		 * pg_postmaster_start_time(), in us since 1970; until: the deadline of a command
		 * that runs */
		.create = "CREATE TABLE IF NOT EXISTS bdrmon.failure ("
			  " recorder integer NOT NULL,"
			  " failed integer NOT NULL,"
			  " epoch bigint NOT NULL,"
			  " stage text,"
			  " runs integer,"
			  " monitor text,"
			  " confirmed boolean,"
			  " started_us bigint,"
			  " since timestamptz,"
			  " until timestamptz,"
			  " ended timestamptz,"
			  " acknowledged boolean NOT NULL DEFAULT false,"
			  " evidence text,"
			  " PRIMARY KEY (recorder, failed, epoch))",
		.would = "table bdrmon.failure would be created",
	},
	{
		.name = "table bdrmon.meta",
		.missing = "SELECT NOT " RELATION("bdrmon", "meta"),
		.create = "CREATE TABLE IF NOT EXISTS bdrmon.meta ("
			  " key text PRIMARY KEY,"
			  " value text)",
		.would = "table bdrmon.meta would be created",
	},
};
const unsigned schema_part_count = ARRAY_LEN(schema_parts);
