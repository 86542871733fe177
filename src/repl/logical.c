/* SPDX-License-Identifier: PostgreSQL */
/* PostgreSQL's own logical replication, both ways with origin = none: from version 16 on.
 * Measured on 16, 17 and 18:
 *
 * - A worker that still tries to connect has a pid in pg_stat_subscription and no
 *   received_lsn. One whose peer is frozen has both: then no message comes. An idle sender
 *   answers at the latest when it is asked at half of wal_receiver_timeout.
 * - When the worker has ended, only the replication origin knows how far it came.
 * - Nothing in a slot says whose it is. If this database has slots for others, too, and they
 *   do not agree, it is unknown whether the other node's link is up.
 * - Conflicts are counted from version 18 on, and the count is lost in a crash. Before, the
 *   worker counts errors, of whatever kind.
 * - The launcher starts a worker again wal_retrieve_retry_interval (5 s) after the start of
 *   the one before, and nothing makes it faster: not ALTER SUBSCRIPTION, disabled and enabled
 *   again. So there is nothing to poke.
 * - The nodes of such a cluster have no names, and nobody who is not a superuser may see
 *   where a subscription leads to; so nobody knows how many there are.
 *
 * Needs: pg_read_all_stats; SELECT on pg_replication_origin_status and EXECUTE on the
 * function below it. */
#include "backend.h"
#include "parts.h"

#define SUBSCRIPTIONS                                                                              \
	"pg_catalog.pg_subscription s JOIN pg_catalog.pg_database d"                               \
	" ON d.oid = s.subdbid AND d.datname = pg_catalog.current_database()"                      \
	" AND s.suborigin = 'none'"

/* The worker of the subscription itself, not one of a table or of a large transaction. */
#define WORKERS                                                                                    \
	"pg_catalog.pg_stat_subscription st"                                                       \
	" ON st.subid = s.oid AND st.relid IS NULL AND st.leader_pid IS NULL"

#define SETUP                                                                                      \
	"SELECT count(*) > 0 AND EXISTS (SELECT FROM pg_catalog.pg_publication) AS set_up,"        \
	" coalesce(bool_or(s.subenabled), false) AS active FROM " SUBSCRIPTIONS

#define STATE(conflicts)                                                                           \
	"WITH subscription AS (SELECT s.oid, s.subname FROM " SUBSCRIPTIONS                        \
	"  ORDER BY s.subenabled DESC, s.oid LIMIT 1),"                                            \
	" slot AS (SELECT *, CASE WHEN bool_and(active) OVER () THEN true"                         \
	"   WHEN NOT bool_or(active) OVER () THEN false END AS up"                                 \
	"  FROM pg_catalog.pg_replication_slots WHERE plugin = 'pgoutput'"                         \
	"  AND database = pg_catalog.current_database() AND NOT temporary"                         \
	"  AND slot_name !~ '^pg_[0-9]+_sync_'"                                                    \
	"  ORDER BY active DESC, confirmed_flush_lsn DESC NULLS LAST LIMIT 1),"                    \
	" " NODE_BEGIN "pg_catalog.pg_current_wal_lsn()" NODE_END ","                              \
	" setting AS (SELECT pg_catalog.current_setting('wal_receiver_timeout')::interval"         \
	"  AS patience)"                                                                           \
	" SELECT s.subname AS in_name,"                                                            \
	" coalesce(st.pid IS NOT NULL AND st.received_lsn IS NOT NULL AND"                         \
	"  (patience = '0'::interval OR st.last_msg_receipt_time IS NULL OR"                       \
	"   pg_catalog.clock_timestamp() - st.last_msg_receipt_time < patience * 0.75), false)"    \
	"  AS in_up,"                                                                              \
	" o.slot_name AS out_name,"                                                                \
	" CASE WHEN o.slot_name IS NULL THEN false"                                                \
	"  ELSE o.up AND coalesce(r.state IN ('catchup', 'streaming'), true) END AS out_up,"       \
	" pg_catalog.pg_wal_lsn_diff(node.lsn, greatest(o.confirmed_flush_lsn, r.replay_lsn))"     \
	"  AS out_lag_bytes,"                                                                      \
	" (extract(epoch FROM r.replay_lag) * 1000)::bigint AS out_lag_ms,"                        \
	" o.wal_status AS wal_status, " conflicts " AS conflicts,"                                 \
	" node.lsn AS written_lsn, greatest(st.received_lsn, p.remote_lsn) AS received_lsn,"       \
	" " MISSING_FROM_10 " AS missing"                                                          \
	" FROM node CROSS JOIN setting"                                                            \
	" LEFT JOIN subscription s ON true LEFT JOIN slot o ON true"                               \
	" LEFT JOIN " WORKERS                                                                      \
	" LEFT JOIN pg_catalog.pg_stat_subscription_stats c ON c.subid = s.oid"                    \
	" LEFT JOIN pg_catalog.pg_stat_replication r ON r.pid = o.active_pid"                      \
	" LEFT JOIN pg_catalog.pg_replication_origin_status p ON p.external_id = 'pg_' || s.oid"

#define CONFLICTS_18                                                                               \
	"c.confl_insert_exists + c.confl_update_origin_differs + c.confl_update_exists"            \
	" + c.confl_update_missing + c.confl_delete_origin_differs + c.confl_delete_missing"       \
	" + c.confl_multiple_unique_conflicts"

const struct repl_backend repl_logical = {
	.kind = REPL_LOGICAL,
	.sql = {
		[ASK_SETUP] = { { 160000, SETUP } },
		[ASK_STATE] = { { 160000, STATE("NULL") }, { 180000, STATE(CONFLICTS_18) } },
	},
};
