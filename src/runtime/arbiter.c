/* SPDX-License-Identifier: PostgreSQL */
#include "arbiter.h"

#include "bdrmon/clock.h"
#include "bdrmon/decide.h"
#include "bdrmon/log.h"
#include "bdrmon/lookup.h"
#include "bdrmon/pg_arbiter.h"
#include "bdrmon/resolve.h"
#include "bdrmon/strbuf.h"

#include <inttypes.h>
#include <poll.h>
#include <string.h>

/* A session that cannot be had, or has ended, is asked for again after so long; */
#define CONNECT_AGAIN_MS 500

/* and so long is left alone who refuses what is asked of it: each time it logs an error. */
#define REFUSED_AGAIN_MS 10000

/* The thread's own state, on its stack. */
struct talk {
	struct station *station;
	struct arbiter_order order;
	uint64_t orders_seen;
	struct arbiter_cell cell;
	struct resolver resolver;
	struct store store; /* with the session, if there is one */
	struct exchange exchange;
	struct arbiter_answer last;
	struct instant retry; /* without a session: when to connect */
};

static void post(struct talk *t)
{
	if (!board_post(t->station->board, t->station->cell, &t->cell, sizeof t->cell))
		log_error("could not publish what arbiter \"%s\" says: out of memory",
			  t->order.name);
}

static void drop(struct talk *t, int64_t pause_ms)
{
	session_close(t->store.session);
	t->store.session = NULL;
	t->retry = instant_add_ms(clock_now(), pause_ms);
}

static void take_order(struct talk *t)
{
	char before[CONNINFO_MAX];

	COPY_TEXT(before, t->order.conninfo);
	doorbell_quiet(&t->station->bell);
	mailbox_get(&t->station->orders, &t->order, sizeof t->order, &t->orders_seen);
	if (strcmp(before, t->order.conninfo) == 0 && strcmp(t->cell.name, t->order.name) == 0)
		return;
	/* It is another one, of which nothing is known. */
	drop(t, 0);
	t->exchange = (struct exchange) { 0 };
	t->last = (struct arbiter_answer) { 0 };
	t->cell = (struct arbiter_cell) { 0 };
	COPY_TEXT(t->cell.name, t->order.name);
}

/* ------------------------------------------------------------------ one question */

/* Who has the key is worth a line whenever that changes. */
static void tell_key(const struct talk *t, const struct arbiter_key *before)
{
	const struct arbiter_key *now = &t->cell.view.key;
	const int *id = t->order.relay.id;

	if (key_is(before, now))
		return;
	if (now->epoch == 0)
		log_notice("arbiter \"%s\" is reserved for no failure any more", t->order.name);
	else if (now->recorder < NODES)
		log_notice("arbiter \"%s\" is reserved for failure %" PRIu64
			   ", which the node with ID %d has recorded",
			   t->order.name, now->epoch, id[now->recorder]);
	else if (id[0] != 0 && id[1] != 0)
		log_write(LOG_LEVEL_WARNING, NULL,
			  "Delete the cluster's row there if no such failure is open.",
			  "arbiter \"%s\" is reserved for failure %" PRIu64
			  " of a node that is none of this cluster, in table bdrmon.arbiter",
			  t->order.name, now->epoch);
}

static enum status explain(const struct talk *t, enum status st, struct error *err)
{
	const struct pg_failure *failure = &t->store.failure;

	if (st != ERR_STOPPED)
		error_set(err, st, "%s at step %s: %s", outcome_name(failure->outcome),
			  step_name(failure->step), failure->reason);
	return st;
}

static enum status connect_to_arbiter(struct talk *t, struct error *err)
{
	bool created;

	enum status st = session_open(t->order.conninfo, &t->resolver, &t->store.wait,
				      &t->store.session, &t->store.failure);
	if (st != OK)
		return explain(t, st, err);
	t->exchange.pinned = false;
	st = pg_arbiter_prepare(&t->store, &created, err);
	if (st == OK && created)
		log_notice("table bdrmon.arbiter has been created on arbiter \"%s\"",
			   t->order.name);
	return st;
}

static enum status ask(struct talk *t, struct error *err)
{
	const struct relay_order *relay = &t->order.relay;
	struct arbiter_key before = t->cell.view.key;
	char text[RELAY_TEXT_MAX];

	exchange_write(&t->exchange, relay, relay->sight, &t->last.board.clock, text);
	struct arbiter_question question = {
		.text = text,
		.cluster = t->order.cluster,
		.id = { relay->id[0], relay->id[1] },
		.reserve = t->order.reserve,
		.give_up = t->order.give_up,
	};
	enum status st = pg_arbiter_ask(&t->store, &question, &t->last);
	if (st != OK)
		return explain(t, st, err);
	t->cell.view = (struct arbiter_view) { t->last.board.asked, t->last.key };
	exchange_take(&t->exchange, relay, relay->sight, &t->last.board, &t->cell.hearsay);
	tell_key(t, &before);
	return OK;
}

static void settle_answer(struct talk *t)
{
	if (!t->cell.answers)
		log_notice("arbiter \"%s\" answers", t->order.name);
	t->cell.answers = true;
	t->cell.reason[0] = '\0';
	post(t);
}

/* No answer, or one that says no. Each reason is told once. */
static void settle_failure(struct talk *t, enum status st, const struct error *err)
{
	bool refused = t->store.session != NULL && session_usable(t->store.session);
	char reason[REASON_MAX];

	drop(t, refused ? REFUSED_AGAIN_MS : CONNECT_AGAIN_MS);
	if (refused)
		t->cell.view = (struct arbiter_view) { 0 };
	COPY_LINE(reason, err->text);
	if (!t->cell.answers && strcmp(reason, t->cell.reason) == 0)
		return;
	t->cell.answers = false;
	COPY_TEXT(t->cell.reason, reason);
	post(t);
	log_write(LOG_LEVEL_WARNING, NULL, st == ERR_CONFIG ? err->hint : NULL,
		  "arbiter \"%s\" does not answer: %s", t->order.name, reason);
}

/* False: stop. */
static bool work(struct talk *t)
{
	struct error err = { 0 };
	enum status st = OK;

	t->store.wait = (struct pg_wait) { instant_add_ms(clock_now(), t->order.timeout_ms),
					   t->station->stop->fd };
	if (t->store.session == NULL)
		st = connect_to_arbiter(t, &err);
	if (st == OK)
		st = ask(t, &err);
	if (st == OK)
		settle_answer(t);
	else if (st != ERR_STOPPED)
		settle_failure(t, st, &err);
	return st != ERR_STOPPED;
}

/* --------------------------------------------------------------- when to ask again */

/* The order is not what stands there. */
static bool has_to_change(const struct talk *t)
{
	const struct arbiter_key *now = &t->cell.view.key;
	const struct arbiter_key *give_up = &t->order.give_up;

	return (t->order.reserve.epoch != 0 && now->epoch == 0) ||
	       (give_up->epoch != 0 && key_is(give_up, now));
}

/* Never: there is nobody to ask. */
static struct instant due(const struct talk *t)
{
	const struct exchange *exchange = &t->exchange;

	if (t->order.name[0] == '\0')
		return NEVER;
	if (t->store.session == NULL)
		return t->retry;
	if (has_to_change(t))
		return instant_add_ms(exchange->asked, HURRY_MS);
	return instant_sooner(instant_add_ms(exchange->asked, t->order.interval_ms),
			      exchange_due(exchange, &t->order.relay));
}

/* False: stop. */
static bool sleep_until(struct talk *t, struct instant when)
{
	struct timespec rest;
	struct session *session = t->store.session;
	struct pollfd fds[] = {
		{ .fd = t->station->stop->fd, .events = POLLIN },
		{ .fd = t->station->bell.fd, .events = POLLIN },
		{ .fd = session != NULL ? session_fd(session) : -1, .events = POLLIN },
	};

	ppoll(fds, ARRAY_LEN(fds), clock_rest(when, &rest), NULL);
	if (fds[2].revents != 0 && session_look(session) != SESSION_LIVES)
		drop(t, CONNECT_AGAIN_MS);
	return fds[0].revents == 0;
}

static void *arbiter_run(void *argument)
{
	struct talk t = { .station = &((struct arbiter *)argument)->station };
	bool goes_on = true;

	while (goes_on) {
		take_order(&t);
		struct instant when = due(&t);
		bool now = instant_is_set(when) && !instant_before(clock_now(), when);
		goes_on = now ? work(&t) : sleep_until(&t, when);
	}
	session_close(t.store.session);
	resolver_close(&t.resolver);
	return NULL;
}

enum status arbiter_start(struct arbiter *arbiter, struct error *err)
{
	struct station *station = &arbiter->station;
	enum status st = STATION_OPEN(station, &arbiter->order, err);

	return st == OK ? station_start(station, "arbiter", arbiter_run, arbiter, err) : st;
}

void arbiter_tell(struct arbiter *arbiter, const struct arbiter_order *order)
{
	mailbox_put(&arbiter->station.orders, order, sizeof *order);
}
