/* SPDX-License-Identifier: PostgreSQL */
#include "bdrmon/stages.h"

#include "bdrmon/lookup.h"
#include "match.h"

#define IS(verdict) (1u << VERDICT_##verdict)
#define TO_HOLD     (IS(HOLD) | IS(ASK))

static const struct stage_rule rules[] = {
	/* Nobody to agree with. */
	{ .name = "at_once",
	  .when = { .claim = CLAIM_NEEDLESS, .verdict = IS(FAILOVER) },
	  .then = DEED_AT_ONCE,
	  .why = "no claim is configured" },
	{ .name = "recovered",
	  .when = { .claim = CLAIM_NEEDLESS, .verdict = IS(RECOVER) },
	  .then = DEED_RECOVERED,
	  .why = "no claim is configured" },
	{ .name = "claim",
	  .when = { .claim = CLAIM_FREE, .verdict = IS(FAILOVER) | IS(RECOVER) },
	  .then = DEED_CLAIM,
	  .why = "only one monitor acts: the one that has the claim" },
	{ .name = "idle",
	  .when = { .claim = CLAIM_NEEDLESS | CLAIM_FREE },
	  .then = DEED_NOTHING,
	  .why = "there is nothing to be done" },
	/* From here on I have the claim. */
	{ .name = "read",
	  .when = { .known = NO },
	  .then = DEED_KEEP,
	  .why = "the record is read again: its last writer had the claim before me" },
	/* The command first: it runs, whatever is seen now. */
	{ .name = "running",
	  .when = { .run = RUN_IS_MINE },
	  .then = DEED_KEEP,
	  .why = "the command is running" },
	{ .name = "done",
	  .when = { .run = RUN_IS_OVER },
	  .then = DEED_DONE,
	  .why = "the command has ended" },
	{ .name = "foreign",
	  .when = { .run = RUN_IS_FOREIGN, .verdict = IS(FAILOVER) | IS(RECOVER) },
	  .then = DEED_KEEP,
	  .why = "another monitor's command may be running until its deadline" },
	{ .name = "abandon",
	  .when = { .record = RECORD_CLAIMED | RECORD_COMMANDED,
		    .run = RUN_IS_NONE | RUN_IS_READY,
		    .verdict = TO_HOLD | IS(RECOVER) },
	  .then = DEED_ABANDON,
	  .why = "a second look does not confirm the failure, and no command was started" },
	{ .name = "look",
	  .when = { .verdict = IS(WAIT) },
	  .then = DEED_KEEP,
	  .why = "everything is looked at again, by evidence younger than the claim" },
	/* Failover: a step for each stage. */
	{ .name = "record",
	  .when = { .verdict = IS(FAILOVER), .record = RECORD_NONE },
	  .then = DEED_RECORD,
	  .why = "a second look confirms the failure" },
	{ .name = "command",
	  .when = { .verdict = IS(FAILOVER), .record = RECORD_CLAIMED },
	  .then = DEED_COMMAND,
	  .why = "the failure is recorded" },
	{ .name = "renew",
	  .when = { .verdict = IS(FAILOVER), .run = RUN_IS_READY, .fresh = NO },
	  .then = DEED_RENEW,
	  .why = "the deadline in the record was set too long ago" },
	{ .name = "run",
	  .when = { .verdict = IS(FAILOVER), .run = RUN_IS_READY },
	  .then = DEED_RUN,
	  .why = "the last look confirms the failure" },
	{ .name = "takeover",
	  .when = { .verdict = IS(FAILOVER), .run = RUN_IS_PAST, .again = YES },
	  .then = DEED_COMMAND,
	  .why = "whoever began the command did not end it" },
	{ .name = "in_vain",
	  .when = { .verdict = IS(FAILOVER), .run = RUN_IS_PAST },
	  .then = DEED_DONE,
	  .why = "the command has been begun as often as it may be" },
	/* Recovery: the row is closed last. */
	{ .name = "activate",
	  .when = { .verdict = IS(RECOVER),
		    .record = RECORD_COMMANDED | RECORD_DONE,
		    .active = NO },
	  .then = DEED_ACTIVATE,
	  .why = "the failed node has recovered" },
	{ .name = "close",
	  .when = { .verdict = IS(RECOVER), .record = RECORD_COMMANDED | RECORD_DONE },
	  .then = DEED_CLOSE,
	  .why = "the failed node has recovered, and both nodes say so" },
	{ .name = "release", .then = DEED_RELEASE, .why = "there is nothing left to be done" },
};

const struct stage_rule *stages_table(unsigned *count)
{
	*count = ARRAY_LEN(rules);
	return rules;
}

const struct stage_rule *stages_match(const struct stage_facts *facts)
{
	const struct stage_rule *rule = rules;
	while (!FACTS_HOLD(&rule->when, facts)) {
		rule++;
		assert(rule < rules + ARRAY_LEN(rules)); /* the last rule holds for all */
	}
	return rule;
}

static enum fact_claim claim_fact(const struct view *view, unsigned subject,
				  const struct decide_policy *policy)
{
	if (!policy->claims)
		return CLAIM_NEEDLESS;
	return view->claim.held && view->claim.failed == subject ? CLAIM_MINE : CLAIM_FREE;
}

static enum fact_record record_fact(const struct record *record)
{
	switch (record->stage) {
	case STAGE_CLAIMED:
		return RECORD_CLAIMED;
	case STAGE_COMMANDED:
		return RECORD_COMMANDED;
	case STAGE_DONE:
		return RECORD_DONE;
	default:
		return RECORD_NONE;
	}
}

/* What has become of the run in RECORD, if it is one that I have started. */
static enum fact_run own_run(const struct run_view *run, const struct record *record)
{
	bool reported = run->epoch == record->epoch && run->run == record->runs;
	if (reported && run->state == RUN_ENDED)
		return RUN_IS_OVER;
	if (reported && run->state == RUN_AGAIN)
		return RUN_IS_PAST;
	return RUN_IS_MINE;
}

static enum fact_run run_fact(const struct memory *memory, const struct view *view,
			      unsigned subject, const struct decide_policy *policy)
{
	const struct record *record = &view->record[other_node(subject)];
	const struct node_memory *mine = &memory->node[subject];

	if (record->stage != STAGE_COMMANDED)
		return RUN_IS_NONE;
	if (mine->started == record->epoch && mine->started_run == record->runs)
		return own_run(&view->run[subject], record);
	if (instant_is_set(record->sent))
		return RUN_IS_READY;
	/* Its deadline by my own clock: the recorder's may have been set. */
	bool past = ms_between(mine->run.seen, view->made) >= policy->command_ms + policy->lease_ms;
	return past ? RUN_IS_PAST : RUN_IS_FOREIGN;
}

struct stage_facts stage_facts(const struct memory *memory, const struct view *view,
			       enum verdict verdict, unsigned subject,
			       const struct decide_policy *policy)
{
	const struct record *record = &view->record[other_node(subject)];
	struct instant since = votes_since(view, subject);
	bool fresh = ms_between(record->sent, view->made) < policy->lease_ms / 2;

	return (struct stage_facts) {
		.verdict = 1u << verdict,
		.claim = claim_fact(view, subject, policy),
		.known = instant_before(record->read, since) ? NO : YES,
		.record = record_fact(record),
		.run = run_fact(memory, view, subject, policy),
		.fresh = fresh ? YES : NO,
		.again = record->runs < RUNS_MAX ? YES : NO,
		.active = instant_before(view->node[subject].active,
					 instant_later(since, record->sent))
				  ? NO
				  : YES,
	};
}
