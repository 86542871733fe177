/* SPDX-License-Identifier: PostgreSQL */
#include "ask.h"

#include "bdrmon/clock.h"
#include "bdrmon/conninfo.h"
#include "bdrmon/lookup.h"
#include "bdrmon/strbuf.h"

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
	{ "query timeout", true, OUTCOME_TIMEOUT },
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

/* Wait for the answer; news that nobody leaves for do not end it. */
static enum status await(struct session *session, struct instant deadline,
			 const struct proxy_stop *stop, PGresult **rows, struct pg_failure *failure)
{
	struct pg_wait wait = { deadline, stop->news_fd };
	enum status st = session_query(session, question, &wait, rows, failure);

	while (st == ERR_STOPPED && !stop->leave(stop->argument))
		st = session_resume(session, &wait, rows, failure);
	return st;
}

/* No answer in time from a proxy that has taken the connection is the alias that hangs; with
 * auth_query its login does. */
static void judge(enum status st, const struct pg_failure *failure, struct alias_answer *answer)
{
	struct probe_result *result = &answer->result;

	result->outcome = failure->outcome;
	result->step = failure->step;
	COPY_TEXT(result->reason, failure->reason);
	if (st == ERR_TIMEOUT)
		answer->says = failure->step == STEP_LOGIN || failure->step == STEP_QUERY;
	else
		answer->says = alias_message_says(failure->reason, &result->outcome);
}

static enum status ask_once(struct proxy *proxy, const char *conninfo, int64_t limit_ms,
			    const struct proxy_stop *stop, struct alias_answer *answer)
{
	struct pg_failure failure = { 0 };
	struct session *session = NULL;
	PGresult *rows = NULL;

	*answer = (struct alias_answer) { .result = { .asked = clock_now(), .fresh = true } };
	struct pg_wait wait = { instant_add_ms(answer->result.asked, limit_ms), stop->stop_fd };
	enum status st = session_open(conninfo, &proxy->probe_resolver, &wait, &session, &failure);
	if (st == OK)
		st = await(session, wait.deadline, stop, &rows, &failure);
	answer->result.answered = clock_now();
	if (st == OK) {
		answer->result.outcome = OUTCOME_OK;
		answer->result.step = STEP_QUERY;
		answer->says = true;
		answer->started_us = strtoll(PQgetvalue(rows, 0, 0), NULL, 10);
	} else if (st != ERR_STOPPED)
		judge(st, &failure, answer);
	PQclear(rows);
	session_close(session);
	return st == ERR_STOPPED ? st : OK;
}

static bool hung(const struct alias_answer *answer)
{
	return answer->says && answer->result.outcome == OUTCOME_TIMEOUT;
}

enum status alias_ask(struct proxy *proxy, const char *alias, int64_t hedge_ms, int64_t limit_ms,
		      const struct proxy_stop *stop, struct alias_answer *answer)
{
	char conninfo[CONNINFO_MAX];
	struct error err;

	if (conninfo_with(proxy->setup.probe_conninfo, "dbname", alias, conninfo, sizeof conninfo,
			  &err) != OK) {
		*answer = (struct alias_answer) { .result = { .outcome = OUTCOME_BROKEN } };
		COPY_LINE(answer->result.reason, err.text);
		return OK;
	}
	enum status st = OK;
	bool again = hedge_ms < limit_ms;
	if (again)
		st = ask_once(proxy, conninfo, hedge_ms, stop, answer);
	if (st == OK && (!again || hung(answer)))
		st = ask_once(proxy, conninfo, limit_ms, stop, answer);
	return st;
}
