/* SPDX-License-Identifier: PostgreSQL */
#include "bdrmon/clock.h"
#include "bdrmon/log.h"
#include "bdrmon/lookup.h"
#include "bdrmon/thread.h"
#include "desk.h"
#include "recorder.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

/* How often a missing node is logged. */
#define REMINDER_MS 60000

/* Sleep until something is posted or AGAIN has come; false: stop. */
static bool sleep_until(const struct decider *d, struct instant again)
{
	struct timespec rest;
	struct pollfd fds[] = {
		{ .fd = d->stop->fd, .events = POLLIN },
		{ .fd = d->bell.fd, .events = POLLIN },
	};
	int ready = ppoll(fds, ARRAY_LEN(fds), clock_rest(again, &rest), NULL);
	assert(ready >= 0 || errno == EINTR);
	if (ready > 0 && fds[0].revents != 0)
		return false;
	doorbell_quiet(&d->bell);
	return true;
}

/* What is known of node ID from before the start. A run of its command that was kept, too, is
 * one of mine. */
static void restore(struct desk *desk, unsigned node)
{
	int id = desk->settings.order[node].node.id;
	struct node_memory *memory = &desk->memory.node[node];
	struct run_view run = executor_run(desk->decider->executor, id);

	kept_restore(&desk->decider->kept, id, memory);
	memory->started = run.epoch;
	memory->started_run = run.run;
}

/* A worker has read the other node's record from repmgr.nodes: from now on that is what
 * counts. */
static void adopt(struct desk *desk, unsigned other)
{
	const struct node_record *found = &desk->cell[1 - other].other;
	struct worker_order *finder = &desk->settings.order[1 - other];
	struct error err;

	if (found->id == 0 || !finder->find_other)
		return;
	if (worker_order_node(&desk->settings.order[other], found, &err) != OK) {
		desk->cell[1 - other].other_missing = err;
		return;
	}
	finder->find_other = false;
	carry_order(desk, 1 - other);
	carry_order(desk, other);
	restore(desk, other);
	log_notice("node \"%s\" (ID: %d) found in repmgr.nodes", found->name, found->id);
}

/* The new settings do not name the other node, which is known from repmgr.nodes. */
static void keep_found_node(const struct settings *old, struct settings *new, unsigned node)
{
	struct error unused;

	if (!new->order[1 - node].find_other || old->order[1 - node].find_other ||
	    old->order[node].node.id == 0)
		return;
	if (worker_order_node(&new->order[node], &old->order[node].node, &unused) == OK)
		new->order[1 - node].find_other = false;
}

/* A reload: the workers go on with what they know, unless a node is another one now. */
static void take_settings(struct desk *desk)
{
	struct settings *new = &desk->reloaded;

	if (!mailbox_get(&desk->decider->settings_box, new, sizeof *new, &desk->settings_seen))
		return;
	for (unsigned i = 0; i < NODES; i++)
		keep_found_node(&desk->settings, new, i);
	for (unsigned i = 0; i < NODES; i++) {
		new->order[i].ask_after = desk->settings.order[i].ask_after;
		if (new->order[i].node.id != desk->settings.order[i].node.id) {
			desk->memory.node[i] = (struct node_memory) { 0 };
			desk->record[1 - i] = desk->record[i] = (struct record) { 0 };
		}
	}
	desk->settings = *new;
	for (unsigned i = 0; i < NODES; i++)
		carry_order(desk, i);
}

static void take_operator_word(struct desk *desk)
{
	mailbox_get(&desk->decider->operator_box, &desk->operator_word, sizeof desk->operator_word,
		    &desk->operator_seen);
}

/* After the jobs of a decision were handed over: recorder.h says why. */
static void keep(struct desk *desk)
{
	struct decider *d = desk->decider;
	const struct worker_order *order = desk->settings.order;
	const int id[NODES] = { order[0].node.id, order[1].node.id };

	if (kept_update(&d->kept, &desk->memory, desk->operator_word.paused_until, id))
		recorder_put(d->recorder, &d->kept);
}

static struct explain_times times_of(const struct settings *s)
{
	struct explain_times times = { .interval_ms = s->policy.health.interval_ms };

	for (unsigned i = 0; i < NODES; i++) {
		if (s->order[i].timeout_ms > times.timeout_ms)
			times.timeout_ms = s->order[i].timeout_ms;
	}
	for (unsigned i = 0; i < s->proxies; i++) {
		if (s->proxy[i].timeout_ms > times.proxy_timeout_ms)
			times.proxy_timeout_ms = s->proxy[i].timeout_ms;
		times.write_window_ms = s->proxy[i].move.write_window_ms;
	}
	return times;
}

static void show(struct desk *desk, const struct view *view, const struct decision *decision)
{
	struct decider_cell cell = {
		.memory = desk->memory,
		.paused_until = view->word.paused_until,
		.policy = desk->settings.policy,
		.max_lag_bytes = desk->settings.max_lag_bytes,
		.rival = view->rival,
		.started = desk->started,
		.claim = view->claim,
		.places = desk->places,
		.decision = *decision,
		.times = times_of(&desk->settings),
	};

	for (unsigned i = 0; i < NODES; i++) {
		cell.node[i] = desk->settings.order[i].node;
		cell.record[i] = view->record[i];
		cell.recorded[i] = desk->cell[i].noticed.tables;
	}
	for (unsigned i = 0; i < PEERS_MAX; i++) {
		cell.heard_at[i] = desk->heard_at[i];
		cell.settings_differ[i] = desk->settings_differ[i];
	}
	if (!board_post(desk->decider->board, CELL_DECIDER, &cell, sizeof cell))
		log_error("could not publish what was decided: out of memory");
}

/* Two monitors that cannot agree. */
static void remind_of_tables(const struct desk *desk)
{
	for (unsigned i = 0; i < NODES && desk->heard; i++) {
		const struct node_record *node = &desk->settings.order[i].node;
		if (desk->cell[i].noticed.tables == TABLES_MISSING)
			log_write(
				LOG_LEVEL_WARNING, "Each monitor acts by itself.",
				"Run \"bdrmon register --force\" on each node's host.",
				"node \"%s\" (ID: %d) lacks table bdrmon.failure, or grants on it",
				node->name, node->id);
	}
}

/* Say once a minute why nothing would be done. */
static void remind(struct desk *desk, struct instant now)
{
	if (instant_before(now, desk->reminder))
		return;
	desk->reminder = instant_add_ms(now, REMINDER_MS);
	remind_of_tables(desk);
	for (unsigned i = 0; i < NODES; i++) {
		const struct node_record *node = &desk->settings.order[i].node;
		const struct error *missing = &desk->cell[1 - i].other_missing;
		if (desk->memory.node[i].seen_up)
			continue;
		if (node->id != 0)
			log_write(LOG_LEVEL_WARNING, desk->cell[i].observation.last.reason, NULL,
				  "node \"%s\" (ID: %d) has not been seen up yet: no failover "
				  "until then",
				  node->name, node->id);
		else
			log_write(LOG_LEVEL_WARNING, missing->text, missing->hint,
				  "the other node is not known: no failover until then");
	}
}

static void begin(struct desk *desk, struct decider *d)
{
	struct instant now = clock_now();

	desk->decider = d;
	desk->started = now;
	mailbox_get(&d->settings_box, &desk->settings, sizeof desk->settings, &desk->settings_seen);
	desk->reminder = instant_add_ms(now, desk->settings.policy.stale_ms);
	desk->memory.epoch = d->kept.epoch;
	for (unsigned i = 0; i < NODES; i++)
		restore(desk, i);
}

static void *decider_run(void *argument)
{
	struct decider *d = argument;
	struct desk *desk = d->desk;
	struct view view;
	struct decision decision;

	begin(desk, d);
	board_enter();
	do {
		take_settings(desk);
		take_operator_word(desk);
		gather(desk, &view);
		for (unsigned i = 0; i < NODES; i++)
			adopt(desk, i);
		decide(&desk->memory, &view, &desk->settings.policy, &decision);
		carry_out(desk, &view, &decision);
		keep(desk);
		show(desk, &view, &decision);
		remind(desk, view.made);
	} while (sleep_until(d, decision.again));
	/* What was said just before the stop is kept, too. */
	take_operator_word(desk);
	keep(desk);
	board_leave();
	return NULL;
}

enum status decider_open(struct decider *decider, struct board *board,
			 const struct settings *settings, struct error *err)
{
	enum status st = doorbell_open(&decider->bell, err);
	if (st != OK)
		return st;
	decider->desk = calloc(1, sizeof *decider->desk); /* too large for a thread's stack */
	if (decider->desk == NULL)
		return error_set(err, ERR_SYSTEM, "out of memory");
	decider->board = board;
	for (unsigned i = 0; i < CELL_DECIDER; i++)
		board_listen(board, (enum cell)i, &decider->bell);
	decider->settings_box = MAILBOX(&decider->settings, &decider->bell);
	decider->operator_box = MAILBOX(&decider->operator_word, &decider->bell);
	mailbox_put(&decider->settings_box, settings, sizeof *settings);
	return OK;
}

enum status decider_start(struct decider *decider, struct error *err)
{
	return thread_start(&decider->thread, "decider", decider_run, decider, err);
}

void decider_close(struct decider *decider)
{
	doorbell_close(&decider->bell);
	free(decider->desk);
}
