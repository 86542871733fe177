/* SPDX-License-Identifier: PostgreSQL */
/* BDR 3 and later, PGD. NOT VERIFIED: it was not run, the names are those of EDB's
 * documentation of its catalogs, versions 3.7 to 5. What is not documented is unknown:
 * conflicts, and how far the other node's changes were received. */
#include "backend.h"
#include "parts.h"

#define SETUP                                                                                      \
	"SELECT me.node_name IS NOT NULL AS set_up, me.node_name AS node, n.node_name AS name,"    \
	" coalesce(me.peer_state_name = 'ACTIVE', false) AS active"                                \
	" FROM (SELECT 1) one LEFT JOIN bdr.local_node_summary me ON true"                         \
	" LEFT JOIN bdr.node_summary n ON n.peer_state_name <> 'PARTED'"                           \
	" ORDER BY n.node_name = me.node_name DESC, n.node_name"

/* subscription_summary has the subscriptions of all nodes; node_slots those slots of this
 * node that are for other nodes. */
#define STATE                                                                                      \
	"WITH subscription AS (SELECT s.sub_name, s.subscription_status"                           \
	"  FROM bdr.subscription_summary s JOIN bdr.local_node_summary me"                         \
	"  ON me.node_name = s.target_name ORDER BY s.sub_enabled DESC, s.sub_name LIMIT 1),"      \
	" slot AS (SELECT b.slot_name, b.replay_lsn, p.active, p.wal_status,"                      \
	"  p.confirmed_flush_lsn FROM bdr.node_slots b"                                            \
	"  JOIN pg_catalog.pg_replication_slots p ON p.slot_name = b.slot_name"                    \
	"  ORDER BY p.active DESC, p.confirmed_flush_lsn DESC NULLS LAST LIMIT 1),"                \
	" " NODE_BEGIN "pg_catalog.pg_current_wal_lsn()" NODE_END " SELECT s.sub_name AS in_name," \
	" coalesce(s.subscription_status = 'replicating', false) AS in_up,"                        \
	" o.slot_name AS out_name, coalesce(o.active, false) AS out_up,"                           \
	" pg_catalog.pg_wal_lsn_diff(node.lsn, greatest(o.confirmed_flush_lsn, o.replay_lsn))"     \
	"  AS out_lag_bytes,"                                                                      \
	" o.wal_status AS wal_status, node.lsn AS written_lsn"                                     \
	" FROM node LEFT JOIN subscription s ON true LEFT JOIN slot o ON true"

const struct repl_backend repl_pgd = {
	.kind = REPL_PGD,
	.sql = {
		[ASK_SETUP] = { { 110000, SETUP } },
		[ASK_STATE] = { { 130000, STATE } },
	},
};
