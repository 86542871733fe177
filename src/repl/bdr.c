/* SPDX-License-Identifier: PostgreSQL */
/* BDR 1 on PostgreSQL 9.4 and BDR 2 on 9.6. The catalog is as measured on BDR 1.0.8; what is
 * asked of BDR 2 has the same names by its documentation. The row for version 10 is for a
 * BDR whose server has the new names, and for the tests' stand-in.
 *
 * - repmgr takes a node for active if the slot for it is; so does this.
 * - The pid of an apply worker is there while it still tries to connect; then it has no state
 *   in pg_stat_activity, as with pglogical, which has this from BDR.
 * - Nothing in its catalog tells how far the other node's changes were received.
 * - It tries again every few seconds by itself: there is nothing to poke.
 *
 * Needs: what a superuser may; repmgr, too, is one there. */
#include "backend.h"
#include "parts.h"

/* Nodes that have left stay in the catalog as killed. */
#define SETUP                                                                                      \
	"SELECT me.name IS NOT NULL AS set_up, bdr.bdr_is_active_in_db() AS active,"               \
	" me.name AS node, n.node_name AS name"                                                    \
	" FROM bdr.bdr_get_local_node_name() AS me (name)"                                         \
	" LEFT JOIN bdr.bdr_nodes n ON n.node_status <> 'k'"                                       \
	" ORDER BY n.node_name = me.name DESC, n.node_name"

#define STATE(position, diff, wal_status, missing)                                                 \
	"WITH me AS (SELECT * FROM bdr.bdr_get_local_nodeid() AS i (sysid, timeline, dboid)),"     \
	" peer AS (SELECT n.* FROM bdr.bdr_nodes n, me WHERE n.node_status <> 'k' AND NOT"         \
	"  (n.node_sysid = me.sysid AND n.node_timeline = me.timeline AND n.node_dboid = "         \
	"me.dboid)"                                                                                \
	"  ORDER BY n.node_status = 'r' DESC, n.node_name LIMIT 1),"                               \
	" " NODE_BEGIN position NODE_END                                                           \
	" SELECT p.node_name AS in_name, coalesce(w.state IS NOT NULL, false) AS in_up,"           \
	" s.slot_name AS out_name, coalesce(s.active, false) AS out_up,"                           \
	" " diff "(node.lsn, greatest(b.slot_confirmed_lsn, b.replay_location)) AS out_lag_bytes," \
	" CASE WHEN s.slot_name IS NOT NULL THEN " wal_status " END AS wal_status,"                \
	" (SELECT sum(nr_insert_conflict + nr_update_conflict + nr_delete_conflict)"               \
	"  FROM bdr.pg_stat_bdr) AS conflicts,"                                                    \
	" node.lsn AS written_lsn, " missing " AS missing"                                         \
	" FROM node CROSS JOIN me LEFT JOIN peer p ON true"                                        \
	" LEFT JOIN pg_catalog.pg_replication_slots s ON s.slot_name = bdr.bdr_format_slot_name"   \
	"  (p.node_sysid, p.node_timeline, p.node_dboid, me.dboid)"                                \
	" LEFT JOIN bdr.bdr_node_slots b ON b.slot_name = s.slot_name"                             \
	" LEFT JOIN pg_catalog.pg_stat_activity w ON w.pid ="                                      \
	"  bdr.bdr_get_apply_pid(p.node_sysid, p.node_timeline, p.node_dboid)"

#define XLOG "pg_catalog.pg_current_xlog_insert_location()", "pg_catalog.pg_xlog_location_diff"
#define WAL  "pg_catalog.pg_current_wal_insert_lsn()", "pg_catalog.pg_wal_lsn_diff"

#define EXPAND(...) STATE(__VA_ARGS__)

const struct repl_backend repl_bdr = {
	.kind = REPL_BDR,
	.sql = {
		[ASK_SETUP] = { { 90400, SETUP } },
		[ASK_STATE] = { { 90400, EXPAND(XLOG, "'reserved'", MISSING_BEFORE_10) },
				{ 100000, EXPAND(WAL, "'reserved'", MISSING_FROM_10) },
				{ 130000, EXPAND(WAL, "s.wal_status", MISSING_FROM_10) } },
	},
};
