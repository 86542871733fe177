/* SPDX-License-Identifier: PostgreSQL */
#include "claimant.h"

#include "bdrmon/clock.h"
#include "bdrmon/crash_point.h"
#include "bdrmon/log.h"
#include "bdrmon/lookup.h"
#include "bdrmon/resolve.h"
#include "bdrmon/strbuf.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

/* How often a claim is asked for that somebody else has, and a session that cannot be had. */
#define CLAIM_AGAIN_MS   50
#define CONNECT_AGAIN_MS 500

/* A server that lets us record nothing is left alone for so long: meanwhile there is no claim. */
#define REFUSED_AGAIN_MS 30000

/* The claimant's own state, on its stack. */
struct duty {
	struct station *station;
	struct claimant_order order;
	uint64_t orders_seen;
	struct claimant_cell cell;
	struct resolver resolver;
	struct store store;       /* with the session, if there is one */
	struct instant retry;     /* connect, or ask for the claim, not before that */
	struct instant statement; /* when the last one that was answered was sent */
	bool acknowledged;        /* as ordered */
};

static void post(struct duty *d)
{
	if (!board_post(d->station->board, d->station->cell, &d->cell, sizeof d->cell))
		log_error("could not publish the state of the claim: out of memory");
}

static bool lives(const struct duty *d)
{
	return d->store.session != NULL && session_usable(d->store.session);
}

/* The session is gone or of no use, and the claim with it. */
static void lose(struct duty *d, int64_t pause_ms)
{
	bool held = d->cell.held;

	session_close(d->store.session);
	d->store.session = NULL;
	d->retry = instant_add_ms(clock_now(), pause_ms);
	if (!held)
		return;
	d->cell = (struct claimant_cell) { .node_id = d->cell.node_id };
	post(d);
	log_warning("the claim on node \"%s\" (ID: %d) is lost: %s", d->order.node.name,
		    d->order.node.id,
		    d->store.failure.reason[0] != '\0' ? d->store.failure.reason
						       : "the session has ended");
}

static void take_order(struct duty *d)
{
	char before[CONNINFO_MAX];

	COPY_TEXT(before, d->order.node.conninfo);
	doorbell_quiet(&d->station->bell);
	mailbox_get(&d->station->orders, &d->order, sizeof d->order, &d->orders_seen);
	if (d->cell.node_id != d->order.node.id || strcmp(before, d->order.node.conninfo) != 0) {
		if (d->store.session != NULL)
			lose(d, 0);
		d->cell = (struct claimant_cell) { .node_id = d->order.node.id };
		d->retry = NEVER;
	}
	d->acknowledged = d->acknowledged && d->order.acknowledge;
}

/* ------------------------------------------------------------------ one thing to do */

/* Whatever comes of it is told by the state that it leaves. */
typedef enum status deed_fn(struct duty *d);

static enum status connect_to_node(struct duty *d)
{
	static const char name_sql[] =
		"SELECT pg_catalog.set_config('application_name', 'bdrmon claim', false)";

	enum status st = session_open(d->order.node.conninfo, &d->resolver, &d->store.wait,
				      &d->store.session, &d->store.failure);
	return st == OK ? store_run(&d->store, name_sql, NULL, 0, NULL) : st;
}

/* What is published may have changed since the session was opened. */
static enum status find_way(struct duty *d)
{
	return store_find_way(&d->store, d->order.repl == REPL_BDR || d->order.repl == REPL_PGD);
}

static enum status ask_for_claim(struct duty *d)
{
	bool granted = false;
	enum status st = claim_try(&d->store, d->order.failed_id, d->order.lease_ms, &granted);

	d->retry = instant_add_ms(clock_now(), CLAIM_AGAIN_MS);
	if (st != OK || !granted)
		return st;
	d->retry = NEVER;
	d->cell.held = true;
	d->cell.since = clock_now();
	d->cell.record = (struct record) { 0 };
	post(d);
	crash_point("granted");
	return find_way(d);
}

static enum status release(struct duty *d)
{
	enum status st = claim_release(&d->store, d->order.failed_id);

	d->cell.held = false;
	d->cell.record.sent = NEVER;
	post(d);
	return st;
}

static enum status renew(struct duty *d)
{
	struct instant sent = d->cell.record.sent;
	enum status st =
		failures_read(&d->store, d->order.node.id, d->order.failed_id, &d->cell.record);

	d->cell.record.sent = sent;
	if (st == OK)
		post(d);
	return st;
}

static enum status write_record(struct duty *d)
{
	const struct claimant_order *order = &d->order;
	const struct record_order *record = &order->record;
	const struct row *event = &order->event;
	struct event_row told = {
		.node_id = event->node_id,
		.event = event_type(event->event)->name,
		.successful = event->success,
		.timestamp = event->timestamp,
		.details = event->details,
	};
	struct failure_row row = {
		.recorder_id = order->node.id,
		.failed_id = order->failed_id,
		.epoch = record->epoch,
		.stage = record->stage,
		.runs = record->runs,
		.limit_ms = order->limit_ms,
		.confirmed = record->confirmed,
		.started_us = record->started_us,
		.evidence = order->evidence[0] != '\0' ? order->evidence : NULL,
		.monitor = order->monitor,
		.event = order->tells ? &told : NULL,
	};

	/* Until the answer is here nobody knows what the record says: nothing may be decided by
	 * what was read before. */
	d->cell.record.read = NEVER;
	post(d);
	enum status st = failures_write(&d->store, &row, &d->cell.record);
	if (st != OK)
		return st;
	post(d);
	crash_point(stage_name(record->stage));
	return OK;
}

static enum status acknowledge(struct duty *d)
{
	enum status st = find_way(d);

	if (st == OK)
		st = failures_acknowledge(&d->store, d->order.node.id);
	d->acknowledged = st == OK;
	return st;
}

/* ------------------------------------------------------------------ what is to be done */

static bool differs(const struct record_order *order, const struct record *record)
{
	return order->epoch != record->epoch || order->stage != record->stage ||
	       order->runs != record->runs || instant_before(record->sent, order->after);
}

/* Over the session that holds the claim. *AGAIN is when to look again; never: at news. */
static deed_fn *next_under_claim(const struct duty *d, struct instant now, struct instant *again)
{
	struct instant due = instant_add_ms(d->statement, d->order.lease_ms / 3);

	if (!d->order.wanted)
		return release;
	if (!instant_is_set(d->cell.record.read) || !instant_before(now, due))
		return renew;
	if (d->order.record.wanted && differs(&d->order.record, &d->cell.record))
		return write_record;
	*again = due;
	return NULL;
}

static deed_fn *next_without(const struct duty *d, struct instant now, struct instant *again)
{
	bool early = instant_before(now, d->retry);

	if (!lives(d) && (!d->order.reachable || d->order.node.id == 0))
		return NULL;
	if (!lives(d) && !early)
		return connect_to_node;
	if (lives(d) && d->order.acknowledge && !d->acknowledged)
		return acknowledge;
	if (lives(d) && d->order.wanted && !early)
		return ask_for_claim;
	if (!lives(d) || d->order.wanted)
		*again = d->retry;
	return NULL;
}

/* What came of a statement. What the role may not do will not change soon; anything else that
 * the server refuses is tried again over another session. */
static void settle(struct duty *d, enum status st, struct instant sent)
{
	bool answered = st != OK && lives(d);
	bool refused = answered && d->store.failure.outcome == OUTCOME_DENIED;

	if (answered)
		log_write(LOG_LEVEL_WARNING, d->store.failure.reason,
			  refused ? "\"bdrmon register\" names the grant that is missing." : NULL,
			  "could not record a failure on node \"%s\" (ID: %d)", d->order.node.name,
			  d->order.node.id);
	if (st == OK)
		d->statement = sent;
	else
		lose(d, refused ? REFUSED_AGAIN_MS : CONNECT_AGAIN_MS);
	if (d->cell.refused == refused)
		return;
	d->cell.refused = refused;
	post(d);
}

/* Do what is due; false: stop. */
static bool work(struct duty *d, struct instant *again)
{
	deed_fn *deed;

	do {
		struct instant now = clock_now();
		*again = NEVER;
		deed = d->cell.held ? next_under_claim(d, now, again) : next_without(d, now, again);
		if (deed == NULL)
			return true;
		d->store.wait = (struct pg_wait) { instant_add_ms(now, d->order.lease_ms),
						   d->station->stop->fd };
		d->store.failure.reason[0] = '\0';
		enum status st = deed(d);
		if (st == ERR_STOPPED)
			return false;
		settle(d, st, now);
		take_order(d);
	} while (true);
}

/* False: stop. */
static bool sleep_until(struct duty *d, struct instant again)
{
	struct timespec rest;
	struct session *session = d->store.session;
	struct pollfd fds[] = {
		{ .fd = d->station->stop->fd, .events = POLLIN },
		{ .fd = d->station->bell.fd, .events = POLLIN },
		{ .fd = session != NULL ? session_fd(session) : -1, .events = POLLIN },
	};

	ppoll(fds, ARRAY_LEN(fds), clock_rest(again, &rest), NULL);
	if (fds[2].revents != 0 && session_look(session) != SESSION_LIVES)
		lose(d, 0);
	return fds[0].revents == 0;
}

static void *claimant_run(void *argument)
{
	struct duty d = { .station = &((struct claimant *)argument)->station };
	struct instant again;

	do
		take_order(&d);
	while (work(&d, &again) && sleep_until(&d, again));
	session_close(d.store.session);
	resolver_close(&d.resolver);
	return NULL;
}

enum status claimant_start(struct claimant *claimant, struct error *err)
{
	struct station *station = &claimant->station;
	enum status st = STATION_OPEN(station, &claimant->order, err);

	return st == OK ? station_start(station, "claimant", claimant_run, claimant, err) : st;
}

void claimant_tell(struct claimant *claimant, const struct claimant_order *order)
{
	mailbox_put(&claimant->station.orders, order, sizeof *order);
}
