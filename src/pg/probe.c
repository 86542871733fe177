/* SPDX-License-Identifier: PostgreSQL */
#include "bdrmon/probe.h"

#include "bdrmon/clock.h"
#include "bdrmon/strbuf.h"

#include <string.h>

/* Answered by a backend of its own, which a postmaster alone cannot do. It is on for a
 * standby, too; and SHOW costs no more than SELECT 1. */
static const char read_sql[] = "SHOW transaction_read_only";

/* A statement by itself is a transaction: its answer comes after the commit. A standby
 * cannot write, and shall say so and not fail. */
static const char write_sql[] = "SELECT pg_catalog.current_setting('transaction_read_only'),"
				" CASE WHEN NOT pg_catalog.pg_is_in_recovery()"
				" THEN pg_catalog.pg_logical_emit_message(true, 'bdrmon', '') END";

/* Why it is on. Where only the monitor's own role or its connection string says so, that is
 * a cautious administrator's setting for the monitor, and says nothing of the node. */
static const char why_sql[] =
	"SELECT CASE WHEN pg_catalog.pg_is_in_recovery() THEN 'the server is in recovery'"
	" WHEN source IN ('client', 'user', 'database user') THEN ''"
	" ELSE 'default_transaction_read_only is on (' || source || ')' END"
	" FROM pg_catalog.pg_settings WHERE name = 'default_transaction_read_only'";

void probe_drop(struct prober *prober)
{
	session_close(prober->held);
	prober->held = NULL;
}

void probe_close(struct prober *prober)
{
	probe_drop(prober);
	resolver_close(&prober->resolver);
}

/* Ask for one row, and give its first value in ANSWER. */
static enum status ask_for(struct session *session, const char *sql, const struct pg_wait *wait,
			   char answer[REASON_MAX], struct pg_failure *failure)
{
	PGresult *rows = NULL;
	enum status st = session_query(session, sql, wait, &rows, failure);
	if (st != OK)
		return st;
	if (PQntuples(rows) == 1 && PQnfields(rows) > 0) {
		copy_line(answer, REASON_MAX, PQgetvalue(rows, 0, 0));
	} else {
		*failure = (struct pg_failure) { OUTCOME_BROKEN, STEP_QUERY,
						 "the answer is not one row" };
		st = ERR_SERVER;
	}
	PQclear(rows);
	return st;
}

static enum status ask_over(struct session *session, bool write, const struct pg_wait *wait,
			    struct pg_failure *failure)
{
	char answer[REASON_MAX];

	enum status st = ask_for(session, write ? write_sql : read_sql, wait, answer, failure);
	if (st != OK || strcmp(answer, "on") != 0)
		return st;
	st = ask_for(session, why_sql, wait, answer, failure);
	if (st != OK || answer[0] == '\0')
		return st;
	failure->outcome = OUTCOME_READ_ONLY;
	failure->step = STEP_QUERY;
	COPY_TEXT(failure->reason, answer);
	return OK;
}

/* "Not now", says the server to a new client. While it goes on with an old one it does not
 * start: it stops, and waits for its last client. That must not be the monitor. (A session
 * that has ended is kept: how it ended is evidence, which the caller will see.) */
static void let_go(struct prober *prober, struct pg_failure *failure)
{
	if (prober->held == NULL || outcome_class(failure->outcome) != CLASS_TRANSIENT ||
	    session_look(prober->held) != SESSION_LIVES)
		return;
	failure->outcome = OUTCOME_STOPPING;
	probe_drop(prober);
}

static enum status ask_fresh(struct prober *prober, const struct pg_wait *wait,
			     struct pg_failure *failure)
{
	struct session *fresh = NULL;
	enum status st = session_open(prober->conninfo, &prober->resolver, wait, &fresh, failure);
	if (st == OK)
		st = ask_over(fresh, prober->write, wait, failure);
	if (st != OK) {
		session_close(fresh);
		if (st == ERR_SERVER)
			let_go(prober, failure);
		return st;
	}
	probe_drop(prober);
	prober->held = fresh;
	prober->connected = clock_now();
	return OK;
}

enum status probe_ask(struct prober *prober, bool fresh, const struct pg_wait *wait,
		      struct probe_result *result)
{
	struct pg_failure failure = { .outcome = OUTCOME_OK, .step = STEP_QUERY };
	enum status st;

	struct probe_result got = { .fresh = fresh || prober->held == NULL, .asked = clock_now() };
	if (got.fresh) {
		st = ask_fresh(prober, wait, &failure);
	} else {
		st = ask_over(prober->held, prober->write, wait, &failure);
		if (!session_usable(prober->held))
			probe_drop(prober);
	}
	if (st == ERR_STOPPED)
		return st;
	got.answered = clock_now();
	got.outcome = failure.outcome;
	got.step = failure.step;
	COPY_TEXT(got.reason, failure.reason);
	*result = got;
	return OK;
}
