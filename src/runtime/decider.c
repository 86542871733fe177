/* SPDX-License-Identifier: PostgreSQL */
#include "decider.h"

#include "bdrmon/clock.h"
#include "bdrmon/log.h"
#include "bdrmon/lookup.h"
#include "bdrmon/thread.h"
#include "links.h"
#include "recorder.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <string.h>

/* How often a missing node is logged. */
#define REMINDER_MS 60000

/* The decider's own state, on its stack. */
struct desk {
	struct decider *decider;
	struct settings settings; /* in force; its orders are those that the workers have */
	uint64_t settings_seen, operator_seen;
	struct operator_word operator_word;
	struct memory memory;
	struct worker_cell cell[NODES];
	struct scribe_order written; /* what the scribe was told last */
	struct instant started;
	struct instant reminder; /* when to log next what is missing */
};

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

static void tell_worker(struct desk *desk, unsigned node)
{
	worker_tell(&desk->decider->worker[node], &desk->settings.order[node]);
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
	tell_worker(desk, 1 - other);
	tell_worker(desk, other);
	kept_restore(&desk->decider->kept, found->id, &desk->memory.node[other]);
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
	struct settings new;

	if (!mailbox_get(&desk->decider->settings_box, &new, sizeof new, &desk->settings_seen))
		return;
	for (unsigned i = 0; i < NODES; i++)
		keep_found_node(&desk->settings, &new, i);
	for (unsigned i = 0; i < NODES; i++) {
		new.order[i].ask_after = desk->settings.order[i].ask_after;
		if (new.order[i].node.id != desk->settings.order[i].node.id)
			desk->memory.node[i] = (struct node_memory) { 0 };
	}
	desk->settings = new;
	for (unsigned i = 0; i < NODES; i++)
		tell_worker(desk, i);
}

static void take_operator_word(struct desk *desk)
{
	mailbox_get(&desk->decider->operator_box, &desk->operator_word, sizeof desk->operator_word,
		    &desk->operator_seen);
}

/* What was seen on a node that has failed since says nothing: that repmgrd may have died
 * with it, and the one on the other node is seen there. */
static bool rival_seen(const struct desk *desk, struct instant now)
{
	bool seen = false;

	for (unsigned i = 0; i < NODES; i++)
		seen = seen || (desk->cell[i].observation.last.outcome == OUTCOME_OK &&
				rival_is_daemon(&desk->cell[i].rival, now));
	return seen;
}

static void look(struct desk *desk, struct view *view)
{
	*view = (struct view) { 0 };
	for (unsigned i = 0; i < NODES; i++) {
		if (board_read(desk->decider->board, CELL_NODE_0 + i, &desk->cell[i],
			       sizeof desk->cell[i]) &&
		    desk->cell[i].node_id == desk->settings.order[i].node.id)
			view->node[i] = desk->cell[i].observation;
	}
	view->node[0].level = view->node[1].level =
		links_level(desk->cell, desk->settings.max_lag_bytes);
	for (unsigned i = 0; i < NODES; i++)
		adopt(desk, i);
	view->made = clock_now();
	view->word = desk->operator_word;
	view->crowded =
		desk->cell[0].repl.setup.nodes > NODES || desk->cell[1].repl.setup.nodes > NODES;
	view->rival = !desk->decider->ignore_rival && rival_seen(desk, view->made);
}

static void carry_out(struct desk *desk, const struct decision *decision)
{
	struct announcer announcer = { &desk->settings, desk->decider->executor,
				       desk->decider->scribe, desk->cell };

	for (unsigned i = 0; i < NODES; i++) {
		if (decision->node[i].rule_changed)
			announce_rule(&announcer, i, decision->node[i].rule);
	}
	for (unsigned i = 0; i < decision->actions; i++)
		announce_action(&announcer, &decision->action[i]);
	for (unsigned i = 0; i < NODES; i++) {
		struct worker_order *order = &desk->settings.order[i];
		if (!instant_before(order->ask_after, decision->ask[i]))
			continue;
		order->ask_after = decision->ask[i];
		tell_worker(desk, i);
	}
}

/* What repmgr.nodes should say of NODE. */
static enum active_flag flag_of(const struct desk *desk, const struct view *view, unsigned node)
{
	bool quiet = view->rival || view->crowded || instant_is_set(desk->memory.late) ||
		     instant_before(view->made, view->word.paused_until);
	bool level = !desk->settings.policy.watches_links || instant_is_set(view->node[node].level);

	if (quiet)
		return FLAG_AS_IT_IS;
	if (desk->memory.node[node].failed)
		return FLAG_FAILED;
	/* What somebody else has written is true no more if all is well. */
	return view->node[0].last.outcome == OUTCOME_OK &&
			       view->node[1].last.outcome == OUTCOME_OK && level
		       ? FLAG_ACTIVE
		       : FLAG_AS_IT_IS;
}

static enum reach reach_of(const struct observation *o)
{
	if (o->last.outcome == OUTCOME_NONE)
		return NOT_ASKED;
	return o->last.outcome == OUTCOME_OK ? ANSWERS : SILENT;
}

static bool same_order(const struct scribe_order *a, const struct scribe_order *b)
{
	bool same = a->poke == b->poke && a->timeout_ms == b->timeout_ms;

	for (unsigned i = 0; i < NODES && same; i++) {
		const struct node_record *x = &a->node[i], *y = &b->node[i];
		same = x->id == y->id && strcmp(x->name, y->name) == 0 &&
		       strcmp(x->conninfo, y->conninfo) == 0 && a->reach[i] == b->reach[i] &&
		       a->repl[i] == b->repl[i] && a->flag[i] == b->flag[i];
	}
	return same;
}

static void tell_scribe(struct desk *desk, const struct view *view)
{
	struct scribe_order order = { .timeout_ms = desk->settings.order[0].timeout_ms };

	order.poke = desk->settings.policy.watches_links && links_wait(view, desk->cell);
	for (unsigned i = 0; i < NODES; i++) {
		order.node[i] = desk->settings.order[i].node;
		order.reach[i] = reach_of(&view->node[i]);
		order.repl[i] = desk->cell[i].repl.setup.kind;
		order.flag[i] = flag_of(desk, view, i);
	}
	if (same_order(&order, &desk->written))
		return;
	desk->written = order;
	scribe_tell(desk->decider->scribe, &order);
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

static void show(struct desk *desk, const struct view *view, const struct decision *decision)
{
	struct decider_cell cell = {
		.made = view->made,
		.memory = desk->memory,
		.paused_until = view->word.paused_until,
		.policy = desk->settings.policy,
		.max_lag_bytes = desk->settings.max_lag_bytes,
		.rival = view->rival,
		.started = desk->started,
	};

	for (unsigned i = 0; i < NODES; i++) {
		cell.rule[i] = decision->node[i].rule;
		cell.would[i] = decision->node[i].would;
		cell.node[i] = desk->settings.order[i].node;
	}
	if (!board_post(desk->decider->board, CELL_DECIDER, &cell, sizeof cell))
		log_error("could not publish what was decided: out of memory");
}

/* Say once a minute why nothing would be done. */
static void remind(struct desk *desk, struct instant now)
{
	if (instant_before(now, desk->reminder))
		return;
	desk->reminder = instant_add_ms(now, REMINDER_MS);
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

static void *decider_run(void *argument)
{
	struct decider *d = argument;
	struct instant now = clock_now();
	struct desk desk = { .decider = d, .started = now };
	struct view view;
	struct decision decision;

	mailbox_get(&d->settings_box, &desk.settings, sizeof desk.settings, &desk.settings_seen);
	desk.reminder = instant_add_ms(now, desk.settings.policy.stale_ms);
	for (unsigned i = 0; i < NODES; i++)
		kept_restore(&d->kept, desk.settings.order[i].node.id, &desk.memory.node[i]);
	desk.operator_word.paused_until = kept_pause(&d->kept);
	board_enter();
	do {
		take_settings(&desk);
		take_operator_word(&desk);
		look(&desk, &view);
		desk.settings.policy.watches_links = links_watched(desk.cell);
		decide(&desk.memory, &view, &desk.settings.policy, &decision);
		carry_out(&desk, &decision);
		tell_scribe(&desk, &view);
		keep(&desk);
		show(&desk, &view, &decision);
		remind(&desk, view.made);
	} while (sleep_until(d, decision.again));
	board_leave();
	return NULL;
}

enum status decider_open(struct decider *decider, struct board *board,
			 const struct settings *settings, struct error *err)
{
	enum status st = doorbell_open(&decider->bell, err);
	if (st != OK)
		return st;
	decider->board = board;
	for (unsigned i = 0; i < NODES; i++)
		board_listen(board, CELL_NODE_0 + i, &decider->bell);
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
}
