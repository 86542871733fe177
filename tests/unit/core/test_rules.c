/* SPDX-License-Identifier: PostgreSQL */
/* The node rules, asked about every combination of facts. What must hold is stated
 * here in words of its own, not as a copy of the table. */
#include "combinations.h"

#include "bdrmon/rules.h"

/* How many values each member of struct facts has. */
static const struct facts value_counts = {
	.awake = 2,
	.paused = 2,
	.rival = 2,
	.crowded = 2,
	.both_seen = 2,
	.failed = 3,
	.subject = 7,
	.level = 2,
	.overdue = 2,
	.other = 5,
	.others = 3,
	.awaited = 2,
	.vetoed = 2,
	.forced = 2,
	.mandate = 3,
	.ours = 2,
	.flapping = 2,
};
#define FACT_COUNT   (sizeof(struct facts) / sizeof(unsigned))
#define COMBINATIONS 3870720

/* Who may do anything: one that was running, whom nobody told to wait or does the work of,
 * and that has seen both nodes. */
static bool free_to_act(const struct facts *f)
{
	return f->awake == YES && f->paused == NO && f->rival == NO && f->crowded == NO &&
	       f->both_seen == YES;
}

static bool back(const struct facts *f)
{
	return f->failed != FAILED_NO && f->subject == SUBJECT_UP;
}

static bool the_others_object(const struct facts *f)
{
	return f->vetoed == YES && f->forced == NO;
}

static bool a_node_fails_over_exactly_when_it_may(const struct facts *f, const struct rule *rule)
{
	bool target = f->other == OTHER_UP || f->other == OTHER_UP_BEFORE ||
		      (f->other == OTHER_RECOVERING && f->mandate == MANDATE_MAJORITY);
	bool complete = f->awaited == NO && !the_others_object(f);
	bool must = free_to_act(f) && f->failed != FAILED_DONE && f->subject == SUBJECT_DOWN &&
		    complete && f->mandate != MANDATE_NONE && target && f->ours == YES &&
		    f->flapping == NO;
	return (rule->then == VERDICT_FAILOVER) == must;
}

static bool a_node_recovers_exactly_when_it_is_back(const struct facts *f, const struct rule *rule)
{
	bool must = free_to_act(f) && back(f) && f->awaited == NO && f->level == YES &&
		    f->mandate != MANDATE_MAJORITY;
	return (rule->then == VERDICT_RECOVER) == must;
}

static bool in_doubt_the_others_are_asked(const struct facts *f, const struct rule *rule)
{
	bool doubt = free_to_act(f) && f->failed != FAILED_DONE && f->subject == SUBJECT_SUSPECT;
	return !doubt || rule->then == VERDICT_ASK;
}

/* A claim is kept only while something is on its way that could let me act. */
static bool old_evidence_leads_to_a_question(const struct facts *f, const struct rule *rule)
{
	bool usable =
		f->other == OTHER_UP || f->other == OTHER_UP_BEFORE || f->other == OTHER_RECOVERING;
	bool dead = f->failed != FAILED_DONE && f->subject == SUBJECT_DOWN && usable;
	bool must = free_to_act(f) && f->awaited == YES && (dead || back(f));
	return (rule->then == VERDICT_WAIT) == must;
}

static bool what_is_not_known_moves_nothing(const struct facts *f, const struct rule *rule)
{
	bool nothing =
		f->subject == SUBJECT_UNKNOWN || f->subject == SUBJECT_STARTING || !free_to_act(f);
	return !nothing || rule->then == VERDICT_HOLD;
}

static bool a_node_that_works_raises_no_alarm(const struct facts *f, const struct rule *rule)
{
	bool works = f->awake == YES && f->rival == NO && f->crowded == NO &&
		     (f->failed != FAILED_DONE || f->overdue == NO) &&
		     (f->subject == SUBJECT_UP || f->subject == SUBJECT_RECOVERING);
	return !works || (!rule->alarm && !rule->tells);
}

static bool only_a_failed_node_takes_too_long(const struct facts *f, const struct rule *rule)
{
	bool must = free_to_act(f) && f->failed == FAILED_DONE && f->subject == SUBJECT_UP &&
		    f->overdue == YES && rule->then == VERDICT_HOLD;
	return (strcmp(rule->name, "overdue") == 0) == must;
}

static bool a_partition_is_told_exactly_when_a_veto_stops_me(const struct facts *f,
							     const struct rule *rule)
{
	struct facts without = *f;
	without.vetoed = NO;
	without.mandate = MANDATE_MAJORITY;
	without.ours = YES;
	without.flapping = NO;
	bool stops = rules_match(&without)->then == VERDICT_FAILOVER && the_others_object(f);
	return (rule->tells && rule->event == EVENT_BDR_PARTITION) == stops;
}

static bool a_node_that_stays_failed_is_told_with_a_reason(const struct facts *f,
							   const struct rule *rule)
{
	bool reason = rule->tells && rule->event == EVENT_BDR_NO_FAILOVER;
	return !reason || (free_to_act(f) && f->failed != FAILED_DONE &&
			   f->subject == SUBJECT_DOWN && rule->alarm);
}

static bool without_others_two_dead_nodes_mean_that_i_am_cut_off(const struct facts *f,
								 const struct rule *rule)
{
	bool both = free_to_act(f) && f->failed != FAILED_DONE && f->subject == SUBJECT_DOWN &&
		    f->other == OTHER_DOWN;
	bool alone = both && f->others == OTHERS_SILENT;
	bool agreed = both && f->others == OTHERS_AGREE;
	return (strcmp(rule->name, "isolated") == 0) == alone &&
	       (strcmp(rule->name, "all_down") == 0) == agreed;
}

static void test_every_combination(void **state)
{
	static bool (*const checks[])(const struct facts *, const struct rule *) = {
		a_node_fails_over_exactly_when_it_may,
		a_node_recovers_exactly_when_it_is_back,
		in_doubt_the_others_are_asked,
		old_evidence_leads_to_a_question,
		what_is_not_known_moves_nothing,
		a_node_that_works_raises_no_alarm,
		only_a_failed_node_takes_too_long,
		a_partition_is_told_exactly_when_a_veto_stops_me,
		a_node_that_stays_failed_is_told_with_a_reason,
		without_others_two_dead_nodes_mean_that_i_am_cut_off,
	};
	struct facts f;
	unsigned asked = 0;
	(void)state;
	first_combination((unsigned *)&f, FACT_COUNT);
	do {
		const struct rule *rule = rules_match(&f);
		for (unsigned i = 0; i < ARRAY_LEN(checks); i++) {
			if (!checks[i](&f, rule))
				fail_msg("statement %u does not hold for rule %s, combination %u",
					 i, rule->name, asked);
		}
		asked++;
	} while (next_combination((unsigned *)&f, (const unsigned *)&value_counts, FACT_COUNT));
	assert_int_equal(asked, COMBINATIONS);
}

static void test_each_rule_holds_for_some_facts(void **state)
{
	unsigned count;
	const struct rule *rules = rules_table(&count);
	unsigned long long fired = 0;
	struct facts f;
	(void)state;
	first_combination((unsigned *)&f, FACT_COUNT);
	do {
		fired |= 1ULL << (rules_match(&f) - rules);
	} while (next_combination((unsigned *)&f, (const unsigned *)&value_counts, FACT_COUNT));
	assert_int_equal(fired, (1ULL << count) - 1);
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
	.awake = YES, .paused = NO, .rival = NO, .crowded = NO, .both_seen = YES,                  \
	.failed = FAILED_NO, .subject = (s), .level = YES, .overdue = NO, .other = (o),            \
	.others = OTHERS_SILENT, .awaited = NO, .vetoed = NO, .forced = NO,                        \
	.mandate = MANDATE_ACT, .ours = YES, .flapping = NO
#define DEAD SEES(SUBJECT_DOWN, OTHER_UP)
#define BACK SEES(SUBJECT_UP, OTHER_UP), .failed = FAILED_DONE

static void test_a_case_for_each_rule_by_name(void **state)
{
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Woverride-init"
	static const struct {
		struct facts facts;
		const char *rule;
	} cases[] = {
		{ { DEAD, .awake = NO, .paused = YES }, "late" },
		{ { DEAD, .paused = YES, .rival = YES }, "paused" },
		{ { DEAD, .rival = YES, .crowded = YES }, "rival" },
		{ { DEAD, .crowded = YES, .both_seen = NO }, "crowded" },
		{ { DEAD, .both_seen = NO }, "never_seen" },
		{ { BACK, .awaited = YES }, "returning" },
		{ { BACK }, "recovery" },
		{ { BACK, .failed = FAILED_OPEN }, "recovery" },
		{ { BACK, .overdue = YES }, "recovery" },
		{ { BACK, .overdue = YES, .level = NO }, "overdue" },
		{ { BACK, .level = NO }, "already" },
		{ { BACK, .mandate = MANDATE_MAJORITY }, "already" },
		{ { BACK, .subject = SUBJECT_RECOVERING }, "already" },
		{ { BACK, .subject = SUBJECT_FAULTY }, "already" },
		{ { DEAD, .failed = FAILED_DONE }, "already" },
		{ { DEAD, .failed = FAILED_OPEN }, "failover" },
		{ { DEAD, .other = OTHER_DOWN, .mandate = MANDATE_MAJORITY }, "isolated" },
		{ { DEAD, .other = OTHER_DOWN, .others = OTHERS_AGREE }, "all_down" },
		{ { DEAD, .other = OTHER_DOWN, .others = OTHERS_SEE_UP }, "no_target" },
		{ { SEES(SUBJECT_UP, OTHER_DOWN) }, "well" },
		{ { SEES(SUBJECT_FAULTY, OTHER_UP) }, "well" },
		{ { SEES(SUBJECT_SUSPECT, OTHER_UP) }, "doubt" },
		{ { SEES(SUBJECT_UNKNOWN, OTHER_UP) }, "unseen" },
		{ { SEES(SUBJECT_STARTING, OTHER_UP) }, "starting" },
		{ { DEAD, .other = OTHER_UNUSABLE, .mandate = MANDATE_MAJORITY }, "no_target" },
		{ { DEAD, .other = OTHER_UP_BEFORE, .awaited = YES }, "asking" },
		{ { DEAD, .awaited = YES, .vetoed = YES }, "asking" },
		{ { DEAD, .vetoed = YES, .mandate = MANDATE_MAJORITY }, "vetoed" },
		{ { DEAD, .vetoed = YES, .forced = YES }, "failover" },
		{ { DEAD, .mandate = MANDATE_NONE }, "no_majority" },
		{ { DEAD, .other = OTHER_RECOVERING }, "target_unfit" },
		{ { DEAD, .other = OTHER_RECOVERING, .mandate = MANDATE_MAJORITY }, "failover" },
		{ { DEAD, .other = OTHER_RECOVERING, .ours = NO }, "target_unfit" },
		{ { DEAD, .ours = NO, .flapping = YES }, "not_ours" },
		{ { DEAD, .flapping = YES }, "flapping" },
		{ { DEAD }, "failover" },
	};
#pragma GCC diagnostic pop
	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(cases); i++)
		assert_string_equal(rules_match(&cases[i].facts)->name, cases[i].rule);
}

static void test_each_verdict_has_a_name(void **state)
{
	(void)state;
	assert_string_equal(verdict_name(VERDICT_HOLD), "hold");
	assert_string_equal(verdict_name(VERDICT_RECOVER), "recover");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_combination),
		cmocka_unit_test(test_each_rule_holds_for_some_facts),
		cmocka_unit_test(test_rules_have_names_and_reasons_of_their_own),
		cmocka_unit_test(test_a_case_for_each_rule_by_name),
		cmocka_unit_test(test_each_verdict_has_a_name),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
