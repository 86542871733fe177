/* SPDX-License-Identifier: PostgreSQL */
#include "bdrmon/decide.h"

#include <assert.h>

/* While a node is suspect its probes may be reconnect_interval apart. */
static bool observation_stale(const struct observation *o, struct instant now,
			      const struct decide_policy *policy)
{
	int64_t limit_ms = policy->stale_ms;
	if (o->history.health == HEALTH_SUSPECT)
		limit_ms += policy->health.attempt_interval_ms;
	return !instant_is_set(o->last.asked) || ms_between(o->last.asked, now) > limit_ms;
}

enum health view_health(const struct view *view, unsigned node, const struct decide_policy *policy)
{
	const struct observation *o = &view->node[node];
	return observation_stale(o, view->made, policy) ? HEALTH_UNKNOWN : o->history.health;
}

static bool faulty(const struct observation *o)
{
	return outcome_class(o->last.outcome) == CLASS_FAULT;
}

static enum fact_subject subject_fact(const struct view *view, unsigned node,
				      const struct decide_policy *policy)
{
	switch (view_health(view, node, policy)) {
	case HEALTH_UP:
		return faulty(&view->node[node]) ? SUBJECT_FAULTY : SUBJECT_UP;
	case HEALTH_RECOVERING:
		return SUBJECT_RECOVERING;
	case HEALTH_SUSPECT:
		return SUBJECT_SUSPECT;
	case HEALTH_DOWN:
		return SUBJECT_DOWN;
	default:
		return SUBJECT_UNKNOWN;
	}
}

static enum fact_other other_fact(const struct memory *memory, const struct view *view,
				  unsigned subject, const struct decide_policy *policy)
{
	unsigned other = 1 - subject;
	const struct observation *o = &view->node[other];
	enum health health = view_health(view, other, policy);

	if (health == HEALTH_DOWN)
		return OTHER_DOWN;
	if ((health != HEALTH_UP && health != HEALTH_RECOVERING) || faulty(o))
		return OTHER_UNUSABLE;
	if (instant_before(o->last.asked, view->node[subject].history.evidence))
		return OTHER_UP_BEFORE;
	return health == HEALTH_RECOVERING || memory->node[other].failed ? OTHER_RECOVERING
									 : OTHER_UP;
}

static unsigned yes_no(bool yes)
{
	return yes ? YES : NO;
}

static bool ours(const struct decide_policy *policy, unsigned subject)
{
	bool restricted = false;
	for (unsigned i = 0; i < NODES; i++)
		restricted = restricted || policy->only[i];
	return !restricted || policy->only[subject];
}

struct facts view_facts(const struct memory *memory, const struct view *view, unsigned subject,
			const struct decide_policy *policy)
{
	assert(subject < NODES);
	/* Two domains, the monitor's and the subject's own: with one monitor a majority is
	 * both, and the subject's own host consents by evidence that is conclusive. */
	bool consent = history_conclusive(&view->node[subject].history);
	return (struct facts) {
		.awake = yes_no(!instant_is_set(memory->late)),
		.paused = yes_no(instant_before(view->made, memory->paused_until)),
		.rival = yes_no(view->rival),
		.both_seen = yes_no(memory->node[0].seen_up && memory->node[1].seen_up),
		.failed = yes_no(memory->node[subject].failed),
		.subject = subject_fact(view, subject, policy),
		.other = other_fact(memory, view, subject, policy),
		.majority = yes_no(consent),
		.may_act = yes_no(policy->act_without_majority),
		.ours = yes_no(ours(policy, subject)),
	};
}
