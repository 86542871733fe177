/* SPDX-License-Identifier: PostgreSQL */
/* What the settings make of the outcomes of one node, told as stories of its probes, and of
 * both nodes where the decision is the point. */
#include "told_probes.h"

static void test_a_restart_within_its_grace_is_no_failure_however_many_tries_it_takes(void **state)
{
	static const struct probe_told story[] = {
		{ 1000, OUTCOME_OK, HEALTH_UP },
		{ 2000, OUTCOME_STOPPING, HEALTH_SUSPECT },
		{ 3000, OUTCOME_STOPPING, HEALTH_SUSPECT },
		{ 4000, OUTCOME_STOPPING, HEALTH_SUSPECT },
		{ 5000, OUTCOME_STOPPING, HEALTH_SUSPECT },
		{ 6000, OUTCOME_STOPPING, HEALTH_SUSPECT },
		{ 7000, OUTCOME_REFUSED, HEALTH_SUSPECT },
		{ 8000, OUTCOME_REFUSED, HEALTH_SUSPECT },
		{ 9000, OUTCOME_STARTING, HEALTH_SUSPECT },
		{ 20000, OUTCOME_STARTING, HEALTH_SUSPECT },
		{ 21000, OUTCOME_OK, HEALTH_UP },
	};
	struct history h = { 0 };
	(void)state;
	TELL(&h, &usual, story);
	assert_int_equal(h.reconnects, 1);
	assert_int_equal(h.reconnect_ms, 21001 - 2001);
}

static void
test_a_server_that_stops_and_stays_away_is_down_when_the_attempts_have_failed(void **state)
{
	static const struct probe_told story[] = {
		{ 1000, OUTCOME_OK, HEALTH_UP },
		{ 2000, OUTCOME_STOPPING, HEALTH_SUSPECT },
		{ 3000, OUTCOME_STOPPING, HEALTH_SUSPECT },
		{ 4000, OUTCOME_REFUSED, HEALTH_SUSPECT },
		{ 5000, OUTCOME_REFUSED, HEALTH_SUSPECT },
		{ 6000, OUTCOME_REFUSED, HEALTH_DOWN },
	};
	struct history h = { 0 };
	(void)state;
	TELL(&h, &usual, story);
}

static void test_a_server_that_starts_for_longer_than_its_grace_is_down(void **state)
{
	static const struct probe_told story[] = {
		{ 1000, OUTCOME_OK, HEALTH_UP },
		{ 2000, OUTCOME_REFUSED,
		  HEALTH_SUSPECT }, /* the doubt begins when it is answered */
		{ 3000, OUTCOME_STARTING, HEALTH_SUSPECT },
		{ 4000, OUTCOME_STARTING, HEALTH_SUSPECT },
		{ 31999, OUTCOME_STARTING, HEALTH_SUSPECT },
		{ 32000, OUTCOME_STARTING, HEALTH_DOWN },
	};
	struct history h = { 0 };
	(void)state;
	TELL(&h, &usual, story);
}

static void test_without_grace_starting_is_an_attempt_like_any_other(void **state)
{
	static const struct probe_told story[] = {
		{ 1000, OUTCOME_OK, HEALTH_UP },
		{ 2000, OUTCOME_STARTING, HEALTH_SUSPECT },
		{ 3000, OUTCOME_STARTING, HEALTH_SUSPECT },
		{ 4000, OUTCOME_STARTING, HEALTH_SUSPECT },
		{ 5000, OUTCOME_STARTING, HEALTH_DOWN },
	};
	struct health_policy policy = usual;
	struct history h = { 0 };
	(void)state;
	policy.restart_grace_ms = 0;
	TELL(&h, &policy, story);
}

static void test_tries_keep_their_distance_whether_they_count_or_not(void **state)
{
	static const struct probe_told doubt = { 2000, OUTCOME_STOPPING, HEALTH_SUSPECT };
	struct history h = { 0 };
	(void)state;
	tell(&h, &usual, &doubt, 1);
	for (int64_t k = 0; k < 5; k++) {
		struct probe_told told = { 2001 + k * 1000, OUTCOME_STOPPING, HEALTH_SUSPECT };
		struct probe_result result = result_of(&told);
		tell(&h, &usual, &told, 1);
		assert_int_equal(history_next(&h, &usual, &result).us / 1000, told.at + 1000);
	}
}

/* Each fault and each set of them: it counts if act_on has it, and is else only a fault. */
static void test_a_fault_counts_as_a_failure_if_act_on_has_it(void **state)
{
	static const enum outcome faults[] = { OUTCOME_DENIED, OUTCOME_TOO_MANY_CONNECTIONS,
					       OUTCOME_READ_ONLY, OUTCOME_NOT_BDR };
	(void)state;
	for (unsigned set = 0; set < 1u << ARRAY_LEN(faults); set++) {
		struct health_policy policy = usual;
		for (unsigned i = 0; i < ARRAY_LEN(faults); i++)
			policy.act_on |= (set >> i & 1) != 0 ? outcome_bit(faults[i]) : 0;
		for (unsigned i = 0; i < ARRAY_LEN(faults); i++) {
			bool counts = (set >> i & 1) != 0;
			struct history h = { 0 };
			struct probe_told story[] = {
				{ 1000, OUTCOME_OK, HEALTH_UP },
				{ 2000, faults[i], counts ? HEALTH_SUSPECT : HEALTH_UP },
				{ 3000, faults[i], counts ? HEALTH_SUSPECT : HEALTH_UP },
				{ 4000, faults[i], counts ? HEALTH_SUSPECT : HEALTH_UP },
				{ 5000, faults[i], counts ? HEALTH_DOWN : HEALTH_UP },
			};
			TELL(&h, &policy, story);
		}
	}
}

static void test_act_on_fails_over_and_without_it_nothing_moves(void **state)
{
	static const struct turn full[] = { { 20000, 1, OUTCOME_TOO_MANY_CONNECTIONS } };
	struct world w;
	(void)state;
	world_begin(&w, 1000, 2, 100);
	w.policy.health.act_on = outcome_bit(OUTCOME_TOO_MANY_CONNECTIONS);
	RUN(&w, full, 30000);
	assert_non_null(strstr(w.trace.text, "1 bdr_failover"));
	world_begin(&w, 1000, 2, 100);
	RUN(&w, full, 30000);
	assert_null(strstr(w.trace.text, "bdr_"));
}

/* Evidence is conclusive if the server itself ended the session and is refused since. */
/* A firewall may refuse what the server does not. */
static void test_attempts_of_the_last_doubt_are_none_of_the_next(void **state)
{
	static const struct probe_told first[] = {
		{ 1000, OUTCOME_OK, HEALTH_UP },
		{ 2000, OUTCOME_REFUSED, HEALTH_SUSPECT },
		{ 3000, OUTCOME_REFUSED, HEALTH_SUSPECT },
		{ 4000, OUTCOME_REFUSED, HEALTH_SUSPECT },
		{ 5000, OUTCOME_OK, HEALTH_UP },
		{ 6000, OUTCOME_REFUSED, HEALTH_SUSPECT },
		{ 7500, OUTCOME_REFUSED, HEALTH_SUSPECT },
	};
	static const struct probe_told last[] = {
		{ 8500, OUTCOME_REFUSED, HEALTH_SUSPECT },
		{ 9500, OUTCOME_REFUSED, HEALTH_DOWN },
	};
	struct probe_result attempt = result_of(&first[ARRAY_LEN(first) - 1]);
	struct history h = { 0 };
	(void)state;
	TELL(&h, &usual, first);
	assert_int_equal(history_next(&h, &usual, &attempt).us, at_ms(8500).us);
	TELL(&h, &usual, last);
}

static void test_the_word_of_a_worker_that_hangs_grows_old_and_moves_nothing(void **state)
{
	static const struct turn story[] = { { 20000, 0, OUTCOME_NONE },
					     { 30000, 1, OUTCOME_REFUSED } };
	struct world w;
	(void)state;
	world_begin(&w, 1000, 2, 100);
	RUN(&w, story, 40000);
	/* the last answer of node 0 was asked for at 19000, and 4 s are stale */
	assert_string_equal(w.trace.text, "1000 0 never_seen\n"
					  "1000 1 never_seen\n"
					  "1501 0 well\n"
					  "1501 1 well\n"
					  "23001 0 unseen\n"
					  "30000 1 doubt\n"
					  "30101 1 no_target\n");
}

static void test_a_probe_that_says_nothing_changes_nothing(void **state)
{
	struct probe_result nothing = { .outcome = OUTCOME_NONE, .answered = at_ms(9) };
	struct history h = { .health = HEALTH_SUSPECT }, before = h;
	(void)state;
	history_fold(&h, &nothing, &usual);
	assert_memory_equal(&h, &before, sizeof h);
}

static void test_attempts_never_follow_each_other_without_a_pause(void **state)
{
	struct health_policy policy = usual;
	struct history h = { .health = HEALTH_SUSPECT, .tries = 1, .first_attempt = at_ms(100) };
	struct probe_result last = { .asked = at_ms(100), .answered = at_ms(101) };
	(void)state;
	policy.attempt_interval_ms = 0;
	assert_int_equal(history_next(&h, &policy, &last).us, at_ms(110).us);
}

static void test_a_probe_that_was_slow_is_followed_by_the_next_at_once(void **state)
{
	struct history up = { .health = HEALTH_UP };
	struct history suspect = { .health = HEALTH_SUSPECT,
				   .tries = 1,
				   .first_attempt = at_ms(100) };
	struct probe_result last = { .asked = at_ms(100), .answered = at_ms(1099) };
	(void)state;
	assert_int_equal(history_next(&up, &usual, &last).us, at_ms(1100).us);
	assert_int_equal(history_next(&suspect, &usual, &last).us, at_ms(1100).us);
	last.answered = at_ms(5000);
	assert_int_equal(history_next(&up, &usual, &last).us, at_ms(5000).us);
	assert_int_equal(history_next(&suspect, &usual, &last).us, at_ms(5000).us);
}

static void test_where_nobody_listens_is_asked_more_often(void **state)
{
	static const struct {
		enum health health;
		enum outcome outcome;
		int64_t interval_ms, next_ms;
	} cases[] = {
		{ HEALTH_DOWN, OUTCOME_REFUSED, 5000, RETURN_EVERY_MS },
		{ HEALTH_DOWN, OUTCOME_REFUSED, RETURN_EVERY_MS - 1, RETURN_EVERY_MS - 1 },
		{ HEALTH_DOWN, OUTCOME_TIMEOUT, 5000, 5000 }, /* each takes a slot of its backlog */
		{ HEALTH_DOWN, OUTCOME_STARTING, 5000, 5000 }, /* each is a line in its log */
		{ HEALTH_UP, OUTCOME_REFUSED, 5000, 5000 },    /* a fault by act_on */
	};
	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(cases); i++) {
		struct health_policy policy = { .interval_ms = cases[i].interval_ms };
		struct history h = { .health = cases[i].health };
		struct probe_result last = { .outcome = cases[i].outcome,
					     .asked = at_ms(1000),
					     .answered = at_ms(1001) };
		assert_int_equal(history_next(&h, &policy, &last).us,
				 at_ms(1000 + cases[i].next_ms).us);
	}
}

static void test_a_node_that_was_down_is_recovering_until_it_has_held(void **state)
{
	static const struct probe_told story[] = {
		{ 1000, OUTCOME_OK, HEALTH_UP },
		{ 2000, OUTCOME_REFUSED, HEALTH_SUSPECT },
		{ 3000, OUTCOME_REFUSED, HEALTH_SUSPECT },
		{ 4000, OUTCOME_REFUSED, HEALTH_SUSPECT },
		{ 5000, OUTCOME_REFUSED, HEALTH_DOWN },
		{ 6000, OUTCOME_OK, HEALTH_RECOVERING },
		{ 7000, OUTCOME_REFUSED, HEALTH_SUSPECT }, /* it did not hold */
		{ 8000, OUTCOME_OK, HEALTH_RECOVERING },
		{ 17999, OUTCOME_OK, HEALTH_RECOVERING },
		{ 18000, OUTCOME_OK, HEALTH_UP },
		{ 19000, OUTCOME_REFUSED, HEALTH_SUSPECT },
		{ 20000, OUTCOME_OK, HEALTH_UP },
		{ 21000, OUTCOME_OK, HEALTH_UP },
	};
	struct history h = { 0 };
	(void)state;
	TELL(&h, &usual, story);
	assert_int_equal(h.since.us, at_ms(20001).us);
}

static void test_a_node_that_answers_with_a_fault_is_back(void **state)
{
	static const struct probe_told suspect[] = {
		{ 1000, OUTCOME_OK, HEALTH_UP },
		{ 2000, OUTCOME_REFUSED, HEALTH_SUSPECT },
		{ 3000, OUTCOME_TOO_MANY_CONNECTIONS, HEALTH_UP },
	};
	static const struct probe_told down[] = { { 5000, OUTCOME_READ_ONLY, HEALTH_RECOVERING } };
	struct history h = { 0 };
	(void)state;
	TELL(&h, &usual, suspect);
	h.health = HEALTH_DOWN;
	TELL(&h, &usual, down);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_a_server_that_stops_and_stays_away_is_down_when_the_attempts_have_failed),
		cmocka_unit_test(
			test_a_restart_within_its_grace_is_no_failure_however_many_tries_it_takes),
		cmocka_unit_test(test_a_server_that_starts_for_longer_than_its_grace_is_down),
		cmocka_unit_test(test_without_grace_starting_is_an_attempt_like_any_other),
		cmocka_unit_test(test_tries_keep_their_distance_whether_they_count_or_not),
		cmocka_unit_test(test_a_fault_counts_as_a_failure_if_act_on_has_it),
		cmocka_unit_test(test_act_on_fails_over_and_without_it_nothing_moves),
		cmocka_unit_test(test_attempts_of_the_last_doubt_are_none_of_the_next),
		cmocka_unit_test(test_the_word_of_a_worker_that_hangs_grows_old_and_moves_nothing),
		cmocka_unit_test(test_a_probe_that_says_nothing_changes_nothing),
		cmocka_unit_test(test_attempts_never_follow_each_other_without_a_pause),
		cmocka_unit_test(test_a_probe_that_was_slow_is_followed_by_the_next_at_once),
		cmocka_unit_test(test_where_nobody_listens_is_asked_more_often),
		cmocka_unit_test(test_a_node_that_was_down_is_recovering_until_it_has_held),
		cmocka_unit_test(test_a_node_that_answers_with_a_fault_is_back),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
