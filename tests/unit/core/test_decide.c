/* SPDX-License-Identifier: PostgreSQL */
/* decide() and the histories told as stories. Each is compared as a trace of rules and
 * events. */
#include "world.h"

static const char both_seen_5s[] = "1000 0 never_seen\n"
				   "1000 1 never_seen\n"
				   "3501 0 well\n"
				   "3501 1 well\n";
static const char both_seen_1s[] = "1000 0 never_seen\n"
				   "1000 1 never_seen\n"
				   "1501 0 well\n"
				   "1501 1 well\n";

static void assert_trace(struct world *w, const char *first, const char *rest)
{
	char expected[8192];
	snprintf(expected, sizeof expected, "%s%s", first, rest);
	assert_string_equal(w->trace.text, expected);
}

static void test_a_crash_with_the_documented_settings_takes_25_seconds(void **state)
{
	static const struct turn story[] = { { 20000, 1, OUTCOME_REFUSED } };
	struct world w;
	(void)state;
	world_begin(&w, 5000, 6, 5000);
	RUN(&w, story, 60000);
	assert_trace(&w, both_seen_5s,
		     "20000 1 doubt\n"
		     "45001 1 asking\n"
		     "45002 1 failover\n"
		     "45002 1 bdr_failover confirmed after 25002\n"
		     "45003 1 already\n");
}

static void test_a_crash_with_fast_settings_takes_milliseconds(void **state)
{
	static const struct turn story[] = { { 20250, 0, OUTCOME_REFUSED } };
	struct world w;
	(void)state;
	world_begin(&w, 1000, 1, 100);
	RUN(&w, story, 30000);
	assert_trace(&w, both_seen_1s,
		     "20250 0 doubt\n"
		     "20251 0 asking\n"
		     "20252 0 failover\n"
		     "20252 0 bdr_failover confirmed after 2\n"
		     "20253 0 already\n");
}

static void test_a_frozen_node_is_given_up_after_one_more_attempt_than_configured(void **state)
{
	static const struct turn story[] = { { 20000, 1, OUTCOME_TIMEOUT } };
	struct world w;
	(void)state;
	world_begin(&w, 1000, 2, 100);
	RUN(&w, story, 40000);
	/* the probe of 20500, then two attempts, 2 s each */
	assert_trace(&w, both_seen_1s,
		     "22500 1 doubt\n"
		     "26502 1 failover\n"
		     "26502 1 bdr_failover after 4002\n"
		     "26503 1 already\n");
}

static void test_when_both_nodes_fall_silent_i_am_the_one_who_is_cut_off(void **state)
{
	/* with 5 s from probe to probe the last answer of node 0 is still young */
	static const struct turn story[] = { { 20000, 0, OUTCOME_TIMEOUT },
					     { 20000, 1, OUTCOME_TIMEOUT } };
	struct world w;
	(void)state;
	world_begin(&w, 5000, 1, 100);
	RUN(&w, story, 40000);
	assert_null(strstr(w.trace.text, "bdr_failover"));
	assert_non_null(strstr(w.trace.text, "0 isolated"));
	assert_non_null(strstr(w.trace.text, "1 isolated"));
}

static void test_a_short_cut_is_a_reconnect_and_not_a_failover(void **state)
{
	static const struct turn story[] = { { 20000, 1, OUTCOME_REFUSED },
					     { 27000, 1, OUTCOME_OK } };
	struct world w;
	(void)state;
	world_begin(&w, 5000, 6, 5000);
	RUN(&w, story, 60000);
	assert_trace(&w, both_seen_5s,
		     "20000 1 doubt\n"
		     "30001 1 well\n"
		     "30001 1 bdr_reconnect after 10001\n");
}

static void test_an_ended_session_alone_is_told_to_nobody(void **state)
{
	static const struct turn story[] = { { 20000, 1, OUTCOME_REFUSED },
					     { 20000, 1, OUTCOME_OK } };
	struct world w;
	(void)state;
	world_begin(&w, 1000, 1, 100);
	RUN(&w, story, 30000);
	assert_trace(&w, both_seen_1s, "20000 1 doubt\n20001 1 well\n");
}

static void test_a_node_that_comes_back_recovers_once_it_has_held(void **state)
{
	static const struct turn story[] = { { 20250, 1, OUTCOME_REFUSED },
					     { 25400, 1, OUTCOME_OK } };
	struct world w;
	(void)state;
	world_begin(&w, 1000, 1, 100);
	RUN(&w, story, 60000);
	/* it answers again when asked at 25750, and recovery_hold is 10 s */
	assert_trace(&w, both_seen_1s,
		     "20250 1 doubt\n"
		     "20251 1 asking\n"
		     "20252 1 failover\n"
		     "20252 1 bdr_failover confirmed after 2\n"
		     "20253 1 already\n"
		     "35751 1 recovery\n"
		     "35751 1 bdr_recovery after 15501\n"
		     "35752 1 well\n");
}

static void test_a_crash_during_recovery_belongs_to_the_same_failure(void **state)
{
	static const struct turn story[] = { { 20000, 1, OUTCOME_REFUSED },
					     { 25200, 1, OUTCOME_OK },
					     { 28000, 1, OUTCOME_REFUSED },
					     { 30200, 1, OUTCOME_OK } };
	struct world w;
	(void)state;
	world_begin(&w, 1000, 1, 100);
	RUN(&w, story, 60000);
	const char *first = strstr(w.trace.text, "bdr_failover");
	assert_non_null(first);
	assert_null(strstr(first + 1, "bdr_failover"));
	const char *recovery = strstr(w.trace.text, "bdr_recovery");
	assert_non_null(recovery);
	assert_null(strstr(recovery + 1, "bdr_recovery"));
	assert_null(strstr(w.trace.text, "bdr_reconnect"));
}

static void test_both_die_and_the_first_one_back_takes_over(void **state)
{
	static const struct turn story[] = { { 20000, 1, OUTCOME_REFUSED },
					     { 20000, 0, OUTCOME_REFUSED },
					     { 25200, 0, OUTCOME_OK } };
	struct world w;
	(void)state;
	world_begin(&w, 1000, 1, 100);
	RUN(&w, story, 60000);
	assert_non_null(strstr(w.trace.text, " 1 isolated\n"));
	const char *failover = strstr(w.trace.text, "bdr_failover");
	assert_non_null(failover);
	assert_null(strstr(failover + 1, "bdr_failover"));
	assert_memory_equal(failover - 2, "1 ", 2);
}

static void test_a_starting_server_has_its_time_of_grace(void **state)
{
	static const struct turn story[] = { { 20000, 1, OUTCOME_STARTING } };
	struct world w;
	(void)state;
	world_begin(&w, 1000, 1, 100);
	RUN(&w, story, 49900);
	assert_trace(&w, both_seen_1s, "20000 1 doubt\n20001 1 starting\n");
	world_begin(&w, 1000, 1, 100);
	RUN(&w, story, 60000);
	assert_non_null(strstr(w.trace.text, "bdr_failover after 30"));
}

static void test_a_node_that_denies_the_login_stays_where_it_is(void **state)
{
	static const struct turn story[] = { { 20000, 1, OUTCOME_DENIED } };
	struct world w;
	(void)state;
	world_begin(&w, 1000, 1, 100);
	RUN(&w, story, 60000);
	assert_null(strstr(w.trace.text, "bdr_"));
}

static void test_nothing_moves_to_a_node_that_denies_the_login(void **state)
{
	static const struct turn story[] = { { 15000, 0, OUTCOME_DENIED },
					     { 20000, 1, OUTCOME_REFUSED } };
	struct world w;
	(void)state;
	world_begin(&w, 1000, 1, 100);
	RUN(&w, story, 60000);
	assert_null(strstr(w.trace.text, "bdr_failover"));
	assert_non_null(strstr(w.trace.text, "1 no_target"));
}

static void test_without_a_majority_wait_means_wait(void **state)
{
	static const struct turn silence[] = { { 20000, 1, OUTCOME_TIMEOUT } };
	static const struct turn crash[] = { { 20000, 1, OUTCOME_REFUSED } };
	struct world w;
	(void)state;
	world_begin(&w, 1000, 1, 100);
	w.policy.act_without_majority = false;
	RUN(&w, silence, 60000);
	assert_null(strstr(w.trace.text, "bdr_failover"));
	assert_non_null(strstr(w.trace.text, "1 no_majority"));
	/* a crash is confirmed by the dead server's own host */
	world_begin(&w, 1000, 1, 100);
	w.policy.act_without_majority = false;
	RUN(&w, crash, 60000);
	assert_non_null(strstr(w.trace.text, "bdr_failover confirmed"));
}

static void
test_fast_failover_needs_no_further_attempts_when_the_evidence_is_conclusive(void **state)
{
	static const struct turn crash[] = { { 20000, 1, OUTCOME_REFUSED } };
	static const struct turn silence[] = { { 20000, 1, OUTCOME_TIMEOUT } };
	struct world w;
	(void)state;
	world_begin(&w, 5000, 6, 5000);
	w.policy.health.fast = true;
	RUN(&w, crash, 30000);
	assert_non_null(strstr(w.trace.text, "20002 1 bdr_failover confirmed after 2\n"));
	world_begin(&w, 5000, 6, 5000);
	w.policy.health.fast = true;
	RUN(&w, silence, 40000);
	assert_null(strstr(w.trace.text, "bdr_failover"));
}

static void test_a_monitor_that_was_stopped_looks_anew_before_it_acts(void **state)
{
	/* node 1 is back before the monitor wakes up */
	static const struct turn story[] = { { 20000, 1, OUTCOME_REFUSED },
					     { 29000, 1, OUTCOME_OK } };
	struct world w;
	(void)state;
	world_begin(&w, 1000, 1, 100);
	w.stopped_from = 20000;
	w.stopped_until = 30000;
	RUN(&w, story, 40000);
	assert_null(strstr(w.trace.text, "bdr_failover"));
	assert_non_null(strstr(w.trace.text, "30000 1 late\n"));
	assert_non_null(strstr(w.trace.text, "1 well\n"));
}

static void test_a_node_never_seen_is_never_failed_over(void **state)
{
	static const struct turn story[] = { { 0, 1, OUTCOME_REFUSED } };
	struct world w;
	(void)state;
	world_begin(&w, 1000, 1, 100);
	w.node[1].now = OUTCOME_REFUSED;
	RUN(&w, story, 60000);
	assert_string_equal(w.trace.text, "1000 0 never_seen\n1000 1 never_seen\n");
}

static void test_an_observation_that_is_not_renewed_turns_unknown(void **state)
{
	struct world w;
	struct view view = { .made = at_ms(10000) };
	(void)state;
	world_begin(&w, 1000, 1, 100);
	view.node[0].history.health = HEALTH_DOWN;
	view.node[0].last.asked = at_ms(10000 - w.policy.stale_ms);
	assert_int_equal(view_health(&view, 0, &w.policy), HEALTH_DOWN);
	view.node[0].last.asked = at_ms(10000 - w.policy.stale_ms - 1);
	assert_int_equal(view_health(&view, 0, &w.policy), HEALTH_UNKNOWN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_crash_with_the_documented_settings_takes_25_seconds),
		cmocka_unit_test(test_a_crash_with_fast_settings_takes_milliseconds),
		cmocka_unit_test(
			test_a_frozen_node_is_given_up_after_one_more_attempt_than_configured),
		cmocka_unit_test(test_when_both_nodes_fall_silent_i_am_the_one_who_is_cut_off),
		cmocka_unit_test(test_a_short_cut_is_a_reconnect_and_not_a_failover),
		cmocka_unit_test(test_an_ended_session_alone_is_told_to_nobody),
		cmocka_unit_test(test_a_node_that_comes_back_recovers_once_it_has_held),
		cmocka_unit_test(test_a_crash_during_recovery_belongs_to_the_same_failure),
		cmocka_unit_test(test_both_die_and_the_first_one_back_takes_over),
		cmocka_unit_test(test_a_starting_server_has_its_time_of_grace),
		cmocka_unit_test(test_a_node_that_denies_the_login_stays_where_it_is),
		cmocka_unit_test(test_nothing_moves_to_a_node_that_denies_the_login),
		cmocka_unit_test(test_without_a_majority_wait_means_wait),
		cmocka_unit_test(
			test_fast_failover_needs_no_further_attempts_when_the_evidence_is_conclusive),
		cmocka_unit_test(test_a_monitor_that_was_stopped_looks_anew_before_it_acts),
		cmocka_unit_test(test_a_node_never_seen_is_never_failed_over),
		cmocka_unit_test(test_an_observation_that_is_not_renewed_turns_unknown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
