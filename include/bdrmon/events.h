/* SPDX-License-Identifier: PostgreSQL */
/* events.h - repmgr's table of events. Threads: the one that has the session. */
#ifndef BDRMON_EVENTS_H
#define BDRMON_EVENTS_H

#include "bdrmon/clock.h"
#include "bdrmon/limits.h"
#include "bdrmon/store.h"

/* An event to be written; the texts are borrowed. */
struct event_row {
	int node_id; /* who records it */
	const char *event;
	bool successful;
	const char *timestamp; /* when it happened, as clock_timestamp() has it */
	const char *details;   /* NULL: none */
};

/* Within a transaction (store_begin()), write ROW unless it is there: a row that agrees in all
 * its columns is the same event, since its time is in microseconds. So a caller that does not
 * know whether its last commit took place may ask for the same again.
 * Errors: as session_query(), with store->failure. */
enum status events_add(struct store *store, const struct event_row *row);

/* The same for COUNT rows, in a transaction of their own: all of them or none. */
enum status events_append(struct store *store, const struct event_row rows[], unsigned count);

/* Which events to read; the texts are borrowed, and all of it may be zero. */
struct event_filter {
	int node_id;           /* 0: any */
	const char *node_name; /* NULL: any */
	const char *event;     /* NULL: any */
	int limit;             /* of the newest ones; 0: all */
};

/* What was read, the newest first. */
struct events;

/* One of them; the texts are good as long as the list is. */
struct event_seen {
	int64_t when_us; /* since 1970 */
	int node_id;
	const char *node_name; /* empty: repmgr.nodes does not have it */
	const char *event;
	bool successful;
	const char *second;    /* "2026-11-23 03:26:46", as the server shows times */
	const char *timestamp; /* the same with microseconds and time zone */
	const char *details;   /* empty: none */
};

/* Read events.
 * events  written on OK only; freed by events_free()
 * Errors: as session_query(), with store->failure */
enum status events_read(struct store *store, const struct event_filter *filter,
			struct events **events);

unsigned events_count(const struct events *events);
struct event_seen events_at(const struct events *events, unsigned index);
void events_free(struct events *events); /* may be NULL */

#endif
