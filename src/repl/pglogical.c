/* SPDX-License-Identifier: PostgreSQL */
/* pglogical 2. Measured with 2.4.2 on PostgreSQL 15:
 *
 * - show_subscription_status() says "replicating" as long as there is an apply worker. It
 *   says so with a frozen peer, and for the 30 s in which the worker tries to connect. What
 *   tells the two apart is the worker's state in pg_stat_activity: it has none until it is
 *   connected. A peer that froze later is seen by neither, only by the other side: there the
 *   slot becomes inactive when wal_sender_timeout is over.
 * - It knows no lag in time: pg_stat_replication's columns are always NULL. The receiver
 *   knows no lag at all; ask the sender.
 * - It counts no conflicts, it only logs them.
 * - A subscription whose connection was refused sleeps for up to 180 s. Disabled and enabled
 *   again it connects at once, if these are two transactions: in one they cancel each other
 *   out. What an operator has disabled stays so.
 * - It tells of the other node's WAL only how far that was applied.
 *
 * Needs: USAGE on schema pglogical and SELECT on its tables; pg_read_all_stats; SELECT on
 * pg_replication_origin_status and EXECUTE on the function below it. */
#include "backend.h"
#include "parts.h"

#define SETUP                                                                                      \
	"SELECT l.node_id IS NOT NULL AS set_up, me.node_name AS node, n.node_name AS name,"       \
	" l.node_id IS NOT NULL AND EXISTS (SELECT FROM pglogical.subscription s"                  \
	"  WHERE s.sub_target = l.node_id AND s.sub_enabled) AS active"                            \
	" FROM (SELECT 1) one"                                                                     \
	" LEFT JOIN pglogical.local_node l ON true"                                                \
	" LEFT JOIN pglogical.node me ON me.node_id = l.node_id"                                   \
	" LEFT JOIN pglogical.node n ON true"                                                      \
	" ORDER BY n.node_id = l.node_id DESC, n.node_name"

/* The slot is the other node's. One that is left over from a subscription of the past is
 * inactive, or behind. */
#define STATE(position, diff, replayed, wal_status, missing)                                       \
	"WITH subscription AS (SELECT s.sub_id, s.sub_name, s.sub_slot_name"                       \
	"  FROM pglogical.subscription s JOIN pglogical.local_node l ON l.node_id = s.sub_target"  \
	"  ORDER BY s.sub_enabled DESC, s.sub_id LIMIT 1),"                                        \
	" slot AS (SELECT * FROM pg_catalog.pg_replication_slots"                                  \
	"  WHERE plugin = 'pglogical_output' AND database = pg_catalog.current_database()"         \
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
	" LEFT JOIN pglogical.show_subscription_status() st ON st.subscription_name = s.sub_name"  \
	" LEFT JOIN pg_catalog.pg_stat_activity w ON w.datname = pg_catalog.current_database()"    \
	"  AND w.application_name = 'pglogical apply ' || w.datid || ':' || s.sub_id"              \
	" LEFT JOIN pg_catalog.pg_stat_replication r ON r.pid = o.active_pid"                      \
	" LEFT JOIN pg_catalog.pg_replication_origin_status p ON p.external_id = s.sub_slot_name"

#define OF_9_6                                                                                     \
	"pg_catalog.pg_current_xlog_location()", "pg_catalog.pg_xlog_location_diff",               \
		"replay_location", "'reserved'"
#define OF_10                                                                                      \
	"pg_catalog.pg_current_wal_lsn()", "pg_catalog.pg_wal_lsn_diff", "replay_lsn", "'reserved'"
#define OF_13                                                                                      \
	"pg_catalog.pg_current_wal_lsn()", "pg_catalog.pg_wal_lsn_diff", "replay_lsn",             \
		"o.wal_status"

#define EXPAND(...) STATE(__VA_ARGS__)

/* Both commands go to the server as one, so that our end between them cannot leave the
 * subscription disabled; a DO can commit from version 11 on. In the pause the manager sees
 * the subscription disabled and forgets that its worker has failed: without it, the worker
 * would start 5 s later. */
#define POKE                                                                                       \
	"SELECT pg_catalog.format('DO %L', pg_catalog.format("                                     \
	"'BEGIN PERFORM pglogical.alter_subscription_disable(%1$L, true); COMMIT;"                 \
	" PERFORM pg_catalog.pg_sleep(0.1);"                                                       \
	" PERFORM pglogical.alter_subscription_enable(%1$L, true); END', s.sub_name)) AS command"  \
	" FROM pglogical.show_subscription_status() st"                                            \
	" JOIN pglogical.subscription s ON s.sub_name = st.subscription_name"                      \
	" WHERE st.status = 'down' AND s.sub_enabled"

const struct repl_backend repl_pglogical = {
	.kind = REPL_PGLOGICAL,
	.sql = {
		[ASK_SETUP] = { { 90600, SETUP } },
		[ASK_STATE] = { { 90600, EXPAND(OF_9_6, MISSING_BEFORE_10) },
				{ 100000, EXPAND(OF_10, MISSING_FROM_10) },
				{ 130000, EXPAND(OF_13, MISSING_FROM_10) } },
		[ASK_POKE] = { { 110000, POKE } },
	},
};
