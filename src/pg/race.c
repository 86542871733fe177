/* SPDX-License-Identifier: PostgreSQL */
#include "bdrmon/race.h"

#include "bdrmon/clock.h"
#include "classify.h"
#include "state.h"
#include "wait.h"

#include <poll.h>
#include <stdlib.h>

static struct instant deadline_of(const struct racer *r)
{
	return instant_add_ms(r->asked, r->limit_ms);
}

static bool has_begun(const struct racer *r)
{
	return instant_is_set(r->asked);
}

static void close_all(struct racer *r)
{
	if (r->connecting != NULL)
		session_close(r->connecting->session);
	free(r->connecting);
	session_close(r->session);
	r->connecting = NULL;
	r->session = NULL;
}

static void end(struct racer *r)
{
	close_all(r);
	r->over = true;
	r->answered = clock_now();
}

static void fail(struct racer *r, enum status st, enum step step)
{
	wait_failed(st, step, &r->failure);
	end(r);
}

/* ------------------------------------------------------------------ its connection */

static void ask(struct racer *r, const char *question)
{
	r->session = r->connecting->session;
	r->connecting->session = NULL;
	free(r->connecting);
	r->connecting = NULL;
	if (PQsendQuery(r->session->conn, question) != 0)
		return;
	classify_query(NULL, PQerrorMessage(r->session->conn), &r->failure);
	end(r);
}

static void settle_connection(struct racer *r, const char *question)
{
	if (r->connecting->events != 0)
		return;
	if (r->connecting->done) {
		ask(r, question);
		return;
	}
	r->failure = r->connecting->failure;
	end(r);
}

static void begin(struct racer *r, struct resolver *resolver, int stop_fd, const char *question)
{
	struct destination to;

	r->asked = clock_now();
	struct pg_wait wait = { deadline_of(r), stop_fd };
	enum status st = connect_find(r->conninfo, resolver, &wait, &to, &r->failure);
	if (st == ERR_STOPPED) { /* it has not begun */
		r->asked = NEVER;
		return;
	}
	r->connecting = st == OK ? calloc(1, sizeof *r->connecting) : NULL;
	if (r->connecting == NULL) {
		if (st == OK)
			r->failure = (struct pg_failure) { OUTCOME_BROKEN, STEP_CONNECT,
							   "out of memory" };
		end(r);
		return;
	}
	connect_begin(r->conninfo, &to, r->connecting);
	settle_connection(r, question);
}

/* ------------------------------------------------------------------- its question */

/* There is no more to come: the session is free for another question. */
static void settle_answer(struct racer *r)
{
	r->over = true;
	r->answered = clock_now();
	r->failure = (struct pg_failure) { .outcome = OUTCOME_OK, .step = STEP_QUERY };
}

static void refuse(struct racer *r, PGresult *rows)
{
	classify_query(rows == NULL ? NULL : PQresultErrorField(rows, PG_DIAG_SQLSTATE),
		       rows != NULL ? PQresultErrorMessage(rows) : PQerrorMessage(r->session->conn),
		       &r->failure);
	PQclear(rows);
	end(r);
}

/* One statement has one result, and then none. */
static void take_result(struct racer *r)
{
	PGresult *next = PQgetResult(r->session->conn);
	ExecStatusType kind = PQresultStatus(next);

	if (next == NULL && r->rows != NULL)
		settle_answer(r);
	else if (r->rows == NULL && (kind == PGRES_TUPLES_OK || kind == PGRES_COMMAND_OK))
		r->rows = next;
	else
		refuse(r, next);
}

static void read_answer(struct racer *r)
{
	PGconn *conn = r->session->conn;
	bool ended = PQflush(conn) < 0 || PQconsumeInput(conn) == 0;

	/* What the server said before it closed is the reason. */
	while (!r->over && !PQisBusy(conn))
		take_result(r);
	if (!r->over && ended)
		refuse(r, NULL);
}

/* ---------------------------------------------------------------------- the race */

static struct pollfd poll_of(const struct racer *r)
{
	struct pollfd fd = { .fd = -1 };

	if (r->over)
		return fd;
	if (r->connecting != NULL)
		fd = (struct pollfd) { .fd = session_fd(r->connecting->session),
				       .events = r->connecting->events };
	else if (r->session != NULL)
		fd = (struct pollfd) {
			.fd = session_fd(r->session),
			.events = (short)(PQflush(r->session->conn) > 0 ? POLLIN | POLLOUT : POLLIN)
		};
	return fd;
}

static void go_on(struct racer *r, short revents, struct race *race, struct resolver *resolver,
		  int stop_fd)
{
	struct instant now = clock_now();

	if (r->over)
		return;
	if (!instant_is_set(r->begin))
		end(r);
	else if (!has_begun(r) && !instant_before(now, r->begin))
		begin(r, resolver, stop_fd, race->question);
	else if (has_begun(r) && !instant_before(now, deadline_of(r)))
		fail(r, ERR_TIMEOUT, r->connecting != NULL ? r->connecting->step : STEP_QUERY);
	else if (revents != 0 && r->connecting != NULL) {
		connect_step(r->connecting);
		settle_connection(r, race->question);
	} else if (revents != 0 && r->session != NULL)
		read_answer(r);
}

static struct instant next_moment(const struct race *race)
{
	struct instant next = NEVER;

	for (unsigned i = 0; i < race->count; i++) {
		const struct racer *r = &race->racer[i];
		if (!r->over)
			next = instant_sooner(next, has_begun(r) ? deadline_of(r) : r->begin);
	}
	return next;
}

static bool all_over(const struct race *race)
{
	bool all = true;
	for (unsigned i = 0; i < race->count; i++)
		all = all && race->racer[i].over;
	return all;
}

static unsigned count_over(const struct race *race)
{
	unsigned count = 0;
	for (unsigned i = 0; i < race->count; i++)
		count += race->racer[i].over;
	return count;
}

enum status race_run(struct race *race, struct resolver *resolver, int stop_fd,
		     bool (*far_enough)(struct race *race, void *argument), void *argument)
{
	struct pollfd fds[RACERS_MAX + 1] = { 0 };
	struct timespec rest;

	for (;;) {
		unsigned before = count_over(race);
		for (unsigned i = 0; i < race->count; i++)
			go_on(&race->racer[i], fds[i].revents, race, resolver, stop_fd);
		if (all_over(race) || (count_over(race) > before && far_enough(race, argument)))
			return OK;
		for (unsigned i = 0; i < race->count; i++)
			fds[i] = poll_of(&race->racer[i]);
		fds[race->count] = (struct pollfd) { .fd = stop_fd, .events = POLLIN };
		ppoll(fds, race->count + 1, clock_rest(next_moment(race), &rest), NULL);
		if (fds[race->count].revents != 0)
			return ERR_STOPPED;
	}
}

struct session *race_keep(struct racer *racer)
{
	struct session *session = racer->over ? racer->session : NULL;

	if (session != NULL)
		racer->session = NULL;
	return session;
}

void race_drop(struct racer *racer)
{
	if (!racer->over)
		end(racer);
}

void race_end(struct race *race)
{
	for (unsigned i = 0; i < race->count; i++) {
		race_drop(&race->racer[i]);
		close_all(&race->racer[i]);
		PQclear(race->racer[i].rows);
		race->racer[i].rows = NULL;
	}
}
