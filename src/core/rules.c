/* SPDX-License-Identifier: PostgreSQL */
#include "bdrmon/rules.h"

#include "bdrmon/lookup.h"
#include "match.h"

#define SUBJECT_ANSWERS (SUBJECT_UP | SUBJECT_FAULTY | SUBJECT_RECOVERING)
#define TELLS(kind)     .tells = true, .event = (kind)

static const struct rule rules[] = {
	{ .name = "late",
	  .when = { .awake = NO },
	  .then = VERDICT_HOLD,
	  .alarm = true,
	  .why = "this monitor was stopped for a while and looks at everything anew first" },
	{ .name = "paused",
	  .when = { .paused = YES },
	  .then = VERDICT_HOLD,
	  .why = "this monitor is paused" },
	{ .name = "rival",
	  .when = { .rival = YES },
	  .then = VERDICT_HOLD,
	  .alarm = true,
	  .why = "a repmgrd watches the same nodes, and this monitor leaves it to that one" },
	{ .name = "crowded",
	  .when = { .crowded = YES },
	  .then = VERDICT_HOLD,
	  .alarm = true,
	  .why = "there are more than two nodes, and nothing says which one takes over" },
	{ .name = "never_seen",
	  .when = { .both_seen = NO },
	  .then = VERDICT_HOLD,
	  .why = "not each node has been seen up once" },
	{ .name = "returning",
	  .when = { .failed = FAILED_OPEN | FAILED_DONE, .subject = SUBJECT_UP, .awaited = YES },
	  .then = VERDICT_WAIT,
	  .why = "the failed node is up; it is asked again under the claim" },
	{ .name = "recovery",
	  .when = { .failed = FAILED_OPEN | FAILED_DONE,
		    .subject = SUBJECT_UP,
		    .level = YES,
		    .mandate = MANDATE_NONE | MANDATE_ACT },
	  .then = VERDICT_RECOVER,
	  .why = "the failed node has been up for recovery_hold" },
	{ .name = "overdue",
	  .when = { .failed = FAILED_DONE, .subject = SUBJECT_UP, .overdue = YES },
	  .then = VERDICT_HOLD,
	  .alarm = true,
	  .why = "the failed node has been up for bdr_recovery_timeout, and has not recovered" },
	{ .name = "already",
	  .when = { .failed = FAILED_DONE },
	  .then = VERDICT_HOLD,
	  .why = "its failure has been dealt with, and it has not recovered" },
	{ .name = "isolated",
	  .when = { .subject = SUBJECT_DOWN, .other = OTHER_DOWN, .others = OTHERS_SILENT },
	  .then = VERDICT_HOLD,
	  .alarm = true,
	  TELLS(EVENT_BDR_NO_FAILOVER),
	  .why = "both nodes are down as seen from here; this monitor may be cut off" },
	{ .name = "all_down",
	  .when = { .subject = SUBJECT_DOWN, .other = OTHER_DOWN, .others = OTHERS_AGREE },
	  .then = VERDICT_HOLD,
	  .alarm = true,
	  TELLS(EVENT_BDR_NO_FAILOVER),
	  .why = "both nodes are down, and nobody sees one of them up" },
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
	{ .name = "starting",
	  .when = { .subject = SUBJECT_STARTING },
	  .then = VERDICT_HOLD,
	  .why = "it says that it is starting or stopping, for less than restart_grace" },
	/* From here on the subject is down. */
	{ .name = "no_target",
	  .when = { .other = OTHER_DOWN | OTHER_UNUSABLE },
	  .then = VERDICT_ASK,
	  .alarm = true,
	  .why = "it is down, and the other node cannot take over" },
	{ .name = "asking",
	  .when = { .awaited = YES },
	  .then = VERDICT_WAIT,
	  .why = "what counts was seen before it failed, or before the claim: it is asked again" },
	{ .name = "vetoed",
	  .when = { .vetoed = YES, .forced = NO },
	  .then = VERDICT_HOLD,
	  .alarm = true,
	  TELLS(EVENT_BDR_PARTITION),
	  .why = "it is down as seen from here, and somebody else sees it up" },
	{ .name = "no_majority",
	  .when = { .mandate = MANDATE_NONE },
	  .then = VERDICT_HOLD,
	  .alarm = true,
	  TELLS(EVENT_BDR_NO_FAILOVER),
	  .why = "it is down as seen from here, and no majority of failure domains confirms it" },
	{ .name = "target_unfit",
	  .when = { .other = OTHER_RECOVERING, .mandate = MANDATE_ACT },
	  .then = VERDICT_ASK,
	  .alarm = true,
	  TELLS(EVENT_BDR_NO_FAILOVER),
	  .why = "it is down, nobody confirms it, and the other node has not recovered yet" },
	{ .name = "not_ours",
	  .when = { .ours = NO },
	  .then = VERDICT_HOLD,
	  .alarm = true,
	  .why = "it is down, and with bdr_local_monitoring_only that is for its own monitor" },
	{ .name = "flapping",
	  .when = { .flapping = YES },
	  .then = VERDICT_HOLD,
	  .alarm = true,
	  TELLS(EVENT_BDR_NO_FAILOVER),
	  .why = "it is down again after max_failovers within max_failovers_within: waits for "
		 "ack" },
	{ .name = "failover",
	  .then = VERDICT_FAILOVER,
	  .alarm = true,
	  .why = "it is down and the other node is up" },
};

static const char *const verdicts[VERDICTS] = {
	[VERDICT_HOLD] = "hold",         [VERDICT_ASK] = "ask",         [VERDICT_WAIT] = "wait",
	[VERDICT_FAILOVER] = "failover", [VERDICT_RECOVER] = "recover",
};

_Static_assert(ARRAY_LEN(rules) <= 32, "node_memory.told has 32 bits");

const char *verdict_name(enum verdict verdict)
{
	assert(verdict < ARRAY_LEN(verdicts));
	return verdicts[verdict];
}

const struct rule *rules_table(unsigned *count)
{
	*count = ARRAY_LEN(rules);
	return rules;
}

const struct rule *rules_match(const struct facts *facts)
{
	const struct rule *rule = rules;
	while (!FACTS_HOLD(&rule->when, facts)) {
		rule++;
		assert(rule < rules + ARRAY_LEN(rules)); /* the last rule holds for all */
	}
	return rule;
}
