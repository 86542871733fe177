/* SPDX-License-Identifier: PostgreSQL */
#include "decider.h"

#include "bdrmon/clock.h"
#include "bdrmon/log.h"
#include "bdrmon/lookup.h"
#include "bdrmon/thread.h"
#include "policy.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>

/* How often a missing node is logged. */
#define REMINDER_MS 60000

/* The decider's own state, on its stack. */
struct desk {
	struct decider *decider;
	struct announcer announcer;
	struct decide_policy policy;
	struct memory memory;
	struct worker_cell cell[NODES];
	struct worker_order order[NODES]; /* and which nodes they are; id 0: not known yet */
	struct instant reminder;          /* when to log next what is missing */
};

/* Sleep until something is posted or AGAIN has come; false: stop. */
static bool sleep_until(const struct decider *d, struct instant again)
{
	struct timespec rest;
	struct pollfd fds[] = {
		{ .fd = d->stop->fd, .events = POLLIN },
		{ .fd = d->bell->fd, .events = POLLIN },
	};
	int ready = ppoll(fds, ARRAY_LEN(fds), clock_rest(again, &rest), NULL);
	assert(ready >= 0 || errno == EINTR);
	if (ready > 0 && fds[0].revents != 0)
		return false;
	doorbell_quiet(d->bell);
	return true;
}

/* A worker has read the other node's record from repmgr.nodes: from now on that is what
 * counts. */
static void adopt(struct desk *desk, unsigned other)
{
	struct decider *d = desk->decider;
	const struct node_record *found = &desk->cell[1 - other].other;
	struct worker_order *order = &desk->order[other];
	struct error err;
	int64_t timeout_ms;

	if (found->id == 0 || !desk->order[1 - other].find_other)
		return;
	if (policy_timeout_ms(d->config, found->conninfo, &timeout_ms, &err) != OK) {
		desk->cell[1 - other].other_missing = err;
		return;
	}
	desk->order[1 - other].find_other = false;
	mailbox_put(&d->worker[1 - other].mailbox, &desk->order[1 - other]);
	order->node = *found;
	order->timeout_ms = timeout_ms;
	mailbox_put(&d->worker[other].mailbox, order);
	log_notice("node \"%s\" (ID: %d) found in repmgr.nodes", found->name, found->id);
}

static void look(struct desk *desk, struct view *view)
{
	*view = (struct view) { 0 };
	for (unsigned i = 0; i < NODES; i++) {
		if (board_read(desk->decider->board, CELL_NODE_0 + i, &desk->cell[i],
			       sizeof desk->cell[i]))
			view->node[i] = desk->cell[i].observation;
	}
	for (unsigned i = 0; i < NODES; i++)
		adopt(desk, i);
	view->made = clock_now();
}

static void carry_out(struct desk *desk, const struct decision *decision)
{
	for (unsigned i = 0; i < NODES; i++) {
		if (decision->rule_changed[i])
			announce_rule(&desk->announcer, i, decision->rule[i]);
	}
	for (unsigned i = 0; i < decision->actions; i++)
		announce_action(&desk->announcer, &decision->action[i]);
	for (unsigned i = 0; i < NODES; i++) {
		if (!instant_before(desk->order[i].ask_after, decision->ask[i]))
			continue;
		desk->order[i].ask_after = decision->ask[i];
		mailbox_put(&desk->decider->worker[i].mailbox, &desk->order[i]);
	}
}

/* Say once a minute why nothing would be done. */
static void remind(struct desk *desk, struct instant now)
{
	if (instant_before(now, desk->reminder))
		return;
	desk->reminder = instant_add_ms(now, REMINDER_MS);
	for (unsigned i = 0; i < NODES; i++) {
		const struct node_record *node = &desk->order[i].node;
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
	struct desk desk = {
		.decider = d,
		.announcer = { d->config,
			       { &desk.order[0].node, &desk.order[1].node },
			       d->executor },
		.policy = policy_decide(d->config),
		.reminder = instant_add_ms(clock_now(), d->config->probe.stale_ms),
	};
	struct view view;
	struct decision decision;

	for (unsigned i = 0; i < NODES; i++)
		desk.order[i] = d->order[i];
	board_enter();
	do {
		look(&desk, &view);
		decide(&desk.memory, &view, &desk.policy, &decision);
		carry_out(&desk, &decision);
		remind(&desk, view.made);
	} while (sleep_until(d, decision.again));
	board_leave();
	return NULL;
}

enum status decider_start(struct decider *decider, struct error *err)
{
	return thread_start(&decider->thread, "decider", decider_run, decider, err);
}
