/* SPDX-License-Identifier: PostgreSQL */
/* Appends one event as the monitor does, and says in which way.
 * usage: append_event CONNINFO TIMESTAMP DETAILS */
#include "bdrmon/clock.h"
#include "bdrmon/events.h"
#include "bdrmon/resolve.h"

#include <stdio.h>

#define LIMIT_MS 10000

static enum status append(struct store *store, const struct event_row *row)
{
	static const char *const ways[] = { "plain", "apart", "bdr" };
	enum status st = store_find_way(store, false);

	if (st == OK)
		st = events_append(store, row, 1);
	if (st == OK)
		puts(ways[store->way]);
	return st;
}

int main(int argc, char **argv)
{
	struct resolver resolver = { 0 };
	struct store store = { .wait = { instant_add_ms(clock_now(), LIMIT_MS), -1 } };

	if (argc != 4)
		return 2;
	const struct event_row row = { 1, "bdr_failover", true, argv[2], argv[3] };
	enum status st =
		session_open(argv[1], &resolver, &store.wait, &store.session, &store.failure);
	if (st == OK)
		st = append(&store, &row);
	if (st != OK)
		fprintf(stderr, "%s\n", store.failure.reason);
	session_close(store.session);
	resolver_close(&resolver);
	return st == OK ? 0 : 1;
}
