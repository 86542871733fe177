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

/* Take the columns above, which begin at COLUMN, from ROW of ROWS. Nulls give no record. */
void failures_take(const PGresult *rows, int row, int column, struct record *record);

#endif
