/* SPDX-License-Identifier: PostgreSQL */
/* What the settings make of the outcomes of one node, told as stories of its probes, and of
 * both nodes where the decision is the point. */
#include "world.h"

struct probe_told {
	int64_t at; /* when it was asked; the answer comes a millisecond later */
	enum outcome outcome;
	enum health health; /* after it */
};

static const struct health_policy usual = {
	.attempts = 3,
	.attempt_interval_ms = 1000,
	.interval_ms = 1000,
	.restart_grace_ms = 30000,
	.recovery_hold_ms = 10000,
};

static struct probe_result result_of(const struct probe_told *told)
{
	return (struct probe_result) { .outcome = told->outcome,
				       .asked = at_ms(told->at),
				       .answered = at_ms(told->at + 1),
				       .step = STEP_LOGIN };
}

static void tell(struct history *h, const struct health_policy *policy,
		 const struct probe_told *story, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		struct probe_result result = result_of(&story[i]);
		history_fold(h, &result, policy);
		assert_string_equal(health_name(h->health), health_name(story[i].health));
	}
}

#define TELL(history, policy, story) tell((history), (policy), (story), ARRAY_LEN(story))

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

/* A firewall may refuse what the server does not. */
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
			test_a_restart_within_its_grace_is_no_failure_however_many_tries_it_takes),
		cmocka_unit_test(
			test_a_server_that_stops_and_stays_away_is_down_when_the_attempts_have_failed),
		cmocka_unit_test(test_a_server_that_starts_for_longer_than_its_grace_is_down),
		cmocka_unit_test(test_without_grace_starting_is_an_attempt_like_any_other),
		cmocka_unit_test(test_tries_keep_their_distance_whether_they_count_or_not),
		cmocka_unit_test(test_a_fault_counts_as_a_failure_if_act_on_has_it),
		cmocka_unit_test(test_act_on_fails_over_and_without_it_nothing_moves),
		cmocka_unit_test(test_fast_failover_spares_attempts_on_conclusive_evidence_only),
		cmocka_unit_test(test_evidence_of_the_last_failure_is_none_of_the_next),
		cmocka_unit_test(
			test_refusals_tell_only_if_no_silence_came_since_the_end_of_the_session),
		cmocka_unit_test(test_attempts_of_the_last_doubt_are_none_of_the_next),
		cmocka_unit_test(test_the_word_of_a_worker_that_hangs_grows_old_and_moves_nothing),
		cmocka_unit_test(test_the_end_of_a_session_counts_whenever_it_is_noticed),
		cmocka_unit_test(test_a_server_that_ends_a_query_by_its_shutdown_ended_the_session),
		cmocka_unit_test(test_a_probe_that_says_nothing_changes_nothing),
		cmocka_unit_test(test_attempts_never_follow_each_other_without_a_pause),
		cmocka_unit_test(test_a_probe_that_was_slow_is_followed_by_the_next_at_once),
		cmocka_unit_test(test_where_nobody_listens_is_asked_more_often),
		cmocka_unit_test(test_a_node_that_was_down_is_recovering_until_it_has_held),
		cmocka_unit_test(test_a_node_that_answers_with_a_fault_is_back),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
