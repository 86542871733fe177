/* SPDX-License-Identifier: PostgreSQL */
/* When the server itself has said that it is gone: the end of the session, and refusals since. */
#include "told_probes.h"

static void test_fast_failover_spares_attempts_on_conclusive_evidence_only(void **state)
{
	static const struct {
		bool fast, by_server;
		enum outcome outcome;
		enum health health; /* after the first attempt of three */
	} cases[] = {
		{ true, true, OUTCOME_REFUSED, HEALTH_DOWN },
		{ true, false, OUTCOME_REFUSED, HEALTH_SUSPECT }, /* a firewall answers so, too */
		{ true, true, OUTCOME_TIMEOUT, HEALTH_SUSPECT },
		{ true, true, OUTCOME_BROKEN, HEALTH_SUSPECT },
		{ true, true, OUTCOME_STARTING, HEALTH_SUSPECT },
		{ true, false, OUTCOME_UNREACHABLE, HEALTH_SUSPECT },
		{ false, true, OUTCOME_REFUSED, HEALTH_SUSPECT },
	};
	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(cases); i++) {
		struct health_policy policy = usual;
		struct history h = { .health = HEALTH_UP };
		policy.fast = cases[i].fast;
		history_doubt(&h, at_ms(1000), cases[i].by_server);
		struct probe_told attempt = { 1001, cases[i].outcome, cases[i].health };
		tell(&h, &policy, &attempt, 1);
	}
}

static void test_evidence_of_the_last_failure_is_none_of_the_next(void **state)
{
	static const struct probe_told story[] = {
		{ 1001, OUTCOME_STARTING, HEALTH_SUSPECT },
		{ 2001, OUTCOME_OK, HEALTH_UP },
		{ 3001, OUTCOME_REFUSED, HEALTH_SUSPECT },
		{ 4001, OUTCOME_REFUSED, HEALTH_SUSPECT },
	};
	struct health_policy policy = usual;
	struct history h = { .health = HEALTH_UP };
	(void)state;
	policy.fast = true;
	history_doubt(&h, at_ms(1000), true);
	TELL(&h, &policy, story);
	assert_false(history_conclusive(&h));
	h = (struct history) { .health = HEALTH_UP, .refused = true };
	history_doubt(&h, at_ms(1000), true);
	assert_false(history_conclusive(&h));
}

static void test_refusals_tell_only_if_no_silence_came_since_the_end_of_the_session(void **state)
{
	static const struct {
		enum outcome between;
		bool conclusive;
	} cases[] = {
		{ OUTCOME_REFUSED, true },      { OUTCOME_STOPPING, true },
		{ OUTCOME_STARTING, true },     { OUTCOME_TIMEOUT, false },
		{ OUTCOME_UNREACHABLE, false }, { OUTCOME_BROKEN, false },
	};
	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(cases); i++) {
		for (int attempts = 1; attempts <= 3; attempts++) { /* suspect, or down by then */
			struct health_policy policy = usual;
			struct history h = { .health = HEALTH_UP };
			struct probe_result result = { .outcome = cases[i].between };
			policy.attempts = attempts;
			history_doubt(&h, at_ms(1000), true);
			history_fold(&h, &result, &policy);
			result.outcome = OUTCOME_REFUSED;
			history_fold(&h, &result, &policy);
			assert_int_equal(history_conclusive(&h), cases[i].conclusive);
		}
	}
}

static void test_the_end_of_a_session_counts_whenever_it_is_noticed(void **state)
{
	static const struct probe_told fails[] = {
		{ 1000, OUTCOME_OK, HEALTH_UP },
		{ 2000, OUTCOME_REFUSED, HEALTH_SUSPECT },
	};
	static const struct probe_told refused[] = {
		{ 3000, OUTCOME_REFUSED, HEALTH_SUSPECT },
		{ 4000, OUTCOME_REFUSED, HEALTH_SUSPECT },
		{ 5000, OUTCOME_REFUSED, HEALTH_DOWN },
	};
	static const struct probe_told down[] = { { 6000, OUTCOME_REFUSED, HEALTH_DOWN } };
	static const struct probe_told back[] = { { 7000, OUTCOME_OK, HEALTH_RECOVERING } };
	struct history h = { 0 };
	(void)state;
	TELL(&h, &usual, fails);
	history_doubt(&h, at_ms(2500), true);
	assert_int_equal(h.doubt_since.us, at_ms(2001).us); /* no new doubt */
	assert_false(history_conclusive(&h));
	TELL(&h, &usual, refused);
	assert_true(history_conclusive(&h));
	history_doubt(&h, at_ms(5500), false); /* a reset, of a later try: ask again */
	assert_false(history_conclusive(&h));
	TELL(&h, &usual, down);
	assert_true(history_conclusive(&h));
	TELL(&h, &usual, back);
	assert_false(history_conclusive(&h));
}

static void test_a_server_that_ends_a_query_by_its_shutdown_ended_the_session(void **state)
{
	struct probe_result cut = { .outcome = OUTCOME_STOPPING, .step = STEP_QUERY };
	struct probe_result refused = { .outcome = OUTCOME_REFUSED };
	struct history at_query = { .health = HEALTH_UP }, at_login = { .health = HEALTH_UP };
	(void)state;
	history_fold(&at_query, &cut, &usual);
	cut.step = STEP_LOGIN;
	history_fold(&at_login, &cut, &usual);
	history_fold(&at_query, &refused, &usual);
	history_fold(&at_login, &refused, &usual);
	assert_true(history_conclusive(&at_query));
	assert_false(history_conclusive(&at_login));
	/* nor is a session that breaks in a query ended by the server for certain */
	cut = (struct probe_result) { .outcome = OUTCOME_BROKEN, .step = STEP_QUERY };
	at_query = (struct history) { .health = HEALTH_UP };
	history_fold(&at_query, &cut, &usual);
	history_fold(&at_query, &refused, &usual);
	assert_false(history_conclusive(&at_query));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fast_failover_spares_attempts_on_conclusive_evidence_only),
		cmocka_unit_test(test_evidence_of_the_last_failure_is_none_of_the_next),
		cmocka_unit_test(
			test_refusals_tell_only_if_no_silence_came_since_the_end_of_the_session),
		cmocka_unit_test(test_the_end_of_a_session_counts_whenever_it_is_noticed),
		cmocka_unit_test(test_a_server_that_ends_a_query_by_its_shutdown_ended_the_session),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
