/* SPDX-License-Identifier: PostgreSQL */
#include "bdrmon/decide.h"

#include "orders.h"

/* Notice that I was not running when I should have been, and when a full round of
 * questions has ended since. */
static void watch_myself(struct memory *memory, const struct view *view,
			 const struct decide_policy *policy)
{
	bool late = instant_is_set(memory->again) &&
		    ms_between(memory->again, view->made) > policy->tilt_ms;
	if (late || view->stepped)
		memory->late = view->made;
	if (!instant_is_set(memory->late))
		return;
	bool round = true;
	for (unsigned i = 0; i < NODES; i++)
		round = round && !instant_before(view->node[i].last.asked, memory->late);
	for (unsigned i = 0; i < policy->layout.proxies; i++)
		round = round && !instant_before(view->proxy[i].looked, memory->late);
	if (!round && ms_between(memory->late, view->made) <= 2 * policy->stale_ms)
		return;
	memory->late = NEVER;
	memory->awake = view->made;
}

static void take_higher(uint64_t *highest, uint64_t epoch)
{
	if (epoch > *highest)
		*highest = epoch;
}

/* The highest epoch that can be read anywhere. */
static void watch_epochs(struct memory *memory, const struct view *view,
			 const struct decide_policy *policy)
{
	for (unsigned i = 0; i < NODES; i++)
		take_higher(&memory->epoch, view->record[i].epoch);
	for (unsigned i = 0; i < policy->layout.proxies; i++)
		take_higher(&memory->epoch, view->proxy[i].file.epoch);
	for (unsigned i = 0; i < policy->layout.arbiters; i++)
		take_higher(&memory->epoch, view->arbiter[i].key.epoch);
}

static struct instant doubt_or_now(const struct view *view, unsigned node)
{
	struct instant doubt = view_doubt(view, node);
	return instant_is_set(doubt) ? doubt : view->made;
}

/* What is recorded of the failure of NODE. A run that somebody has ordered is counted from
 * when I see it first. */
static void watch_failure(struct memory *memory, const struct view *view, unsigned node)
{
	struct node_memory *mine = &memory->node[node];
	const struct record *record = &view->record[other_node(node)];
	struct foreign_run *run = &mine->run;
	bool same = run->epoch == record->epoch && run->run == record->runs &&
		    run->until_ms == record->until_ms;

	if (record->stage == STAGE_COMMANDED && !same)
		*run = (struct foreign_run) { record->epoch, record->runs, record->until_ms,
					      view->made };
	if (!failure_open(memory, view->record, node))
		mine->failed_since = NEVER;
	else if (!instant_is_set(mine->failed_since))
		mine->failed_since = doubt_or_now(view, node);
	if (!instant_is_set(votes_since(view, node)))
		mine->epoch = 0;
}

static void remember(struct memory *memory, const struct view *view,
		     const struct decide_policy *policy)
{
	watch_myself(memory, view, policy);
	watch_epochs(memory, view, policy);
	for (unsigned i = 0; i < NODES; i++) {
		memory->node[i].seen_up |= view->node[i].last.outcome == OUTCOME_OK;
		watch_failure(memory, view, i);
	}
}

static const struct rule *without_pause(struct facts facts)
{
	facts.paused = NO;
	return rules_match(&facts);
}

/* What holds for one node, and why. */
static void judge(struct memory *memory, const struct view *view,
		  const struct decide_policy *policy, unsigned node, struct decision *decision)
{
	struct node_memory *mine = &memory->node[node];
	struct explanation *why = &decision->node[node];

	why->rule = rules_match(&why->facts);
	why->would = why->facts.paused == YES ? without_pause(why->facts) : why->rule;
	why->rule_changed = why->rule != mine->rule;
	mine->rule = why->rule;
	why->stage_facts = stage_facts(memory, view, why->rule->then, node, policy);
	why->stage = stages_match(&why->stage_facts);
	why->stage_changed = why->stage != mine->stage_rule;
	mine->stage_rule = why->stage;
}

static void judge_proxy(struct memory *memory, const struct view *view,
			const struct decide_policy *policy, unsigned proxy,
			struct decision *decision)
{
	struct proxy_memory *mine = &memory->proxy[proxy];
	struct route_explanation *why = &decision->proxy[proxy];

	why->route = view_route(view, proxy, policy);
	if (why->route < NODES && why->route == view->word.route[proxy].to)
		mine->obeyed = view->word.route[proxy].until;
	why->facts = route_facts(memory, view, proxy, policy);
	why->rule = routes_match(&why->facts);
	why->rule_changed = why->rule != mine->rule;
	mine->rule = why->rule;
}

void decide(struct memory *memory, const struct view *view, const struct decide_policy *policy,
	    struct decision *decision)
{
	struct votes votes[NODES];
	const struct matter matter = { memory, view, policy, decision };

	*decision = (struct decision) {
		.made = view->made,
		.proxies = policy->layout.proxies,
		.again = instant_add_ms(view->made, DECIDE_AGAIN_MS),
	};
	remember(memory, view, policy);
	for (unsigned i = 0; i < NODES; i++)
		votes_count(&votes[i], memory, view, i, policy);
	for (unsigned i = 0; i < NODES; i++) {
		decision->node[i].votes = votes[i];
		decision->node[i].facts = view_facts(memory, view, votes, i, policy);
		judge(memory, view, policy, i, decision);
		order_node(&matter, i);
	}
	order_claim(&matter);
	order_arbiters(&matter);
	for (unsigned i = 0; i < policy->layout.proxies; i++) {
		judge_proxy(memory, view, policy, i, decision);
		order_proxy(&matter, i);
	}
	memory->again = decision->again;
}
