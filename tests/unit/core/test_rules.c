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
	for (f.both_seen = NO; f.both_seen <= YES; f.both_seen <<= 1)
	for (f.failed = NO; f.failed <= YES; f.failed <<= 1)
	for (f.subject = SUBJECT_UNKNOWN; f.subject <= SUBJECT_DOWN; f.subject <<= 1)
	for (f.other = OTHER_UP; f.other <= OTHER_UNUSABLE; f.other <<= 1)
	for (f.majority = NO; f.majority <= YES; f.majority <<= 1)
	for (f.may_act = NO; f.may_act <= YES; f.may_act <<= 1) {
		check(&f, rules_match(&f));
		asked++;
	}
	/* clang-format on */
	return asked;
}

/* Who may act at all: one that was running, has seen both nodes, and has not acted. */
static bool in_a_position_to_act(const struct facts *f)
{
	return f->awake == YES && f->both_seen == YES && f->failed == NO;
}

static void a_node_fails_over_exactly_when_it_may(const struct facts *f, const struct rule *rule)
{
	bool entitled = f->majority == YES || f->may_act == YES;
	bool target = f->other == OTHER_UP || (f->other == OTHER_RECOVERING && f->majority == YES);
	bool must = in_a_position_to_act(f) && f->subject == SUBJECT_DOWN && entitled && target;
	assert_int_equal(rule->then == VERDICT_FAILOVER, must);
}

static void a_node_recovers_exactly_when_it_failed_and_is_up(const struct facts *f,
							     const struct rule *rule)
{
	bool must = f->awake == YES && f->both_seen == YES && f->failed == YES &&
		    f->subject == SUBJECT_UP;
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
	if (f->subject == SUBJECT_UNKNOWN || f->awake == NO || f->both_seen == NO)
		assert_int_equal(rule->then, VERDICT_HOLD);
}

static void a_node_that_works_raises_no_alarm(const struct facts *f, const struct rule *rule)
{
	if (f->awake == YES && f->subject == SUBJECT_UP)
		assert_false(rule->alarm);
}

static void test_every_combination(void **state)
{
	(void)state;
	assert_int_equal(for_all_facts(a_node_fails_over_exactly_when_it_may), 960);
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

static void test_a_case_for_each_rule_by_name(void **state)
{
	static const struct {
		struct facts facts;
		const char *rule;
	} cases[] = {
		{ { NO, YES, NO, SUBJECT_DOWN, OTHER_UP, NO, YES }, "late" },
		{ { YES, NO, NO, SUBJECT_DOWN, OTHER_UP, NO, YES }, "never_seen" },
		{ { YES, YES, YES, SUBJECT_UP, OTHER_UP, NO, YES }, "recovery" },
		{ { YES, YES, YES, SUBJECT_FAULTY, OTHER_UP, NO, YES }, "already" },
		{ { YES, YES, YES, SUBJECT_DOWN, OTHER_UP, NO, YES }, "already" },
		{ { YES, YES, NO, SUBJECT_DOWN, OTHER_DOWN, YES, YES }, "isolated" },
		{ { YES, YES, NO, SUBJECT_UP, OTHER_DOWN, NO, YES }, "well" },
		{ { YES, YES, NO, SUBJECT_FAULTY, OTHER_UP, NO, YES }, "well" },
		{ { YES, YES, NO, SUBJECT_SUSPECT, OTHER_UP, NO, YES }, "doubt" },
		{ { YES, YES, NO, SUBJECT_UNKNOWN, OTHER_UP, NO, YES }, "unseen" },
		{ { YES, YES, NO, SUBJECT_DOWN, OTHER_UP_BEFORE, YES, YES }, "asking" },
		{ { YES, YES, NO, SUBJECT_DOWN, OTHER_UNUSABLE, YES, YES }, "no_target" },
		{ { YES, YES, NO, SUBJECT_DOWN, OTHER_UP, NO, NO }, "no_majority" },
		{ { YES, YES, NO, SUBJECT_DOWN, OTHER_RECOVERING, NO, YES }, "target_unfit" },
		{ { YES, YES, NO, SUBJECT_DOWN, OTHER_RECOVERING, YES, YES }, "failover" },
		{ { YES, YES, NO, SUBJECT_DOWN, OTHER_UP, NO, YES }, "failover" },
	};
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
