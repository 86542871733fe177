/* SPDX-License-Identifier: PostgreSQL */
/* rows.h - the events that are still to be written into repmgr.events: a bounded queue. A
 * value without lock, clock or log; the scribe guards it.
 */
#ifndef BDRMON_RUNTIME_ROWS_H
#define BDRMON_RUNTIME_ROWS_H

#include "bdrmon/clock.h"
#include "bdrmon/event.h"
#include "bdrmon/executor.h"
#include "bdrmon/strbuf.h"

/* So many wait for a node that takes them; behind that the oldest one is lost. */
#define ROWS_MAX 256

struct row {
	int64_t serial; /* rises from row to row */
	int tried;      /* the node that may have taken it, but has not said so; 0: none */
	enum event_kind event;
	bool success;
	int node_id;
	char timestamp[CLOCK_TIMESTAMP_MAX]; /* when it happened */
	char details[DETAILS_MAX];
};

struct rows {
	unsigned first, count;
	uint64_t lost; /* since the start */
	struct row row[ROWS_MAX];
};

/* Put ROW at the end; false: the oldest one is lost for it. */
bool rows_put(struct rows *rows, const struct row *row);

/* The row at INDEX, 0 is the oldest one. */
struct row *rows_at(struct rows *rows, unsigned index);

/* Take away the row with this serial, if it is there. */
void rows_remove(struct rows *rows, int64_t serial);

/* As lines of text, for the state file; rows_read() puts *TEXT behind all that are there. */
#define ROWS_TEXT_MAX (ROWS_MAX * (2 * sizeof(struct row) + 256))
void rows_write(struct strbuf *out, struct rows *rows);
void rows_read(const char **text, struct rows *rows);

#endif
