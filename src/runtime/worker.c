/* SPDX-License-Identifier: PostgreSQL */
#include "worker.h"

#include "bdrmon/clock.h"
#include "bdrmon/conninfo.h"
#include "bdrmon/log.h"
#include "bdrmon/lookup.h"
#include "bdrmon/probe.h"
#include "bdrmon/strbuf.h"
#include "inquiry.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <string.h>

#define YOUNG_SESSION_MS 1000

/* The worker's own state, on its stack: nobody else sees it. */
struct watch {
	struct worker *worker;
	struct worker_order order;
	uint64_t orders_seen;
	struct prober prober;
	struct worker_cell cell;
	struct inquiry inquiry;
	struct relaying relaying;
	struct instant due; /* when the next probe should start */
};

enum wake { WAKE_PROBE, WAKE_RELAY, WAKE_LOST, WAKE_STOP };

static void post(struct watch *w)
{
	if (!board_post(w->worker->station.board, w->worker->station.cell, &w->cell,
			sizeof w->cell))
		log_error("could not publish what is known of node \"%s\" (ID: %d): out of memory",
			  w->order.node.name, w->order.node.id);
}

static void take_order(struct watch *w)
{
	doorbell_quiet(&w->worker->station.bell);
	mailbox_get(&w->worker->station.orders, &w->order, sizeof w->order, &w->orders_seen);
	/* If another node takes this place, nothing of what is known is true of it. */
	if (w->cell.node_id != w->order.node.id)
		w->cell = (struct worker_cell) { .node_id = w->order.node.id };
	w->prober.write = w->order.write;
	if (strcmp(w->prober.conninfo, w->order.node.conninfo) == 0)
		return;
	probe_drop(&w->prober);
	COPY_TEXT(w->prober.conninfo, w->order.node.conninfo);
	w->due = clock_now();
	inquiry_begin(&w->inquiry);
}

static bool asked_for(const struct watch *w)
{
	return instant_before(w->cell.observation.last.asked, w->order.ask_after);
}

/* The idle session has become readable. True if it has ended and so began a doubt. */
static bool lost_session(struct watch *w)
{
	struct history *history = &w->cell.observation.history;
	enum health before = history->health;
	enum session_news news = session_look(w->prober.held);

	if (news == SESSION_LIVES)
		return false;
	probe_drop(&w->prober);
	history_doubt(history, clock_now(), news == SESSION_ENDED_BY_SERVER);
	return history->health != before;
}

/* When to speak with the others by way of the node; never: not now. What holds for the
 * questions besides the probe holds here, too. */
static struct instant relay_due(const struct watch *w)
{
	bool answers = w->prober.held != NULL && w->cell.observation.last.outcome == OUTCOME_OK;
	return answers ? exchange_due(&w->relaying.exchange, &w->order.relay) : NEVER;
}

/* Sleep until the next probe is due, or something happens before. */
static enum wake sleep_on_session(struct watch *w)
{
	for (;;) {
		bool known = w->order.node.id != 0;
		if (known && asked_for(w))
			return WAKE_PROBE;

		struct instant relay = relay_due(w);
		struct timespec rest;
		struct session *held = w->prober.held;
		struct pollfd fds[] = {
			{ .fd = w->worker->station.stop->fd, .events = POLLIN },
			{ .fd = w->worker->station.bell.fd, .events = POLLIN },
			{ .fd = held != NULL ? session_fd(held) : -1, .events = POLLIN },
		};
		struct instant due = known ? instant_sooner(w->due, relay) : NEVER;
		int ready = ppoll(fds, ARRAY_LEN(fds), clock_rest(due, &rest), NULL);
		assert(ready >= 0 || errno == EINTR);
		if (ready < 0)
			continue;
		if (fds[0].revents != 0)
			return WAKE_STOP;
		if (fds[1].revents != 0)
			take_order(w);
		if (fds[2].revents != 0 && held == w->prober.held && lost_session(w))
			return WAKE_LOST;
		if (ready == 0)
			return instant_before(clock_now(), w->due) ? WAKE_RELAY : WAKE_PROBE;
	}
}

/* The node answers, but refuses logins: over a held session that would not be seen. */
static bool login_refused(const struct probe_result *last)
{
	return outcome_class(last->outcome) == CLASS_FAULT && last->step != STEP_QUERY;
}

/* In doubt only a new connection tells something: a held session says nothing about
 * the listener of a dead server. A question of the decider's is such a case; but when the
 * session is so young, the one before has just been such a question, too. */
static bool wants_fresh(const struct watch *w)
{
	const struct observation *o = &w->cell.observation;
	enum health health = o->history.health;
	int64_t age_ms = ms_between(w->prober.connected, clock_now());

	if (w->prober.held == NULL || login_refused(&o->last))
		return true;
	if (health == HEALTH_SUSPECT || health == HEALTH_DOWN)
		return true;
	if (asked_for(w) && age_ms >= YOUNG_SESSION_MS)
		return true;
	return age_ms >= w->order.fresh_connection_interval_ms;
}

static struct pg_wait probe_wait(const struct watch *w)
{
	return (struct pg_wait) { instant_add_ms(clock_now(), w->order.timeout_ms),
				  w->worker->station.stop->fd };
}

static void log_result(const struct watch *w, enum health before, enum outcome outcome_before)
{
	const struct observation *o = &w->cell.observation;
	const struct node_record *node = &w->order.node;
	enum health now = o->history.health;
	enum outcome outcome = o->last.outcome;

	log_debug("node \"%s\" (ID: %d): %s at step %s over a %s session after %" PRId64 " us%s%s",
		  node->name, node->id, outcome_name(outcome), step_name(o->last.step),
		  o->last.fresh ? "new" : "held", us_between(o->last.asked, o->last.answered),
		  o->last.reason[0] != '\0' ? ": " : "", o->last.reason);
	/* Each failed attempt is told, and later only what changes. */
	if (now == before && outcome == outcome_before && now != HEALTH_SUSPECT)
		return;
	if (outcome == OUTCOME_OK)
		log_notice("node \"%s\" (ID: %d) is %s", node->name, node->id, health_name(now));
	else
		log_warning("node \"%s\" (ID: %d) is %s: %s at step %s: %s", node->name, node->id,
			    health_name(now), outcome_name(outcome), step_name(o->last.step),
			    o->last.reason);
}

static void tell_lost(const struct watch *w)
{
	log_notice("node \"%s\" (ID: %d) ended the monitor's session", w->order.node.name,
		   w->order.node.id);
}

/* What is asked besides the probe. A question of the decider's does not wait for what is of
 * less urgency. */
static void ask_besides(struct watch *w, inquiry_fn *ask)
{
	if (w->prober.held == NULL || asked_for(w))
		return;
	bool found = ask(&w->inquiry, &w->order, &w->cell);
	if (w->inquiry.ended) {
		history_doubt(&w->cell.observation.history, clock_now(),
			      w->inquiry.ended_by_server);
		tell_lost(w);
	}
	if (w->prober.held == NULL)
		w->due = clock_now(); /* without a session its end would not be seen */
	if (found || w->inquiry.ended)
		post(w);
}

static enum status probe_once(struct watch *w)
{
	struct observation *o = &w->cell.observation;
	enum health before = o->history.health;
	enum outcome outcome_before = o->last.outcome;
	int attempt = before == HEALTH_SUSPECT ? o->history.attempts + 1 : 0;
	struct pg_wait wait = probe_wait(w);

	if (attempt > 0)
		log_info("checking state of node \"%s\" (ID: %d), attempt %d of %d",
			 w->order.node.name, w->order.node.id, attempt, w->order.health.attempts);
	enum status st = probe_ask(&w->prober, wants_fresh(w), &wait, &o->last);
	if (st != OK)
		return st;
	history_fold(&o->history, &o->last, &w->order.health);
	log_result(w, before, outcome_before); /* in the log the cause stands before its effect */
	post(w);
	w->due = history_next(&o->history, &w->order.health, &o->last);
	if (o->last.fresh)
		w->relaying.exchange.pinned = false; /* nothing stands there yet */
	ask_besides(w, inquiry_relay);
	ask_besides(w, inquiry_ask);
	return OK;
}

static void *worker_run(void *argument)
{
	struct watch w = { .worker = argument };
	enum wake wake;

	w.relaying.node = w.worker->station.cell - CELL_NODE_0;
	w.inquiry = (struct inquiry) {
		.worker = argument,
		.prober = &w.prober,
		.relaying = &w.relaying,
	};
	take_order(&w);
	while ((wake = sleep_on_session(&w)) != WAKE_STOP) {
		if (wake == WAKE_RELAY) {
			ask_besides(&w, inquiry_relay);
			continue;
		}
		if (wake == WAKE_LOST) {
			post(&w); /* the decider prepares while attempt 1 runs */
			tell_lost(&w);
		}
		if (probe_once(&w) == ERR_STOPPED)
			break;
	}
	probe_close(&w.prober);
	return NULL;
}

enum status worker_timeout(const char *conninfo, int64_t configured_ms, int64_t *timeout_ms,
			   struct error *err)
{
	int64_t connect_ms;
	enum status st = conninfo_check(conninfo, &connect_ms, err);

	if (st == OK)
		*timeout_ms =
			connect_ms > 0 && connect_ms < configured_ms ? connect_ms : configured_ms;
	return st;
}

enum status worker_order_node(struct worker_order *order, const struct node_record *node,
			      struct error *err)
{
	enum status st = worker_timeout(node->conninfo, order->configured_timeout_ms,
					&order->timeout_ms, err);

	if (st != OK)
		return st;
	order->node = *node;
	conninfo_place(node->conninfo, order->host, sizeof order->host);
	return OK;
}

enum status worker_start(struct worker *worker, const struct worker_order *order, struct error *err)
{
	static const char *const names[] = { [CELL_NODE_0] = "node 0", [CELL_NODE_1] = "node 1" };
	struct station *station = &worker->station;

	enum status st = STATION_OPEN(station, &worker->order, err);
	if (st != OK)
		return st;
	worker_tell(worker, order);
	return station_start(station, names[station->cell], worker_run, worker, err);
}

void worker_tell(struct worker *worker, const struct worker_order *order)
{
	mailbox_put(&worker->station.orders, order, sizeof *order);
}
