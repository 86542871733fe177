/* SPDX-License-Identifier: PostgreSQL */
#include "ask.h"

#include "bdrmon/clock.h"
#include "bdrmon/conninfo.h"
#include "bdrmon/lookup.h"
#include "bdrmon/race.h"
#include "bdrmon/strbuf.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static const char question[] =
	"SELECT (extract(epoch FROM pg_catalog.pg_postmaster_start_time()) * 1000000)::bigint";

/* PgBouncer has one SQLSTATE for everything, 08P01, and gives a server's message without its
 * own: only texts tell why. Newer versions add the last error to the first of them, so that
 * reasons of the server that is alive stand before it. What stands in no row says nothing.
 * Source: seen with 1.18; "cached error" and the pooler's texts from its source up to 1.25 */
static const struct {
	const char *text;
	bool says;
	enum outcome outcome;
} messages[] = {
	{ "too many connections", false, OUTCOME_TOO_MANY_CONNECTIONS },
	{ "too many clients", false, OUTCOME_TOO_MANY_CONNECTIONS },
	{ "remaining connection slots", false, OUTCOME_TOO_MANY_CONNECTIONS },
	{ "authentication failed", false, OUTCOME_DENIED },
	{ "no pg_hba.conf entry", false, OUTCOME_DENIED },
	{ "does not exist", false, OUTCOME_DENIED },
	{ "starting up", true, OUTCOME_REFUSED },
	{ "shutting down", true, OUTCOME_REFUSED },
	{ "recovery mode", true, OUTCOME_REFUSED },
	{ "server login has been failing", true, OUTCOME_REFUSED },
	{ "cannot connect to server", true, OUTCOME_REFUSED },
	{ "connect failed", true, OUTCOME_REFUSED },
	{ "server conn crashed", true, OUTCOME_BROKEN },
	{ "terminating connection", true, OUTCOME_BROKEN },
	{ "query_wait_timeout", true, OUTCOME_TIMEOUT },
};

bool alias_message_says(const char *message, enum outcome *outcome)
{
	for (unsigned i = 0; i < ARRAY_LEN(messages); i++) {
		if (strstr(message, messages[i].text) == NULL)
			continue;
		*outcome = messages[i].outcome;
		return messages[i].says;
	}
	return false;
}

/* The clients of question I are racers I and I + count. */
struct asking {
	struct alias_question *questions;
	unsigned count;
};

static void write_answer(const struct racer *r, struct alias_question *q)
{
	q->result = (struct probe_result) {
		.outcome = r->failure.outcome,
		.step = r->failure.step,
		.asked = r->asked,
		.answered = r->answered,
		.fresh = true,
	};
	COPY_TEXT(q->result.reason, r->failure.reason);
	if (r->failure.outcome == OUTCOME_OK) {
		q->started_us = strtoll(PQgetvalue(r->rows, 0, 0), NULL, 10);
		q->says = true;
	} else if (r->failure.outcome == OUTCOME_TIMEOUT) {
		/* A proxy that has taken the connection: the alias hangs. With auth_query the login
		 * does. */
		q->says = r->failure.step == STEP_LOGIN || r->failure.step == STEP_QUERY;
	} else {
		q->says = alias_message_says(r->failure.reason, &q->result.outcome);
	}
}

static bool answered(const struct racer *r)
{
	return r->over && instant_is_set(r->asked) && r->failure.outcome != OUTCOME_NONE &&
	       r->failure.outcome != OUTCOME_TIMEOUT;
}

/* The answer of one client is enough, and the other one goes. */
static bool all_answered(struct race *race, void *argument)
{
	const struct asking *a = argument;
	bool all = true;

	for (unsigned i = 0; i < a->count; i++) {
		struct racer *first = &race->racer[i], *second = &race->racer[i + a->count];
		if (answered(first))
			race_drop(second);
		else if (answered(second))
			race_drop(first);
		all = all && first->over && second->over;
	}
	return all;
}

static void set_racer(const struct proxy *proxy, const struct alias_question *q,
		      struct instant begin, struct racer *r)
{
	struct error err;

	*r = (struct racer) { .begin = q->alias != NULL ? begin : NEVER, .limit_ms = q->limit_ms };
	/* What cannot be made is said by libpq, of the string as it is. */
	if (q->alias != NULL && conninfo_with(proxy->setup.probe_conninfo, "dbname", q->alias,
					      r->conninfo, sizeof r->conninfo, &err) != OK)
		COPY_TEXT(r->conninfo, proxy->setup.probe_conninfo);
}

static void take(struct race *race, const struct asking *a)
{
	for (unsigned i = 0; i < a->count; i++) {
		struct racer *first = &race->racer[i], *second = &race->racer[i + a->count];
		struct racer *one = answered(second) && !answered(first) ? second : first;
		if (!instant_is_set(first->asked))
			continue;
		write_answer(one, &a->questions[i]);
		if (a->questions[i].keep)
			a->questions[i].session = race_keep(one);
	}
}

enum status alias_ask(struct proxy *proxy, struct alias_question *questions, unsigned count,
		      const struct proxy_stop *stop)
{
	struct race race = { .count = 2 * count, .question = question };
	struct asking asking = { questions, count };
	struct instant now = clock_now();

	assert(count <= ALIAS_QUESTIONS_MAX);
	for (unsigned i = 0; i < count; i++) {
		struct instant later = instant_add_ms(now, questions[i].hedge_ms);
		set_racer(proxy, &questions[i], now, &race.racer[i]);
		set_racer(proxy, &questions[i], later, &race.racer[i + count]);
	}
	enum status st;
	do
		st = race_run(&race, &proxy->probe_resolver, stop->news_fd, all_answered, &asking);
	while (st == ERR_STOPPED && !stop->leave(stop->argument));
	if (st == OK)
		take(&race, &asking);
	race_end(&race);
	return st;
}

bool alias_ask_again(struct session *session, int64_t limit_ms, int stop_fd,
		     struct alias_question *q)
{
	struct instant now = clock_now();
	struct pg_wait wait = { instant_add_ms(now, limit_ms), stop_fd };
	struct pg_failure failure;
	PGresult *rows;

	if (session_look(session) != SESSION_LIVES ||
	    session_query(session, question, &wait, &rows, &failure) != OK)
		return false;
	q->result = (struct probe_result) {
		.outcome = OUTCOME_OK, .step = STEP_QUERY, .asked = now, .answered = clock_now()
	};
	q->started_us = strtoll(PQgetvalue(rows, 0, 0), NULL, 10);
	q->says = true;
	PQclear(rows);
	return true;
}
