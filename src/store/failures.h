/* SPDX-License-Identifier: PostgreSQL */
/* failures.h - how a row of bdrmon.failure is read: for all who do. */
#ifndef BDRMON_STORE_FAILURES_H
#define BDRMON_STORE_FAILURES_H

#include "bdrmon/record.h"

#include "bdrmon/session.h"

/* The columns that failures_take() takes. A moment is in units of which the server's clock is
 * the measure. */
#define FAILURE_COLUMNS                                                                            \
	"epoch, stage, runs, (extract(epoch FROM until) * 1000)::bigint AS until_ms, started_us"

/* The latest failure of node FAILED that RECORDER has recorded; both are SQL. */
#define FAILURE_LATEST(recorder, failed)                                                           \
	"SELECT " FAILURE_COLUMNS " FROM bdrmon.failure WHERE recorder = " recorder                \
	" AND failed = " failed " ORDER BY epoch DESC LIMIT 1"

/* What stands behind FROM to find the table as c, in schema n; one of an older layout is as
 * good as none. */
#define FAILURE_TABLE                                                                              \
	"pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n"                                     \
	" ON n.oid = c.relnamespace AND n.nspname = 'bdrmon'"                                      \
	" JOIN pg_catalog.pg_attribute t ON t.attrelid = c.oid AND t.attname = 'acknowledged'"     \
	" WHERE c.relname = 'failure'"

/* Take the columns above, which begin at COLUMN, from ROW of ROWS. Nulls give no record. */
void failures_take(const PGresult *rows, int row, int column, struct record *record);

#endif
