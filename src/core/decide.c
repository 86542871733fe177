/* SPDX-License-Identifier: PostgreSQL */
#include "bdrmon/decide.h"

#include <assert.h>

static void add_action(struct decision *decision, struct action action)
{
	assert(decision->actions < ACTIONS_MAX);
	decision->action[decision->actions++] = action;
}

/* Notice that I was not running when I should have been, and when a full round of
 * questions has been answered since. */
static void watch_myself(struct memory *memory, const struct view *view,
			 const struct decide_policy *policy)
{
	if (instant_is_set(memory->again) &&
	    ms_between(memory->again, view->made) > policy->tilt_ms)
		memory->late = view->made;
	if (!instant_is_set(memory->late))
		return;
	bool round = true;
	for (unsigned i = 0; i < NODES; i++)
		round = round && !instant_before(view->node[i].last.asked, memory->late);
	if (round || ms_between(memory->late, view->made) > 2 * policy->stale_ms)
		memory->late = NEVER;
}

static void tell_reconnect(struct node_memory *memory, const struct view *view, unsigned node,
			   struct decision *decision)
{
	const struct history *history = &view->node[node].history;
	if (history->reconnects == memory->reconnects)
		return;
	memory->reconnects = history->reconnects;
	if (memory->failed) /* its recovery will be told instead */
		return;
	add_action(decision, (struct action) { .event = EVENT_BDR_RECONNECT,
					       .node = node,
					       .rule = decision->rule[node],
					       .after_ms = history->reconnect_ms });
}

static void act(struct memory *memory, const struct view *view, const struct facts *facts,
		unsigned node, struct decision *decision)
{
	const struct rule *rule = decision->rule[node];
	const struct history *history = &view->node[node].history;
	struct node_memory *mine = &memory->node[node];

	switch (rule->then) {
	case VERDICT_HOLD:
		break;
	case VERDICT_ASK:
		decision->ask[1 - node] = history->evidence;
		break;
	case VERDICT_FAILOVER:
		mine->failed = true;
		mine->failed_since = history->doubt_since;
		add_action(decision,
			   (struct action) {
				   .event = EVENT_BDR_FAILOVER,
				   .node = node,
				   .rule = rule,
				   .confirmed = facts->majority == YES,
				   .after_ms = ms_between(history->doubt_since, view->made),
			   });
		break;
	case VERDICT_RECOVER:
		mine->failed = false;
		add_action(decision, (struct action) {
					     .event = EVENT_BDR_RECOVERY,
					     .node = node,
					     .rule = rule,
					     .after_ms = ms_between(mine->failed_since, view->made),
				     });
		break;
	}
}

static const struct rule *without_pause(struct facts facts)
{
	facts.paused = NO;
	return rules_match(&facts);
}

void decide(struct memory *memory, const struct view *view, const struct decide_policy *policy,
	    struct decision *decision)
{
	*decision = (struct decision) { .again = instant_add_ms(view->made, DECIDE_AGAIN_MS) };
	watch_myself(memory, view, policy);
	for (unsigned i = 0; i < NODES; i++)
		memory->node[i].seen_up |= view->node[i].last.outcome == OUTCOME_OK;

	for (unsigned i = 0; i < NODES; i++) {
		struct facts facts = view_facts(memory, view, i, policy);
		decision->rule[i] = rules_match(&facts);
		decision->would[i] = without_pause(facts);
		decision->rule_changed[i] = decision->rule[i] != memory->node[i].rule;
		memory->node[i].rule = decision->rule[i];
		act(memory, view, &facts, i, decision);
		tell_reconnect(&memory->node[i], view, i, decision);
	}
	memory->again = decision->again;
}
