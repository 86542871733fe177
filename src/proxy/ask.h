/* SPDX-License-Identifier: PostgreSQL */
/* ask.h - a test query through an alias of a proxy. */
#ifndef BDRMON_PROXY_ASK_H
#define BDRMON_PROXY_ASK_H

#include "bdrmon/proxy.h"

struct alias_answer {
	struct probe_result result;
	/* The result speaks of the node. False: the proxy could not be asked, or says no for a
	 * reason that is not the node's death. */
	bool says;
	int64_t started_us; /* of the server that answered: its pg_postmaster_start_time() */
};

/* Ask through ALIAS. Each test is a new client: one that waits for a server already is not
 * told when there is none, and hangs; a new one is turned away at once. So a first question
 * that has no answer within HEDGE_MS is given up for a second one, which has LIMIT_MS.
 * Errors: ERR_STOPPED  also if it was left for something better (struct proxy_stop) */
enum status alias_ask(struct proxy *proxy, const char *alias, int64_t hedge_ms, int64_t limit_ms,
		      const struct proxy_stop *stop, struct alias_answer *answer);

/* What PgBouncer's or the server's MESSAGE says of the node; false: nothing. */
bool alias_message_says(const char *message, enum outcome *outcome);

#endif
