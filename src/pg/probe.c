/* SPDX-License-Identifier: PostgreSQL */
#include "bdrmon/probe.h"

#include "bdrmon/clock.h"
#include "bdrmon/strbuf.h"

/* Answered by a backend of its own, which a postmaster alone cannot do. */
static const char probe_sql[] = "SELECT 1";

void probe_drop(struct prober *prober)
{
	session_close(prober->held);
	prober->held = NULL;
}

static enum status ask_over(struct session *session, const struct pg_wait *wait,
			    struct pg_failure *failure)
{
	PGresult *answer = NULL;
	enum status st = session_query(session, probe_sql, wait, &answer, failure);
	PQclear(answer);
	return st;
}

static enum status ask_fresh(struct prober *prober, const struct pg_wait *wait,
			     struct pg_failure *failure)
{
	struct session *fresh = NULL;
	enum status st = session_open(prober->conninfo, wait, &fresh, failure);
	if (st == OK)
		st = ask_over(fresh, wait, failure);
	if (st != OK) {
		session_close(fresh);
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
		st = ask_over(prober->held, wait, &failure);
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
