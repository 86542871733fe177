/* SPDX-License-Identifier: PostgreSQL */
/* desk.h - decide() with a claimant, an executor and a recorder that do at once what they are
 * told; the test says what is seen. What happens is written to a trace. X is the node that
 * fails, Y the other one, on which the failure is recorded. */
#ifndef DESK_H
#define DESK_H

#include "matrix.h"

#include "bdrmon/decide.h"
#include "bdrmon/strbuf.h"

#include <inttypes.h>
#include <string.h>

struct desk {
	struct matrix m;
	struct decision d;
	int64_t now_ms;
	bool claim_is_taken; /* by another monitor */
	bool deaf;           /* orders are not carried out */
	char memory_of_trace[8192];
	struct strbuf trace;
};

static inline struct instant desk_now(const struct desk *desk)
{
	return (struct instant) { desk->now_ms * 1000 };
}

/* Both nodes are up, and so they were for long. */
static inline void desk_begin(struct desk *desk)
{
	memset(desk, 0, sizeof *desk);
	matrix_begin(&desk->m);
	desk->m.policy.act_without_majority = true;
	desk->m.policy.tilt_ms = 2000;
	desk->now_ms = 100000;
	for (unsigned i = 0; i < NODES; i++) {
		see_myself(&desk->m, i, HEALTH_UP, NOW_S);
		desk->m.view.node[i].history.ok_since = second(1);
		desk->m.view.node[i].started_us = 1000;
		desk->m.view.record[i].read = second(NOW_S);
	}
	desk->trace = STRBUF(desk->memory_of_trace);
}

static inline void desk_see(struct desk *desk, unsigned node, enum health health)
{
	struct history *history = &desk->m.view.node[node].history;
	if (health == HEALTH_DOWN && history->health != HEALTH_DOWN)
		history->doubt_since = history->evidence = desk_now(desk);
	if (health == HEALTH_UP && history->health != HEALTH_UP)
		history->ok_since = desk_now(desk);
	see_myself(&desk->m, node, health, desk->now_ms / 1000);
}

static inline void desk_claim(struct desk *desk)
{
	struct claim_view *claim = &desk->m.view.claim;
	const struct decision *d = &desk->d;
	bool other = claim->held && d->claim && claim->failed != d->claim_failed;

	if (claim->held && (!d->claim || other)) {
		desk->m.view.record[other_node(claim->failed)].sent = NEVER;
		claim->held = false;
	}
	if (claim->held || !d->claim || desk->claim_is_taken)
		return;
	*claim = (struct claim_view) { true, d->claim_failed, desk_now(desk) };
	desk->m.view.record[other_node(claim->failed)].read = desk_now(desk);
}

static inline void desk_write(struct desk *desk)
{
	const struct record_order *order = &desk->d.record;
	struct record *record = &desk->m.view.record[order->recorder];
	bool same = record->epoch == order->epoch && record->stage == order->stage &&
		    record->runs == order->runs && !instant_before(record->sent, order->after);

	if (!order->wanted || same || !desk->m.view.claim.held)
		return;
	if (order->stage == STAGE_CLAIMED)
		record->started_us = order->started_us;
	record->epoch = order->epoch;
	record->stage = order->stage;
	record->runs = order->runs;
	record->read = record->sent = desk_now(desk);
	record->until_ms = desk->now_ms;
	strbuf_printf(&desk->trace, "%" PRId64 " written: %s, epoch %" PRIu64 ", run %u%s\n",
		      desk->now_ms, stage_name(record->stage), record->epoch, record->runs,
		      order->success ? ", success" : "");
}

static inline void desk_tell(struct desk *desk, const struct action *action)
{
	strbuf_printf(&desk->trace, "%" PRId64 " %s by %s%s\n", desk->now_ms,
		      event_type(action->event)->name, action->rule,
		      action->confirmed ? ", confirmed" : "");
	if (action->event == EVENT_BDR_FAILOVER)
		desk->m.view.run[action->node] = (struct run_view) { .state = RUN_RUNNING,
								     .epoch = action->epoch,
								     .run = action->run };
}

/* Decide once, AFTER_MS later; what I see of the nodes is renewed. */
static inline void desk_turn(struct desk *desk, int64_t after_ms)
{
	desk->now_ms += after_ms;
	desk->m.view.made = desk_now(desk);
	for (unsigned i = 0; i < NODES; i++)
		desk->m.view.node[i].last.asked = desk_now(desk);
	decide(&desk->m.memory, &desk->m.view, &desk->m.policy, &desk->d);
	if (desk->d.node[X].stage_changed)
		strbuf_printf(&desk->trace, "%" PRId64 " %s\n", desk->now_ms,
			      desk->d.node[X].stage->name);
	for (unsigned i = 0; i < desk->d.actions; i++)
		desk_tell(desk, &desk->d.action[i]);
	if (desk->deaf)
		return;
	desk_claim(desk);
	desk_write(desk);
	if (desk->d.activate[X])
		desk->m.view.node[X].active = desk_now(desk);
}

/* Decide COUNT times, 10 ms apart. */
static inline void desk_run(struct desk *desk, unsigned count)
{
	while (count-- > 0)
		desk_turn(desk, 10);
}

/* How many events of this kind the last decision told. */
static inline unsigned told(const struct desk *desk, enum event_kind event)
{
	unsigned count = 0;
	for (unsigned i = 0; i < desk->d.actions; i++)
		count += desk->d.action[i].event == event;
	return count;
}

#endif
