/* SPDX-License-Identifier: PostgreSQL */
/* The vocabularies of the core: each word leads back to what it stands for. */
#include "bdrmon/decide.h"
#include "bdrmon/lookup.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

static void test_outcomes(void **state)
{
	(void)state;
	for (unsigned i = 0; i < OUTCOMES; i++) {
		enum outcome found = OUTCOMES;
		assert_true(outcome_by_name(outcome_name((enum outcome)i), &found));
		assert_int_equal(found, i);
	}
	enum outcome untouched = OUTCOME_OK;
	assert_false(outcome_by_name("well", &untouched));
	assert_int_equal(untouched, OUTCOME_OK);
	assert_string_equal(step_name(STEP_LOGIN), "login");
}

static void test_events(void **state)
{
	(void)state;
	for (unsigned i = 0; i < EVENT_KINDS; i++) {
		const struct event_type *type = event_type((enum event_kind)i);
		enum event_kind found = EVENT_KINDS;
		assert_true(event_by_name(type->name, &found));
		assert_int_equal(found, i);
		bool reaches = (event_set_default() & event_bit(found)) != 0;
		assert_int_equal(reaches, type->repmgr);
	}
	enum event_kind untouched = EVENT_BDR_ROUTE;
	assert_false(event_by_name("bdr", &untouched));
	assert_int_equal(untouched, EVENT_BDR_ROUTE);
}

static void test_stages(void **state)
{
	(void)state;
	for (unsigned i = 0; i < STAGES; i++) {
		enum stage found = STAGES;
		assert_true(stage_by_name(stage_name((enum stage)i), &found));
		assert_int_equal(found, i);
	}
	enum stage untouched = STAGE_DONE;
	assert_false(stage_by_name("finished", &untouched));
	assert_int_equal(untouched, STAGE_DONE);
}

static void test_healths(void **state)
{
	(void)state;
	assert_string_equal(health_name(HEALTH_UNKNOWN), "unknown");
	assert_string_equal(health_name(HEALTH_RECOVERING), "recovering");
}

/* The words must be those of the bits, in the order of the members. */
static void test_facts(void **state)
{
	unsigned count;
	const struct fact_words *words = facts_words(&count);
	(void)state;
	assert_int_equal(count * sizeof(unsigned), sizeof(struct facts));
	assert_string_equal(words[offsetof(struct facts, subject) / sizeof(unsigned)].name,
			    "subject");
	assert_string_equal(fact_word(&words[0], NO), "no");
	assert_string_equal(fact_word(&words[0], YES), "yes");
	const struct fact_words *subject =
		&words[offsetof(struct facts, subject) / sizeof(unsigned)];
	assert_string_equal(fact_word(subject, SUBJECT_UNKNOWN), "unknown");
	assert_string_equal(fact_word(subject, SUBJECT_DOWN), "down");
	words = stage_facts_words(&count);
	assert_string_equal(words[offsetof(struct stage_facts, run) / sizeof(unsigned)].name,
			    "run");
	assert_string_equal(fact_word(&words[offsetof(struct stage_facts, run) / sizeof(unsigned)],
				      RUN_IS_PAST),
			    "past");
	words = route_facts_words(&count);
	assert_string_equal(words[offsetof(struct route_facts, y) / sizeof(unsigned)].name, "y");
	assert_string_equal(
		fact_word(&words[offsetof(struct route_facts, y) / sizeof(unsigned)], Y_NOT),
		"not up");
}

static void test_moves(void **state)
{
	(void)state;
	assert_string_equal(move_name(MOVE_WRITE_BACK), "write back");
	assert_string_equal(move_step_name(MOVE_STEP_PROVE), "proof");
	assert_string_equal(move_end_name(MOVE_SUPERSEDED), "superseded");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_outcomes), cmocka_unit_test(test_events),
		cmocka_unit_test(test_stages),   cmocka_unit_test(test_healths),
		cmocka_unit_test(test_facts),    cmocka_unit_test(test_moves),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
