/* SPDX-License-Identifier: PostgreSQL */
#include "bdrmon/decide.h"

#include "bdrmon/lookup.h"

#include <assert.h>

#define SUBJECT_ANSWERS (SUBJECT_UP | SUBJECT_FAULTY | SUBJECT_RECOVERING)

static const struct rule rules[] = {
	{ .name = "late",
	  .when = { .awake = NO },
	  .then = VERDICT_HOLD,
	  .alarm = true,
	  .why = "this monitor was stopped for a while and looks at both nodes anew first" },
	{ .name = "paused",
	  .when = { .paused = YES },
	  .then = VERDICT_HOLD,
	  .why = "this monitor is paused" },
	{ .name = "rival",
	  .when = { .rival = YES },
	  .then = VERDICT_HOLD,
	  .alarm = true,
	  .why = "a repmgrd watches the same nodes, and this monitor leaves it to that one" },
	{ .name = "never_seen",
	  .when = { .both_seen = NO },
	  .then = VERDICT_HOLD,
	  .why = "not each node has been seen up once" },
	{ .name = "recovery",
	  .when = { .failed = YES, .subject = SUBJECT_UP },
	  .then = VERDICT_RECOVER,
	  .why = "the failed node has been up for recovery_hold" },
	{ .name = "already",
	  .when = { .failed = YES },
	  .then = VERDICT_HOLD,
	  .why = "its failure has been dealt with, and it has not recovered" },
	{ .name = "isolated",
	  .when = { .subject = SUBJECT_DOWN, .other = OTHER_DOWN },
	  .then = VERDICT_HOLD,
	  .alarm = true,
	  .why = "both nodes are down as seen from here; this monitor may be cut off" },
	{ .name = "well",
	  .when = { .subject = SUBJECT_ANSWERS },
	  .then = VERDICT_HOLD,
	  .why = "it answers" },
	{ .name = "doubt",
	  .when = { .subject = SUBJECT_SUSPECT },
	  .then = VERDICT_ASK,
	  .why = "it may have failed; the remaining attempts will tell" },
	{ .name = "unseen",
	  .when = { .subject = SUBJECT_UNKNOWN },
	  .then = VERDICT_HOLD,
	  .why = "what is known of it is too old" },
	/* From here on the subject is down. */
	{ .name = "asking",
	  .when = { .other = OTHER_UP_BEFORE },
	  .then = VERDICT_ASK,
	  .why = "the other node was up, but that was before this one failed: it is asked again" },
	{ .name = "no_target",
	  .when = { .other = OTHER_DOWN | OTHER_UNUSABLE },
	  .then = VERDICT_ASK,
	  .alarm = true,
	  .why = "it is down, and the other node cannot take over" },
	{ .name = "no_majority",
	  .when = { .majority = NO, .may_act = NO },
	  .then = VERDICT_HOLD,
	  .alarm = true,
	  .why = "it is down as seen from here, nobody confirms it, and on_no_quorum is \"wait\"" },
	{ .name = "target_unfit",
	  .when = { .other = OTHER_RECOVERING, .majority = NO },
	  .then = VERDICT_ASK,
	  .alarm = true,
	  .why = "it is down, nobody confirms it, and the other node has not recovered yet" },
	{ .name = "not_ours",
	  .when = { .ours = NO },
	  .then = VERDICT_HOLD,
	  .alarm = true,
	  .why = "it is down, and with bdr_local_monitoring_only that is for its own monitor" },
	{ .name = "failover",
	  .then = VERDICT_FAILOVER,
	  .alarm = true,
	  .why = "it is down and the other node is up" },
};

const struct rule *rules_table(unsigned *count)
{
	*count = ARRAY_LEN(rules);
	return rules;
}

static bool holds(unsigned condition, unsigned fact)
{
	assert(fact != 0 && (fact & (fact - 1)) == 0); /* one bit */
	return condition == 0 || (condition & fact) != 0;
}

static bool rule_holds(const struct facts *when, const struct facts *f)
{
	return holds(when->awake, f->awake) && holds(when->paused, f->paused) &&
	       holds(when->rival, f->rival) && holds(when->both_seen, f->both_seen) &&
	       holds(when->failed, f->failed) && holds(when->subject, f->subject) &&
	       holds(when->other, f->other) && holds(when->majority, f->majority) &&
	       holds(when->may_act, f->may_act) && holds(when->ours, f->ours);
}

const struct rule *rules_match(const struct facts *facts)
{
	const struct rule *rule = rules;
	while (!rule_holds(&rule->when, facts)) {
		rule++;
		assert(rule < rules + ARRAY_LEN(rules)); /* the last rule holds for all */
	}
	return rule;
}
