/* SPDX-License-Identifier: PostgreSQL */
/* The node rules, asked about every combination of facts. What must hold is stated
 * here in words of its own, not as a copy of the table. */
#include "bdrmon/decide.h"
#include "bdrmon/lookup.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

typedef void check_fn(const struct facts *facts, const struct rule *rule);

static unsigned for_all_facts(check_fn *check)
{
	unsigned asked = 0;
	struct facts f;
	/* clang-format off */
	for (f.awake = NO; f.awake <= YES; f.awake <<= 1)
	for (f.paused = NO; f.paused <= YES; f.paused <<= 1)
	for (f.rival = NO; f.rival <= YES; f.rival <<= 1)
	for (f.both_seen = NO; f.both_seen <= YES; f.both_seen <<= 1)
	for (f.failed = NO; f.failed <= YES; f.failed <<= 1)
	for (f.subject = SUBJECT_UNKNOWN; f.subject <= SUBJECT_DOWN; f.subject <<= 1)
	for (f.other = OTHER_UP; f.other <= OTHER_UNUSABLE; f.other <<= 1)
	for (f.majority = NO; f.majority <= YES; f.majority <<= 1)
	for (f.may_act = NO; f.may_act <= YES; f.may_act <<= 1)
	for (f.ours = NO; f.ours <= YES; f.ours <<= 1) {
		check(&f, rules_match(&f));
		asked++;
	}
	/* clang-format on */
	return asked;
}

/* Who may do anything: one that was running, whom nobody told to wait or does the work of,
 * and that has seen both nodes. */
static bool free_to_act(const struct facts *f)
{
	return f->awake == YES && f->paused == NO && f->rival == NO && f->both_seen == YES;
}

/* And who may act on a node: one that has not done so yet. */
static bool in_a_position_to_act(const struct facts *f)
{
	return free_to_act(f) && f->failed == NO;
}

static void a_node_fails_over_exactly_when_it_may(const struct facts *f, const struct rule *rule)
{
	bool entitled = f->majority == YES || f->may_act == YES;
	bool target = f->other == OTHER_UP || (f->other == OTHER_RECOVERING && f->majority == YES);
	bool must = in_a_position_to_act(f) && f->subject == SUBJECT_DOWN && entitled && target &&
		    f->ours == YES;
	assert_int_equal(rule->then == VERDICT_FAILOVER, must);
}

static void a_node_recovers_exactly_when_it_failed_and_is_up(const struct facts *f,
							     const struct rule *rule)
{
	bool must = free_to_act(f) && f->failed == YES && f->subject == SUBJECT_UP;
	assert_int_equal(rule->then == VERDICT_RECOVER, must);
}

static void in_doubt_the_other_node_is_asked(const struct facts *f, const struct rule *rule)
{
	if (in_a_position_to_act(f) && f->subject == SUBJECT_SUSPECT)
		assert_int_equal(rule->then, VERDICT_ASK);
}

static void old_evidence_for_the_target_leads_to_a_question(const struct facts *f,
							    const struct rule *rule)
{
	if (in_a_position_to_act(f) && f->subject == SUBJECT_DOWN && f->other == OTHER_UP_BEFORE)
		assert_int_equal(rule->then, VERDICT_ASK);
}

static void what_is_not_known_moves_nothing(const struct facts *f, const struct rule *rule)
{
	if (f->subject == SUBJECT_UNKNOWN || !free_to_act(f))
		assert_int_equal(rule->then, VERDICT_HOLD);
}

static void a_node_that_works_raises_no_alarm(const struct facts *f, const struct rule *rule)
{
	if (f->awake == YES && f->rival == NO && f->subject == SUBJECT_UP)
		assert_false(rule->alarm);
}

static void test_every_combination(void **state)
{
	(void)state;
	assert_int_equal(for_all_facts(a_node_fails_over_exactly_when_it_may), 7680);
	for_all_facts(a_node_recovers_exactly_when_it_failed_and_is_up);
	for_all_facts(in_doubt_the_other_node_is_asked);
	for_all_facts(old_evidence_for_the_target_leads_to_a_question);
	for_all_facts(what_is_not_known_moves_nothing);
	for_all_facts(a_node_that_works_raises_no_alarm);
}

static unsigned long long rules_that_fired;

static void note_rule(const struct facts *f, const struct rule *rule)
{
	unsigned count;
	(void)f;
	rules_that_fired |= 1ULL << (rule - rules_table(&count));
}

static void test_each_rule_holds_for_some_facts(void **state)
{
	unsigned count;
	(void)state;
	rules_table(&count);
	for_all_facts(note_rule);
	assert_int_equal(rules_that_fired, (1ULL << count) - 1);
}

static void test_rules_have_names_and_reasons_of_their_own(void **state)
{
	unsigned count;
	const struct rule *rules = rules_table(&count);
	(void)state;
	for (unsigned i = 0; i < count; i++) {
		assert_true(strlen(rules[i].name) > 0 && strlen(rules[i].why) > 0);
		for (unsigned j = 0; j < i; j++)
			assert_string_not_equal(rules[i].name, rules[j].name);
	}
}

/* A monitor that is free to act and entitled to, without a majority, and what it sees. */
#define SEES(s, o)                                                                                 \
	.awake = YES, .paused = NO, .rival = NO, .both_seen = YES, .failed = NO, .subject = (s),   \
	.other = (o), .majority = NO, .may_act = YES, .ours = YES

static void test_a_case_for_each_rule_by_name(void **state)
{
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Woverride-init"
	static const struct {
		struct facts facts;
		const char *rule;
	} cases[] = {
		{ { SEES(SUBJECT_DOWN, OTHER_UP), .awake = NO }, "late" },
		{ { SEES(SUBJECT_DOWN, OTHER_UP), .paused = YES }, "paused" },
		{ { SEES(SUBJECT_DOWN, OTHER_UP), .rival = YES }, "rival" },
		{ { SEES(SUBJECT_DOWN, OTHER_UP), .both_seen = NO }, "never_seen" },
		{ { SEES(SUBJECT_UP, OTHER_UP), .failed = YES }, "recovery" },
		{ { SEES(SUBJECT_FAULTY, OTHER_UP), .failed = YES }, "already" },
		{ { SEES(SUBJECT_DOWN, OTHER_UP), .failed = YES }, "already" },
		{ { SEES(SUBJECT_DOWN, OTHER_DOWN), .majority = YES }, "isolated" },
		{ { SEES(SUBJECT_UP, OTHER_DOWN) }, "well" },
		{ { SEES(SUBJECT_FAULTY, OTHER_UP) }, "well" },
		{ { SEES(SUBJECT_SUSPECT, OTHER_UP) }, "doubt" },
		{ { SEES(SUBJECT_UNKNOWN, OTHER_UP) }, "unseen" },
		{ { SEES(SUBJECT_DOWN, OTHER_UP_BEFORE), .majority = YES }, "asking" },
		{ { SEES(SUBJECT_DOWN, OTHER_UNUSABLE), .majority = YES }, "no_target" },
		{ { SEES(SUBJECT_DOWN, OTHER_UP), .may_act = NO }, "no_majority" },
		{ { SEES(SUBJECT_DOWN, OTHER_RECOVERING) }, "target_unfit" },
		{ { SEES(SUBJECT_DOWN, OTHER_RECOVERING), .majority = YES }, "failover" },
		{ { SEES(SUBJECT_DOWN, OTHER_UP), .ours = NO }, "not_ours" },
		{ { SEES(SUBJECT_DOWN, OTHER_UP) }, "failover" },
	};
#pragma GCC diagnostic pop
	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(cases); i++)
		assert_string_equal(rules_match(&cases[i].facts)->name, cases[i].rule);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_combination),
		cmocka_unit_test(test_each_rule_holds_for_some_facts),
		cmocka_unit_test(test_rules_have_names_and_reasons_of_their_own),
		cmocka_unit_test(test_a_case_for_each_rule_by_name),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
