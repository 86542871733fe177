/* SPDX-License-Identifier: PostgreSQL */
#include "bdrmon/lookup.h"
#include "bdrmon/proxy_eyes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const struct proxy_eyes_policy policy = {
	.health = { .attempts = 2, .attempt_interval_ms = 100, .interval_ms = 1000 },
	.stale_ms = 3000,
};

static const struct instant start = { 1000000000 };

static struct instant at(int64_t ms)
{
	return instant_add_ms(start, ms);
}

struct tested {
	struct proxy_eyes eyes;
	struct proxy_view view;
};

static void test(struct tested *t, unsigned node, enum outcome outcome, int64_t ms)
{
	struct probe_result result = { .outcome = outcome,
				       .step = STEP_QUERY,
				       .asked = at(ms),
				       .answered = at(ms + 7),
				       .fresh = true };
	proxy_eyes_tested(&t->eyes, &t->view, node, &result, &policy);
}

static void attempts_are_counted_as_for_a_node(void **state)
{
	(void)state;
	struct tested t = { 0 };

	test(&t, 1, OUTCOME_OK, 0);
	assert_int_equal(t.view.sight[1].health, HEALTH_UP);
	assert_int_equal(t.eyes.good_ms[1], 7);
	test(&t, 1, OUTCOME_REFUSED, 500);
	assert_int_equal(t.view.sight[1].health, HEALTH_SUSPECT);
	test(&t, 1, OUTCOME_REFUSED, 510);
	assert_int_equal(t.view.sight[1].health, HEALTH_SUSPECT);
	test(&t, 1, OUTCOME_TIMEOUT, 610);
	assert_int_equal(t.view.sight[1].health, HEALTH_DOWN);
	assert_int_equal(t.view.sight[1].asked.us, at(610).us);
	assert_int_equal(t.view.sight[0].health, HEALTH_UNKNOWN);
	assert_int_equal(t.eyes.good_ms[1], 7);
}

/* A client that is logged in is answered sooner than a new one ever will be; but a new one that had
 * waited for the node's return says little of the time after. */
static void a_good_answer_takes_as_long_as_the_last_one_but_no_longer_than_a_login(void **state)
{
	(void)state;
	static const struct {
		bool fresh;
		int64_t took_ms, good_ms;
	} cases[] = {
		{ false, 1, 0 },     { true, 700, 700 }, { false, 200, 700 },
		{ false, 100, 550 }, { false, 1, 55 },   { true, 7, 7 },
		{ false, 1, 7 },     { false, 300, 7 },  { true, 900, 900 },
	};
	struct tested t = { 0 };

	for (unsigned i = 0; i < ARRAY_LEN(cases); i++) {
		int64_t asked = 1000 * i;
		struct probe_result result = { .outcome = OUTCOME_OK,
					       .step = STEP_QUERY,
					       .asked = at(asked),
					       .answered = at(asked + cases[i].took_ms),
					       .fresh = cases[i].fresh };
		proxy_eyes_tested(&t.eyes, &t.view, 0, &result, &policy);
		assert_int_equal(t.view.sight[0].health, HEALTH_UP);
		assert_int_equal(t.eyes.good_ms[0], cases[i].good_ms);
	}
}

static void after_a_gap_all_begins_anew(void **state)
{
	(void)state;
	struct tested t = { 0 };

	test(&t, 0, OUTCOME_OK, 0);
	test(&t, 0, OUTCOME_REFUSED, 1000);
	test(&t, 0, OUTCOME_REFUSED, 4001);
	assert_int_equal(t.view.sight[0].health, HEALTH_SUSPECT);
}

static void applications_that_work_are_seen_whatever_the_tests_say(void **state)
{
	(void)state;
	struct tested t = { .view.route = 0 };

	test(&t, 0, OUTCOME_OK, 0);
	assert_false(proxy_eyes_counted(&t.eyes, &t.view, at(10), 100));
	test(&t, 0, OUTCOME_TIMEOUT, 1000);
	assert_false(proxy_eyes_counted(&t.eyes, &t.view, at(1100), 150));
	assert_false(proxy_eyes_counted(&t.eyes, &t.view, at(1700), 150));
	assert_true(proxy_eyes_counted(&t.eyes, &t.view, at(2300), 151));
	assert_int_equal(t.view.sight[0].used.us, at(1700).us);
}

static void what_was_counted_on_another_node_says_nothing(void **state)
{
	(void)state;
	struct tested t = { .view.route = 0 };

	test(&t, 0, OUTCOME_REFUSED, 0);
	test(&t, 1, OUTCOME_REFUSED, 0);
	assert_false(proxy_eyes_counted(&t.eyes, &t.view, at(10), 100));
	t.view.route = 1;
	assert_false(proxy_eyes_counted(&t.eyes, &t.view, at(800), 200));
	t.view.route = NODES;
	assert_false(proxy_eyes_counted(&t.eyes, &t.view, at(1600), 300));
	t.view.route = 1;
	assert_false(proxy_eyes_counted(&t.eyes, &t.view, at(2400), 400));
}

static void a_doubtful_node_is_looked_at_again_after_the_attempt_interval(void **state)
{
	(void)state;
	struct tested t = { 0 };

	test(&t, 0, OUTCOME_OK, 0);
	assert_int_equal(proxy_eyes_next(&t.eyes, at(0), 1000, &policy).us, at(1000).us);
	test(&t, 0, OUTCOME_REFUSED, 1000);
	assert_int_equal(proxy_eyes_next(&t.eyes, at(1000), 1000, &policy).us, at(1007).us);
	test(&t, 0, OUTCOME_REFUSED, 1010);
	assert_int_equal(proxy_eyes_next(&t.eyes, at(1010), 1000, &policy).us, at(1110).us);
	/* A look in which it said nothing is not repeated faster than the interval. */
	assert_int_equal(proxy_eyes_next(&t.eyes, at(1110), 1000, &policy).us, at(2110).us);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(attempts_are_counted_as_for_a_node),
		cmocka_unit_test(
			a_good_answer_takes_as_long_as_the_last_one_but_no_longer_than_a_login),
		cmocka_unit_test(after_a_gap_all_begins_anew),
		cmocka_unit_test(applications_that_work_are_seen_whatever_the_tests_say),
		cmocka_unit_test(what_was_counted_on_another_node_says_nothing),
		cmocka_unit_test(a_doubtful_node_is_looked_at_again_after_the_attempt_interval),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
