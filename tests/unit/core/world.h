/* SPDX-License-Identifier: PostgreSQL */
/* world.h - two nodes under a virtual clock, in which the core's real functions run as
 * the workers and the decider run them; what happens is written to a trace. */
#ifndef WORLD_H
#define WORLD_H

#include "bdrmon/decide.h"
#include "bdrmon/lookup.h"
#include "bdrmon/strbuf.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define START_MS   1000
#define TIMEOUT_MS 2000

/* From AT on NODE gives this outcome; with none its worker hangs. A node that stops giving ok
 * by anything but silence ends the held session at that moment. */
struct turn {
	int64_t at;
	unsigned node;
	enum outcome outcome;
};

struct actor {
	struct observation seen;
	enum outcome now; /* what the node would answer */
	bool probing;
	struct probe_result result; /* of the probe that runs */
	struct instant due;
};

struct world {
	struct decide_policy policy;
	struct actor node[NODES];
	struct memory memory;
	struct instant ask[NODES];
	char memory_of_trace[8192];
	struct strbuf trace;
	int64_t stopped_from, stopped_until; /* the monitor does not run */
};

static inline struct instant at_ms(int64_t ms)
{
	return (struct instant) { ms * 1000 };
}

static inline void world_begin(struct world *w, int64_t interval_ms, int attempts, int64_t pause_ms)
{
	*w = (struct world) {
		.policy = { .health = { .attempts = attempts,
					.attempt_interval_ms = pause_ms,
					.interval_ms = interval_ms,
					.restart_grace_ms = 30000,
					.recovery_hold_ms = 10000 },
			    .layout = { .me = 0, .node = { 1, 2 } },
			    .stale_ms = 2 * interval_ms + TIMEOUT_MS,
			    .tilt_ms = 2000,
			    .act_without_majority = true },
		.node = { { .now = OUTCOME_OK, .due = at_ms(START_MS) },
			  { .now = OUTCOME_OK, .due = at_ms(START_MS + interval_ms / 2) } },
	};
	w->trace = STRBUF(w->memory_of_trace);
}

static void begin_probe(struct actor *a, struct instant now)
{
	int64_t takes_ms = a->now == OUTCOME_NONE      ? INT32_MAX
			   : a->now == OUTCOME_TIMEOUT ? TIMEOUT_MS
						       : 1;
	a->probing = true;
	a->result =
		(struct probe_result) { .asked = now, .answered = instant_add_ms(now, takes_ms) };
}

static void step_actor(struct world *w, unsigned i, struct instant now)
{
	struct actor *a = &w->node[i];
	if (!a->probing &&
	    (!instant_before(now, a->due) || instant_before(a->seen.last.asked, w->ask[i])))
		begin_probe(a, now);
	if (!a->probing || instant_before(now, a->result.answered))
		return;
	a->probing = false;
	a->result.outcome = a->now;
	a->result.answered = now;
	a->seen.last = a->result;
	history_fold(&a->seen.history, &a->result, &w->policy.health);
	a->due = history_next(&a->seen.history, &w->policy.health, &a->result);
}

static void take_turn(struct world *w, const struct turn *turn, struct instant now)
{
	struct actor *a = &w->node[turn->node];
	bool cut = a->now == OUTCOME_OK && turn->outcome != OUTCOME_TIMEOUT &&
		   turn->outcome != OUTCOME_NONE && !a->probing;
	a->now = turn->outcome;
	if (cut) {
		history_doubt(&a->seen.history, now, true);
		a->due = now;
	}
}

static void step_decider(struct world *w, struct instant now)
{
	struct decision d;
	struct view view = { .made = now, .node = { w->node[0].seen, w->node[1].seen } };
	decide(&w->memory, &view, &w->policy, &d);
	for (unsigned i = 0; i < NODES; i++) {
		if (instant_is_set(d.ask[i]))
			w->ask[i] = d.ask[i];
		if (d.node[i].rule_changed)
			strbuf_printf(&w->trace, "%" PRId64 " %u %s\n", now.us / 1000, i,
				      d.node[i].rule->name);
	}
	for (unsigned i = 0; i < d.actions; i++)
		strbuf_printf(&w->trace, "%" PRId64 " %u %s%s after %" PRId64 "\n", now.us / 1000,
			      d.action[i].node, event_type(d.action[i].event)->name,
			      d.action[i].confirmed ? " confirmed" : "", d.action[i].after_ms);
}

/* Run the story in steps of a millisecond. */
static inline void run(struct world *w, const struct turn *turns, unsigned count, int64_t until_ms)
{
	unsigned next = 0;
	for (int64_t ms = START_MS; ms <= until_ms; ms++) {
		struct instant now = at_ms(ms);
		if (ms >= w->stopped_from && ms < w->stopped_until)
			continue;
		while (next < count && turns[next].at <= ms)
			take_turn(w, &turns[next++], now);
		for (unsigned i = 0; i < NODES; i++)
			step_actor(w, i, now);
		step_decider(w, now);
	}
	assert_false(w->trace.cut);
}

#define RUN(world, turns, until_ms) run((world), (turns), ARRAY_LEN(turns), (until_ms))

#endif
