/* SPDX-License-Identifier: PostgreSQL */
/* One cell of the matrix: how old evidence is, what replaces it, and the passive yes. */
#include "matrix.h"

static const struct sight_policy policy = { .stale_ms = 5000, .attempt_interval_ms = 3000 };

static void test_evidence_that_is_too_old_says_nothing(void **state)
{
	struct sight up = seen(HEALTH_UP, 10), suspect = seen(HEALTH_SUSPECT, 10);
	struct sight none = { .health = HEALTH_DOWN };
	(void)state;
	assert_int_equal(sight_health(&up, second(15), &policy), HEALTH_UP);
	assert_int_equal(sight_health(&up, second(16), &policy), HEALTH_UNKNOWN);
	/* while a node is suspect its probes may be further apart */
	assert_int_equal(sight_health(&suspect, second(18), &policy), HEALTH_SUSPECT);
	assert_int_equal(sight_health(&suspect, second(19), &policy), HEALTH_UNKNOWN);
	assert_int_equal(sight_health(&none, second(1), &policy), HEALTH_UNKNOWN);
}

static void test_a_node_is_up_by_a_question_or_by_a_passive_yes(void **state)
{
	struct sight s = seen(HEALTH_UP, 10);
	(void)state;
	assert_int_equal(sight_up(&s, second(12), &policy).us, second(10).us);
	s.used = second(11);
	assert_int_equal(sight_up(&s, second(12), &policy).us, second(11).us);
	s.used = second(9);
	assert_int_equal(sight_up(&s, second(12), &policy).us, second(10).us);
	s.used = second(11);
	s.health = HEALTH_DOWN;
	assert_int_equal(sight_up(&s, second(16), &policy).us, second(11).us);
	assert_false(instant_is_set(sight_up(&s, second(17), &policy)));
	s = seen(HEALTH_RECOVERING, 10);
	assert_int_equal(sight_up(&s, second(12), &policy).us, second(10).us);
	s = seen(HEALTH_SUSPECT, 10);
	assert_false(instant_is_set(sight_up(&s, second(12), &policy)));
}

static void test_an_older_question_never_replaces_a_younger_one(void **state)
{
	struct sight known = seen(HEALTH_DOWN, 10), older = seen(HEALTH_UP, 9);
	struct sight younger = seen(HEALTH_SUSPECT, 11);
	(void)state;
	older.used = second(9);
	sight_take(&known, &older);
	assert_int_equal(known.health, HEALTH_DOWN);
	assert_int_equal(known.used.us, second(9).us);
	sight_take(&known, &younger);
	assert_int_equal(known.health, HEALTH_SUSPECT);
	assert_int_equal(known.asked.us, second(11).us);
	assert_int_equal(known.used.us, second(9).us);
}

static void test_of_two_that_are_equally_old_the_veto_stays(void **state)
{
	struct sight down = seen(HEALTH_DOWN, 10), up = seen(HEALTH_UP, 10), known = down;
	(void)state;
	sight_take(&known, &up);
	assert_int_equal(known.health, HEALTH_UP);
	sight_take(&known, &down);
	assert_int_equal(known.health, HEALTH_UP);
}

static void test_a_passive_yes_is_counted_from_the_first_failed_test_on(void **state)
{
	struct sight sight = seen(HEALTH_UP, 10);
	struct traffic traffic = { 0 };
	(void)state;
	traffic_fold(&traffic, second(10), 100, &sight);
	sight.health = HEALTH_SUSPECT;
	traffic_fold(&traffic, second(11), 150, &sight); /* from before the first failed test */
	assert_false(instant_is_set(sight.used));
	traffic_fold(&traffic, (struct instant) { 11499000 }, 151, &sight); /* too soon */
	assert_false(instant_is_set(sight.used));
	traffic_fold(&traffic, (struct instant) { 11500000 }, 151, &sight);
	assert_int_equal(sight.used.us, second(11).us);
	traffic_fold(&traffic, second(12), 151, &sight);
	sight.health = HEALTH_DOWN;
	traffic_fold(&traffic, second(13), 151, &sight); /* nothing has ended since */
	assert_int_equal(sight.used.us, second(11).us);
	traffic_fold(&traffic, second(14), 152, &sight);
	assert_int_equal(sight.used.us, second(13).us);
	sight.health = HEALTH_UP;
	traffic_fold(&traffic, second(15), 170, &sight);
	assert_false(instant_is_set(traffic.since));
	sight.health = HEALTH_SUSPECT;
	/* a new doubt leaves the last yes as it is */
	traffic_fold(&traffic, second(16), 180, &sight);
	assert_int_equal(sight.used.us, second(13).us);
}

static void test_the_others_are_told_what_my_proxies_see(void **state)
{
	struct matrix m;
	(void)state;
	matrix_begin(&m);
	m.policy.layout.proxies = 2;
	struct sight told = view_relay(&m.view, X, &m.policy);
	assert_int_equal(told.health, HEALTH_DOWN);
	assert_int_equal(told.asked.us, second(NOW_S - 1).us);
	assert_false(instant_is_set(told.used));
	/* a proxy that saw it before I began to doubt says nothing about now */
	m.view.proxy[0].sight[X] = seen(HEALTH_UP, DOUBT_S - 1);
	assert_false(instant_is_set(view_relay(&m.view, X, &m.policy).used));
	m.view.proxy[1].sight[X] = seen(HEALTH_UP, DOUBT_S);
	assert_int_equal(view_relay(&m.view, X, &m.policy).used.us, second(DOUBT_S).us);
	/* of a node that I see up myself there is no more to say */
	m.view.proxy[0].sight[Y] = seen(HEALTH_UP, 85);
	assert_false(instant_is_set(view_relay(&m.view, Y, &m.policy).used));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_evidence_that_is_too_old_says_nothing),
		cmocka_unit_test(test_a_node_is_up_by_a_question_or_by_a_passive_yes),
		cmocka_unit_test(test_an_older_question_never_replaces_a_younger_one),
		cmocka_unit_test(test_of_two_that_are_equally_old_the_veto_stays),
		cmocka_unit_test(test_a_passive_yes_is_counted_from_the_first_failed_test_on),
		cmocka_unit_test(test_the_others_are_told_what_my_proxies_see),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
