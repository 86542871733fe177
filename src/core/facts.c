/* SPDX-License-Identifier: PostgreSQL */
/* From all that is seen to the facts that the node rules go by. */
#include "bdrmon/rules.h"

#include <assert.h>

/* What all facts about one node are taken from. */
struct matter {
	const struct memory *memory;
	const struct view *view;
	const struct decide_policy *policy;
	const struct votes *votes; /* about the subject */
	const struct votes *other_votes;
	unsigned subject, other;
	struct instant since; /* my claim */
};

static unsigned yes_no(bool yes)
{
	return yes ? YES : NO;
}

static bool until(const struct matter *m, struct instant end)
{
	return instant_before(m->view->made, end);
}

static bool readmitted(const struct matter *m)
{
	return until(m, m->view->word.readmit_until[m->subject]);
}

static bool faulty(const struct observation *o)
{
	return outcome_class(o->last.outcome) == CLASS_FAULT;
}

static enum fact_failed failed_fact(const struct matter *m)
{
	const struct record *record = &m->view->record[m->other];
	if (m->memory->node[m->subject].failed)
		return FAILED_DONE;
	if (!record_open(record))
		return FAILED_NO;
	return record->stage == STAGE_DONE ? FAILED_DONE : FAILED_OPEN;
}

/* Up; but an open failure makes a node recovering for every monitor, also for one that
 * started later and has not seen it down. */
static enum fact_subject up_fact(const struct matter *m)
{
	const struct observation *o = &m->view->node[m->subject];
	bool held = ms_between(o->history.ok_since, m->view->made) >=
		    m->policy->health.recovery_hold_ms;

	if (faulty(o))
		return SUBJECT_FAULTY;
	if (failed_fact(m) != FAILED_NO && !held && !readmitted(m))
		return SUBJECT_RECOVERING;
	return SUBJECT_UP;
}

static enum fact_subject suspect_fact(const struct matter *m)
{
	const struct observation *o = &m->view->node[m->subject];
	bool starting = outcome_class(o->last.outcome) == CLASS_TRANSIENT &&
			o->history.tries >= m->policy->health.attempts;
	return starting ? SUBJECT_STARTING : SUBJECT_SUSPECT;
}

static enum fact_subject subject_fact(const struct matter *m)
{
	switch (view_health(m->view, m->subject, m->policy)) {
	case HEALTH_UP:
		return up_fact(m);
	case HEALTH_RECOVERING:
		return readmitted(m) ? SUBJECT_UP : SUBJECT_RECOVERING;
	case HEALTH_SUSPECT:
		return suspect_fact(m);
	case HEALTH_DOWN:
		return SUBJECT_DOWN;
	default:
		return SUBJECT_UNKNOWN;
	}
}

/* It answers, but can it take over? A node that has no connection left can, if I hold one:
 * whether applications get in is for their proxies to see. */
static bool unusable(const struct matter *m)
{
	const struct observation *o = &m->view->node[m->other];
	bool full = o->last.outcome == OUTCOME_TOO_MANY_CONNECTIONS;
	return faulty(o) && !(full && m->policy->claims);
}

static enum fact_other other_fact(const struct matter *m)
{
	const struct observation *o = &m->view->node[m->other];
	struct instant evidence = m->view->node[m->subject].history.evidence;
	enum health health = view_health(m->view, m->other, m->policy);
	bool failed = failure_open(m->memory, m->view->record, m->other);

	if (health == HEALTH_DOWN)
		return OTHER_DOWN;
	if ((health != HEALTH_UP && health != HEALTH_RECOVERING) || unusable(m))
		return OTHER_UNUSABLE;
	if (instant_before(o->last.asked, instant_later(evidence, m->since)))
		return OTHER_UP_BEFORE;
	return health == HEALTH_RECOVERING || failed ? OTHER_RECOVERING : OTHER_UP;
}

static enum fact_others others_fact(const struct matter *m)
{
	const struct votes *both[] = { m->votes, m->other_votes };
	enum fact_others others = OTHERS_SILENT;

	for (unsigned v = 0; v < NODES; v++) {
		for (unsigned i = 0; i < both[v]->count; i++) {
			const struct testimony *t = &both[v]->testimony[i];
			if (t->vantage != VANTAGE_PEER && t->vantage != VANTAGE_PROXY)
				continue;
			if (t->voice >= VOICE_UP_BEFORE)
				return OTHERS_SEE_UP;
			if (t->voice != VOICE_SILENT && t->domain != m->policy->layout.me)
				others = OTHERS_AGREE;
		}
	}
	return others;
}

/* The operator's word is about a node that is down: it does not keep it failed when it is back. */
static bool ordered(const struct matter *m)
{
	return until(m, m->view->word.failover_until[m->subject]) &&
	       view_health(m->view, m->subject, m->policy) == HEALTH_DOWN;
}

/* By what right, if the domains of SET consent. */
static enum fact_mandate mandate_by(const struct matter *m, domain_set set)
{
	if (ordered(m) || votes_majority(m->votes, set))
		return MANDATE_MAJORITY;
	bool act = m->policy->act_without_majority && votes_reach(m->votes, set);
	return act ? MANDATE_ACT : MANDATE_NONE;
}

static enum fact_mandate mandate_fact(const struct matter *m)
{
	return mandate_by(m, m->votes->says[VOICE_CONSENTS]);
}

/* It replicated before the claim, and since it is back; whether it does now is asked just now. */
static bool level_awaited(const struct matter *m)
{
	const struct observation *o = &m->view->node[m->subject];
	bool up = view_health(m->view, m->subject, m->policy) == HEALTH_UP;
	bool lately = !instant_before(o->level, o->history.ok_since) &&
		      ms_between(o->level, m->view->made) <= m->policy->stale_ms;

	return m->policy->watches_links && up && lately && instant_before(o->level, m->since);
}

/* Evidence that counts is older than it must be, or not complete; each has its own end: it
 * is renewed, or becomes stale. */
static bool awaited(const struct matter *m)
{
	const domain_set *says = m->votes->says;
	const struct observation *o = &m->view->node[m->subject];

	if (instant_before(o->last.asked, m->since)) /* my own, under the claim */
		return true;
	if (level_awaited(m))
		return true;
	if (view_health(m->view, m->subject, m->policy) != HEALTH_DOWN)
		return false;
	if (other_fact(m) == OTHER_UP_BEFORE)
		return true;
	if (says[VOICE_VETOES] != 0)
		return false;
	if (says[VOICE_UP_BEFORE] != 0)
		return true;
	/* who is not sure yet may make it up */
	return mandate_fact(m) == MANDATE_NONE &&
	       mandate_by(m, says[VOICE_CONSENTS] | says[VOICE_UNSURE]) != MANDATE_NONE;
}

/* It replicates again since it is back, and still does under the claim. */
static bool level(const struct matter *m)
{
	const struct observation *o = &m->view->node[m->subject];
	struct instant back = instant_later(o->history.ok_since, m->since);
	return !m->policy->watches_links || readmitted(m) || !instant_before(o->level, back);
}

static bool overdue(const struct matter *m)
{
	const struct observation *o = &m->view->node[m->subject];
	int64_t limit_ms = m->policy->recovery_timeout_ms;
	return limit_ms != 0 && ms_between(o->history.ok_since, m->view->made) >= limit_ms;
}

static bool ours(const struct decide_policy *policy, unsigned subject)
{
	bool restricted = false;
	for (unsigned i = 0; i < NODES; i++)
		restricted = restricted || policy->only[i];
	return !restricted || policy->only[subject];
}

static bool flapping(const struct matter *m)
{
	unsigned recent = 0;
	for (unsigned i = 0; i < NODES; i++)
		recent += m->view->record[i].recent;
	return m->policy->max_failovers != 0 && recent >= m->policy->max_failovers &&
	       !until(m, m->view->word.ack_until);
}

struct facts view_facts(const struct memory *memory, const struct view *view,
			const struct votes votes[NODES], unsigned subject,
			const struct decide_policy *policy)
{
	assert(subject < NODES);
	const struct operator_word *word = &view->word;
	const struct matter matter = {
		.memory = memory,
		.view = view,
		.policy = policy,
		.votes = &votes[subject],
		.other_votes = &votes[other_node(subject)],
		.subject = subject,
		.other = other_node(subject),
		.since = votes_since(view, subject),
	};
	const struct matter *m = &matter;
	return (struct facts) {
		.awake = yes_no(!instant_is_set(memory->late)),
		.paused = yes_no(until(m, word->paused_until) || word->maintenance[subject]),
		.rival = yes_no(view->rival),
		.crowded = yes_no(view->crowded),
		.both_seen = yes_no(memory->node[0].seen_up && memory->node[1].seen_up),
		.failed = failed_fact(m),
		.subject = subject_fact(m),
		.level = yes_no(level(m)),
		.overdue = yes_no(overdue(m)),
		.other = other_fact(m),
		.others = others_fact(m),
		.awaited = yes_no(awaited(m)),
		.vetoed = yes_no(matter.votes->says[VOICE_VETOES] != 0),
		.forced = yes_no(ordered(m) && word->force[subject]),
		.mandate = mandate_fact(m),
		.ours = yes_no(ours(policy, subject)),
		.flapping = yes_no(flapping(m)),
	};
}
