/* SPDX-License-Identifier: PostgreSQL */
/* The stages of a failure, asked about every combination of facts. What must hold is stated
 * here in words of its own, not as a copy of the table. */
#include "combinations.h"
#include "matrix.h"

#include "bdrmon/stages.h"

static const struct stage_facts value_counts = { 5, 3, 2, 4, 6, 2, 2, 2 };
#define FACT_COUNT   (sizeof(struct stage_facts) / sizeof(unsigned))
#define COMBINATIONS (5 * 3 * 4 * 6 * 16)

#define IS(verdict) (1u << VERDICT_##verdict)

static bool writes(enum deed deed)
{
	return deed == DEED_RECORD || deed == DEED_COMMAND || deed == DEED_RENEW ||
	       deed == DEED_DONE || deed == DEED_ABANDON || deed == DEED_CLOSE;
}

/* A command belongs to the stage `commanded', and to no other. */
static bool consistent(const struct stage_facts *f)
{
	return (f->record == RECORD_COMMANDED) == (f->run != RUN_IS_NONE);
}

static bool mine(const struct stage_facts *f)
{
	return f->claim == CLAIM_MINE && f->known == YES;
}

static bool a_command_starts_exactly_when_all_is_ready(const struct stage_facts *f, enum deed deed)
{
	bool must =
		mine(f) && f->verdict == IS(FAILOVER) && f->run == RUN_IS_READY && f->fresh == YES;
	return !consistent(f) || (deed == DEED_RUN) == must;
}

static bool without_the_claim_nothing_is_done_but_to_ask_for_it(const struct stage_facts *f,
								enum deed deed)
{
	bool wants = f->verdict == IS(FAILOVER) || f->verdict == IS(RECOVER);
	return f->claim != CLAIM_FREE || deed == (wants ? DEED_CLAIM : DEED_NOTHING);
}

static bool without_a_need_for_claims_it_is_done_at_once(const struct stage_facts *f,
							 enum deed deed)
{
	enum deed must = DEED_NOTHING;
	if (f->verdict == IS(FAILOVER))
		must = DEED_AT_ONCE;
	if (f->verdict == IS(RECOVER))
		must = DEED_RECOVERED;
	return f->claim != CLAIM_NEEDLESS || deed == must;
}

static bool a_record_that_may_be_old_is_not_acted_on(const struct stage_facts *f, enum deed deed)
{
	bool old = f->claim == CLAIM_MINE && f->known == NO;
	return !old || deed == DEED_KEEP;
}

static bool a_command_of_mine_is_waited_for(const struct stage_facts *f, enum deed deed)
{
	if (mine(f) && f->run == RUN_IS_MINE)
		return deed == DEED_KEEP;
	return !(mine(f) && f->run == RUN_IS_OVER) || deed == DEED_DONE;
}

static bool two_commands_never_run_together(const struct stage_facts *f, enum deed deed)
{
	bool may_run = f->run == RUN_IS_MINE || f->run == RUN_IS_FOREIGN;
	return !(consistent(f) && mine(f) && may_run) || deed == DEED_KEEP || deed == DEED_RELEASE;
}

static bool a_run_is_ordered_only_for_a_failure_that_is_confirmed(const struct stage_facts *f,
								  enum deed deed)
{
	if (deed != DEED_RECORD && deed != DEED_COMMAND && deed != DEED_RENEW && deed != DEED_RUN)
		return true;
	return f->verdict == IS(FAILOVER);
}

static bool a_record_is_abandoned_only_if_no_command_was_started(const struct stage_facts *f,
								 enum deed deed)
{
	bool second_look_fails = f->verdict != IS(FAILOVER) && f->verdict != IS(WAIT);
	bool not_started = (f->record == RECORD_CLAIMED && f->run == RUN_IS_NONE) ||
			   (f->record == RECORD_COMMANDED && f->run == RUN_IS_READY);
	if (not_started && mine(f) && second_look_fails)
		return deed == DEED_ABANDON;
	return !consistent(f) || deed != DEED_ABANDON;
}

static bool what_is_done_is_never_commanded_again(const struct stage_facts *f, enum deed deed)
{
	bool done = mine(f) && consistent(f) && f->record == RECORD_DONE;
	return !done || !writes(deed) || deed == DEED_CLOSE;
}

static bool without_a_record_there_is_nothing_to_close(const struct stage_facts *f, enum deed deed)
{
	bool none = mine(f) && consistent(f) && f->record == RECORD_NONE;
	return !none || deed == DEED_RECORD || deed == DEED_KEEP || deed == DEED_RELEASE;
}

static bool a_failure_is_closed_last(const struct stage_facts *f, enum deed deed)
{
	bool over = f->record == RECORD_DONE ||
		    (f->record == RECORD_COMMANDED && f->run == RUN_IS_PAST);
	return deed != DEED_CLOSE ||
	       (f->verdict == IS(RECOVER) && f->active == YES && (over || f->run == RUN_IS_NONE));
}

static bool a_failure_that_is_over_is_closed(const struct stage_facts *f, enum deed deed)
{
	bool over = (f->record == RECORD_DONE && f->run == RUN_IS_NONE) ||
		    (f->record == RECORD_COMMANDED && f->run == RUN_IS_PAST);
	bool must = mine(f) && over && f->verdict == IS(RECOVER);
	return !must || deed == (f->active == YES ? DEED_CLOSE : DEED_ACTIVATE);
}

static bool a_run_in_vain_is_repeated_only_so_often(const struct stage_facts *f, enum deed deed)
{
	bool past = mine(f) && f->verdict == IS(FAILOVER) && f->record == RECORD_COMMANDED &&
		    f->run == RUN_IS_PAST;
	return !past || deed == (f->again == YES ? DEED_COMMAND : DEED_DONE);
}

static bool while_waiting_nothing_is_written(const struct stage_facts *f, enum deed deed)
{
	bool waits = f->verdict == IS(WAIT) && f->run != RUN_IS_OVER;
	return !waits || !writes(deed);
}

static bool the_claim_is_given_back_when_nothing_of_mine_is_open(const struct stage_facts *f,
								 enum deed deed)
{
	bool open = f->record == RECORD_CLAIMED && f->run == RUN_IS_NONE;
	bool started = f->run == RUN_IS_READY || f->run == RUN_IS_MINE || f->run == RUN_IS_OVER;
	bool hold = f->verdict == IS(HOLD) || f->verdict == IS(ASK);
	if (consistent(f) && mine(f) && hold && !open && !started)
		return deed == DEED_RELEASE;
	return deed != DEED_RELEASE || !consistent(f) || (!open && !started);
}

static void test_every_combination(void **state)
{
	static bool (*const checks[])(const struct stage_facts *, enum deed) = {
		a_command_starts_exactly_when_all_is_ready,
		without_the_claim_nothing_is_done_but_to_ask_for_it,
		without_a_need_for_claims_it_is_done_at_once,
		a_record_that_may_be_old_is_not_acted_on,
		a_command_of_mine_is_waited_for,
		two_commands_never_run_together,
		a_run_is_ordered_only_for_a_failure_that_is_confirmed,
		a_record_is_abandoned_only_if_no_command_was_started,
		what_is_done_is_never_commanded_again,
		without_a_record_there_is_nothing_to_close,
		a_failure_is_closed_last,
		a_failure_that_is_over_is_closed,
		a_run_in_vain_is_repeated_only_so_often,
		while_waiting_nothing_is_written,
		the_claim_is_given_back_when_nothing_of_mine_is_open,
	};
	unsigned count, asked = 0;
	const struct stage_rule *rules = stages_table(&count);
	unsigned long long fired = 0;
	struct stage_facts f;
	(void)state;
	first_combination((unsigned *)&f, FACT_COUNT);
	do {
		const struct stage_rule *rule = stages_match(&f);
		for (unsigned i = 0; i < ARRAY_LEN(checks); i++) {
			if (!checks[i](&f, rule->then))
				fail_msg("statement %u does not hold for %s", i, rule->name);
		}
		fired |= 1ULL << (rule - rules);
		asked++;
	} while (next_combination((unsigned *)&f, (const unsigned *)&value_counts, FACT_COUNT));
	assert_int_equal(asked, COMBINATIONS);
	assert_int_equal(fired, (1ULL << count) - 1); /* each rule holds for some facts */
}

static void test_rules_have_names_and_reasons_of_their_own(void **state)
{
	unsigned count;
	const struct stage_rule *rules = stages_table(&count);
	(void)state;
	for (unsigned i = 0; i < count; i++) {
		assert_true(strlen(rules[i].name) > 0 && strlen(rules[i].why) > 0);
		for (unsigned j = 0; j < i; j++)
			assert_string_not_equal(rules[i].name, rules[j].name);
	}
}

static void test_a_case_for_each_rule_by_name(void **state)
{
	static const struct {
		struct stage_facts facts;
		const char *rule;
	} cases[] = {
		/* verdict, claim, known, record, run, fresh, again, active */
		{ { IS(FAILOVER), CLAIM_NEEDLESS, YES, RECORD_NONE, RUN_IS_NONE, NO, YES, NO },
		  "at_once" },
		{ { IS(RECOVER), CLAIM_NEEDLESS, YES, RECORD_NONE, RUN_IS_NONE, NO, YES, NO },
		  "recovered" },
		{ { IS(FAILOVER), CLAIM_FREE, YES, RECORD_NONE, RUN_IS_NONE, NO, YES, NO },
		  "claim" },
		{ { IS(WAIT), CLAIM_FREE, YES, RECORD_NONE, RUN_IS_NONE, NO, YES, NO }, "idle" },
		{ { IS(FAILOVER), CLAIM_MINE, NO, RECORD_CLAIMED, RUN_IS_NONE, NO, YES, NO },
		  "read" },
		{ { IS(HOLD), CLAIM_MINE, NO, RECORD_COMMANDED, RUN_IS_MINE, NO, YES, NO },
		  "read" },
		{ { IS(HOLD), CLAIM_MINE, YES, RECORD_COMMANDED, RUN_IS_MINE, NO, YES, NO },
		  "running" },
		{ { IS(HOLD), CLAIM_MINE, YES, RECORD_COMMANDED, RUN_IS_OVER, NO, YES, NO },
		  "done" },
		{ { IS(RECOVER), CLAIM_MINE, YES, RECORD_COMMANDED, RUN_IS_FOREIGN, NO, YES, NO },
		  "foreign" },
		{ { IS(HOLD), CLAIM_MINE, YES, RECORD_CLAIMED, RUN_IS_NONE, NO, YES, NO },
		  "abandon" },
		{ { IS(ASK), CLAIM_MINE, YES, RECORD_COMMANDED, RUN_IS_READY, YES, YES, NO },
		  "abandon" },
		{ { IS(WAIT), CLAIM_MINE, YES, RECORD_CLAIMED, RUN_IS_NONE, NO, YES, NO }, "look" },
		{ { IS(FAILOVER), CLAIM_MINE, YES, RECORD_NONE, RUN_IS_NONE, NO, YES, NO },
		  "record" },
		{ { IS(FAILOVER), CLAIM_MINE, YES, RECORD_CLAIMED, RUN_IS_NONE, YES, YES, NO },
		  "command" },
		{ { IS(FAILOVER), CLAIM_MINE, YES, RECORD_COMMANDED, RUN_IS_READY, NO, YES, NO },
		  "renew" },
		{ { IS(FAILOVER), CLAIM_MINE, YES, RECORD_COMMANDED, RUN_IS_READY, YES, YES, NO },
		  "run" },
		{ { IS(FAILOVER), CLAIM_MINE, YES, RECORD_COMMANDED, RUN_IS_PAST, NO, YES, NO },
		  "takeover" },
		{ { IS(FAILOVER), CLAIM_MINE, YES, RECORD_COMMANDED, RUN_IS_PAST, NO, NO, NO },
		  "in_vain" },
		{ { IS(RECOVER), CLAIM_MINE, YES, RECORD_DONE, RUN_IS_NONE, NO, YES, NO },
		  "activate" },
		{ { IS(RECOVER), CLAIM_MINE, YES, RECORD_COMMANDED, RUN_IS_PAST, NO, YES, YES },
		  "close" },
		{ { IS(HOLD), CLAIM_MINE, YES, RECORD_DONE, RUN_IS_NONE, NO, YES, NO }, "release" },
		{ { IS(HOLD), CLAIM_MINE, YES, RECORD_COMMANDED, RUN_IS_PAST, NO, YES, NO },
		  "release" },
	};
	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(cases); i++)
		assert_string_equal(stages_match(&cases[i].facts)->name, cases[i].rule);
}

/* ------------------------------------------------------------------ the facts */

static struct stage_facts facts_of(const struct matrix *m)
{
	return stage_facts(&m->memory, &m->view, VERDICT_FAILOVER, X, &m->policy);
}

static void test_the_claim_as_a_fact(void **state)
{
	struct matrix m;
	(void)state;
	matrix_begin(&m);
	assert_int_equal(facts_of(&m).verdict, IS(FAILOVER));
	assert_int_equal(facts_of(&m).claim, CLAIM_FREE);
	take_claim(&m);
	assert_int_equal(facts_of(&m).claim, CLAIM_MINE);
	assert_int_equal(facts_of(&m).known, YES);
	m.view.record[Y].read = second(CLAIM_S - 1);
	assert_int_equal(facts_of(&m).known, NO);
	m.view.node[X].active = second(CLAIM_S - 1);
	assert_int_equal(facts_of(&m).active, NO);
	m.view.node[X].active = second(CLAIM_S);
	assert_int_equal(facts_of(&m).active, YES);
	m.view.record[Y].sent = second(CLAIM_S + 1); /* which made it false */
	assert_int_equal(facts_of(&m).active, NO);
	m.view.node[X].active = second(CLAIM_S + 1);
	assert_int_equal(facts_of(&m).active, YES);
	m.view.claim.failed = Y;
	assert_int_equal(facts_of(&m).claim, CLAIM_FREE);
	m.policy.claims = false;
	assert_int_equal(facts_of(&m).claim, CLAIM_NEEDLESS);
}

static void test_the_record_as_a_fact(void **state)
{
	static const enum fact_record records[STAGES] = {
		[STAGE_NONE] = RECORD_NONE,           [STAGE_CLAIMED] = RECORD_CLAIMED,
		[STAGE_COMMANDED] = RECORD_COMMANDED, [STAGE_DONE] = RECORD_DONE,
		[STAGE_ABANDONED] = RECORD_NONE,      [STAGE_CLOSED] = RECORD_NONE,
	};
	struct matrix m;
	(void)state;
	matrix_begin(&m);
	for (unsigned stage = 0; stage < STAGES; stage++) {
		m.view.record[Y].stage = (enum stage)stage;
		assert_int_equal(facts_of(&m).record, records[stage]);
		assert_int_equal(facts_of(&m).run == RUN_IS_NONE, stage != STAGE_COMMANDED);
	}
}

static void test_the_run_of_a_command_as_a_fact(void **state)
{
	struct matrix m;
	(void)state;
	matrix_begin(&m);
	m.view.record[Y] = (struct record) { .epoch = 7, .stage = STAGE_COMMANDED, .runs = 3 };
	m.memory.node[X].run.seen = second(NOW_S - 12);
	assert_int_equal(facts_of(&m).run, RUN_IS_FOREIGN);
	m.memory.node[X].run.seen = second(NOW_S - 13); /* limit, kill time and lease */
	assert_int_equal(facts_of(&m).run, RUN_IS_PAST);
	assert_int_equal(facts_of(&m).again, NO);
	m.view.record[Y].runs = 2;
	assert_int_equal(facts_of(&m).again, YES);
	assert_int_equal(facts_of(&m).fresh, NO);
	m.view.record[Y].sent = second(NOW_S - 1);
	assert_int_equal(facts_of(&m).run, RUN_IS_READY);
	assert_int_equal(facts_of(&m).fresh, YES);
	m.view.record[Y].sent = (struct instant) { second(NOW_S).us - 1500000 };
	assert_int_equal(facts_of(&m).fresh, NO);
	m.memory.node[X].started = 7;
	assert_int_equal(facts_of(&m).run, RUN_IS_READY); /* that was another run */
	m.memory.node[X].started_run = 2;
	assert_int_equal(facts_of(&m).run, RUN_IS_MINE); /* nobody has reported yet */
	m.view.run[X] = (struct run_view) { RUN_RUNNING, 7, 2, false };
	assert_int_equal(facts_of(&m).run, RUN_IS_MINE);
	m.view.run[X].state = RUN_ENDED;
	assert_int_equal(facts_of(&m).run, RUN_IS_OVER);
	m.view.run[X].state = RUN_AGAIN;
	assert_int_equal(facts_of(&m).run, RUN_IS_PAST);
	m.view.run[X].run = 1; /* the report is of an earlier one */
	assert_int_equal(facts_of(&m).run, RUN_IS_MINE);
	m.view.run[X] = (struct run_view) { RUN_ENDED, 6, 2, true };
	assert_int_equal(facts_of(&m).run, RUN_IS_MINE);
	m.view.run[Y] =
		(struct run_view) { RUN_ENDED, 7, 2, true }; /* of the other node's failure */
	assert_int_equal(facts_of(&m).run, RUN_IS_MINE);
	m.view.run[X] =
		(struct run_view) { RUN_ENDED, 7, 2, true }; /* which does not replace mine */
	assert_int_equal(facts_of(&m).run, RUN_IS_OVER);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_combination),
		cmocka_unit_test(test_rules_have_names_and_reasons_of_their_own),
		cmocka_unit_test(test_a_case_for_each_rule_by_name),
		cmocka_unit_test(test_the_claim_as_a_fact),
		cmocka_unit_test(test_the_record_as_a_fact),
		cmocka_unit_test(test_the_run_of_a_command_as_a_fact),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
