/* SPDX-License-Identifier: PostgreSQL */
/* parts.h - what the statements of several back-ends have in common. */
#ifndef BDRMON_REPL_PARTS_H
#define BDRMON_REPL_PARTS_H

/* What the role must be to see the state of another role's session, as that of the worker W. */
#define MISSING_BEFORE_10 "CASE WHEN w.query = '<insufficient privilege>' THEN 'superuser' END"
#define MISSING_FROM_10                                                                            \
	"CASE WHEN NOT pg_catalog.pg_has_role('pg_read_all_stats', 'USAGE')"                       \
	" THEN 'pg_read_all_stats' END"

/* This node's own position stands between; a server in recovery has none. */
#define NODE_BEGIN "node AS (SELECT CASE WHEN pg_catalog.pg_is_in_recovery() THEN NULL ELSE "
#define NODE_END   " END AS lsn)"

#endif
