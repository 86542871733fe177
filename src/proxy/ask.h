/* SPDX-License-Identifier: PostgreSQL */
/* ask.h - a test query through an alias of a proxy. */
#ifndef BDRMON_PROXY_ASK_H
#define BDRMON_PROXY_ASK_H

#include "bdrmon/proxy.h"

struct alias_question {
	const char *alias; /* NULL: nothing is asked */
	/* Each test is a new client: one that waits for a server already is not told when there is
	 * none, and hangs; a new one is turned away at once. So when there is no answer after that
	 * time a second client asks the same, and the first answer of both is the one. */
	int64_t hedge_ms;
	int64_t limit_ms;
	bool keep; /* the session over which it was answered, if one was */
	/* What came of it: */
	struct probe_result result;
	/* The result speaks of the node. False: the proxy could not be asked, or says no for a
	 * reason that is not the node's death. */
	bool says;
	int64_t started_us;      /* of the server that answered: its pg_postmaster_start_time() */
	struct session *session; /* that was kept; the caller closes it. NULL: none */
};

#define ALIAS_QUESTIONS_MAX 2

/* Ask all COUNT questions at the same time.
 * Errors: ERR_STOPPED  also if it was left for something better (struct proxy_stop) */
enum status alias_ask(struct proxy *proxy, struct alias_question *questions, unsigned count,
		      const struct proxy_stop *stop);

/* The same over a SESSION that has been answered before. A yes is as good as that to a new client;
 * false: there is none, which says nothing, and the session is only fit to be closed. */
bool alias_ask_again(struct session *session, int64_t limit_ms, int stop_fd,
		     struct alias_question *question);

/* What PgBouncer's or the server's MESSAGE says of the node; false: nothing. */
bool alias_message_says(const char *message, enum outcome *outcome);

#endif
