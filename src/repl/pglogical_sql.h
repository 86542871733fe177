/* SPDX-License-Identifier: PostgreSQL */
/* pglogical_sql.h - the statements for pglogical, and for spock, which has come from it and
 * calls its schema and functions otherwise. */
#ifndef BDRMON_REPL_PGLOGICAL_SQL_H
#define BDRMON_REPL_PGLOGICAL_SQL_H

#include "parts.h"

/* local_node has one row, which the planner does not know: without the LIMIT it expects so many
 * that it compiles the statement, which takes half a second. */
#define PGLOGICAL_SETUP(schema)                                                                    \
	"SELECT l.node_id IS NOT NULL AS set_up, me.node_name AS node, n.node_name AS name,"       \
	" l.node_id IS NOT NULL AND EXISTS (SELECT FROM " schema ".subscription s"                 \
	"  WHERE s.sub_target = l.node_id AND s.sub_enabled) AS active"                            \
	" FROM (SELECT 1) one"                                                                     \
	" LEFT JOIN (SELECT node_id FROM " schema ".local_node LIMIT 1) l ON true"                 \
	" LEFT JOIN " schema ".node me ON me.node_id = l.node_id"                                  \
	" LEFT JOIN " schema ".node n ON true"                                                     \
	" ORDER BY n.node_id = l.node_id DESC, n.node_name"

/* The slot is the other node's. One that is left over from a subscription of the past is
 * inactive, or behind. */
#define PGLOGICAL_STATE(schema, status, position, diff, replayed, wal_status, missing)             \
	"WITH subscription AS (SELECT s.sub_id, s.sub_name, s.sub_slot_name"                       \
	"  FROM " schema ".subscription s JOIN " schema                                            \
	".local_node l ON l.node_id = s.sub_target"                                                \
	"  ORDER BY s.sub_enabled DESC, s.sub_id LIMIT 1),"                                        \
	" slot AS (SELECT * FROM pg_catalog.pg_replication_slots"                                  \
	"  WHERE plugin = '" schema "_output' AND database = pg_catalog.current_database()"        \
	"  ORDER BY active DESC, confirmed_flush_lsn DESC NULLS LAST LIMIT 1),"                    \
	" " NODE_BEGIN position NODE_END " SELECT s.sub_name AS in_name,"                          \
	" coalesce(st.status = 'replicating' AND w.state IS NOT NULL, false) AS in_up,"            \
	" o.slot_name AS out_name,"                                                                \
	" coalesce(o.active AND coalesce(r.state IN ('catchup', 'streaming'), true), false)"       \
	"  AS out_up,"                                                                             \
	" " diff "(node.lsn, greatest(o.confirmed_flush_lsn, r." replayed ")) AS out_lag_bytes,"   \
	" CASE WHEN o.slot_name IS NOT NULL THEN " wal_status " END AS wal_status,"                \
	" node.lsn AS written_lsn, p.remote_lsn AS received_lsn, " missing " AS missing"           \
	" FROM node LEFT JOIN subscription s ON true LEFT JOIN slot o ON true"                     \
	" LEFT JOIN " schema "." status " st ON st.subscription_name = s.sub_name"                 \
	" LEFT JOIN pg_catalog.pg_stat_activity w ON w.datname = pg_catalog.current_database()"    \
	"  AND w.application_name = '" schema " apply ' || w.datid || ':' || s.sub_id"             \
	" LEFT JOIN pg_catalog.pg_stat_replication r ON r.pid = o.active_pid"                      \
	" LEFT JOIN pg_catalog.pg_replication_origin_status p ON p.external_id = s.sub_slot_name"

/* Both commands go to the server as one, so that our end between them cannot leave the
 * subscription disabled; a DO can commit from version 11 on. In the pause the manager sees
 * the subscription disabled and forgets that its worker has failed: without it, the worker
 * would start 5 s later. */
#define PGLOGICAL_POKE(schema, status, disable, enable)                                            \
	"SELECT pg_catalog.format('DO %L', pg_catalog.format("                                     \
	"'BEGIN PERFORM " schema "." disable "(%1$L, true); COMMIT;"                               \
	" PERFORM pg_catalog.pg_sleep(0.2);"                                                       \
	" PERFORM " schema "." enable "(%1$L, true); END', s.sub_name)) AS command"                \
	" FROM " schema "." status " st"                                                           \
	" JOIN " schema ".subscription s ON s.sub_name = st.subscription_name"                     \
	" WHERE st.status = 'down' AND s.sub_enabled"

/* The names of a server's versions, for what stands between status and missing. */
#define PGLOGICAL_OF_9_6                                                                           \
	"pg_catalog.pg_current_xlog_location()", "pg_catalog.pg_xlog_location_diff",               \
		"replay_location", "'reserved'"
#define PGLOGICAL_OF_10                                                                            \
	"pg_catalog.pg_current_wal_lsn()", "pg_catalog.pg_wal_lsn_diff", "replay_lsn", "'reserved'"
#define PGLOGICAL_OF_13                                                                            \
	"pg_catalog.pg_current_wal_lsn()", "pg_catalog.pg_wal_lsn_diff", "replay_lsn",             \
		"o.wal_status"

#define PGLOGICAL_STATE_OF(...) PGLOGICAL_STATE(__VA_ARGS__)

#endif
