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
#include "pglogical_sql.h"

#define NAMES "pglogical", "show_subscription_status()"

#define STATE(...) PGLOGICAL_STATE_OF(NAMES, __VA_ARGS__)

const struct repl_backend repl_pglogical = {
	.kind = REPL_PGLOGICAL,
	.sql = {
		[ASK_SETUP] = { { 90600, PGLOGICAL_SETUP("pglogical") } },
		[ASK_STATE] = { { 90600, STATE(PGLOGICAL_OF_9_6, MISSING_BEFORE_10) },
				{ 100000, STATE(PGLOGICAL_OF_10, MISSING_FROM_10) },
				{ 130000, STATE(PGLOGICAL_OF_13, MISSING_FROM_10) } },
		[ASK_POKE] = { { 110000,
				 PGLOGICAL_POKE("pglogical", "show_subscription_status()",
						"alter_subscription_disable",
						"alter_subscription_enable") } },
	},
};
