/* SPDX-License-Identifier: PostgreSQL */
/* What is seen, said and recorded, as facts: a case for each value of each fact. */
#include "matrix.h"

static void test_a_dead_node_and_a_living_one(void **state)
{
	struct matrix m;
	(void)state;
	matrix_begin(&m);
	struct facts f = matrix_facts(&m, X);
	assert_int_equal(f.awake, YES);
	assert_int_equal(f.paused, NO);
	assert_int_equal(f.rival, NO);
	assert_int_equal(f.crowded, NO);
	assert_int_equal(f.both_seen, YES);
	assert_int_equal(f.failed, FAILED_NO);
	assert_int_equal(f.subject, SUBJECT_DOWN);
	assert_int_equal(f.other, OTHER_UP);
	assert_int_equal(f.others, OTHERS_SILENT);
	assert_int_equal(f.awaited, NO);
	assert_int_equal(f.vetoed, NO);
	assert_int_equal(f.mandate, MANDATE_NONE);
	f = matrix_facts(&m, Y);
	assert_int_equal(f.subject, SUBJECT_UP);
	assert_int_equal(f.other, OTHER_DOWN);
}

static void test_the_subject_as_i_see_it(void **state)
{
	static const struct {
		enum health health;
		enum outcome outcome;
		int tries;
		enum fact_subject subject;
	} cases[] = {
		{ HEALTH_UNKNOWN, OUTCOME_NONE, 0, SUBJECT_UNKNOWN },
		{ HEALTH_UP, OUTCOME_OK, 0, SUBJECT_UP },
		{ HEALTH_UP, OUTCOME_DENIED, 0, SUBJECT_FAULTY },
		{ HEALTH_RECOVERING, OUTCOME_OK, 0, SUBJECT_RECOVERING },
		{ HEALTH_SUSPECT, OUTCOME_TIMEOUT, 1, SUBJECT_SUSPECT },
		{ HEALTH_SUSPECT, OUTCOME_STARTING, 0, SUBJECT_SUSPECT },
		{ HEALTH_SUSPECT, OUTCOME_STARTING, 1, SUBJECT_STARTING },
		{ HEALTH_DOWN, OUTCOME_TIMEOUT, 1, SUBJECT_DOWN },
	};
	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(cases); i++) {
		struct matrix m;
		matrix_begin(&m);
		see_myself(&m, X, cases[i].health, NOW_S);
		m.view.node[X].last.outcome = cases[i].outcome;
		m.view.node[X].history.tries = cases[i].tries;
		assert_int_equal(matrix_facts(&m, X).subject, cases[i].subject);
		m.view.node[X].last.asked = second(NOW_S - STALE_S - 1);
		assert_int_equal(matrix_facts(&m, X).subject, SUBJECT_UNKNOWN);
	}
}

static void test_the_other_node_as_a_target(void **state)
{
	static const struct {
		enum health health;
		enum outcome outcome;
		int64_t asked_s;
		enum fact_other other;
	} cases[] = {
		{ HEALTH_UNKNOWN, OUTCOME_NONE, NOW_S, OTHER_UNUSABLE },
		{ HEALTH_SUSPECT, OUTCOME_TIMEOUT, NOW_S, OTHER_UNUSABLE },
		{ HEALTH_UP, OUTCOME_READ_ONLY, NOW_S, OTHER_UNUSABLE },
		{ HEALTH_UP, OUTCOME_OK, NOW_S - STALE_S - 1, OTHER_UNUSABLE },
		{ HEALTH_UP, OUTCOME_TOO_MANY_CONNECTIONS, NOW_S, OTHER_UP }, /* I hold one */
		{ HEALTH_DOWN, OUTCOME_REFUSED, NOW_S, OTHER_DOWN },
		{ HEALTH_UP, OUTCOME_OK, DOUBT_S, OTHER_UP_BEFORE },
		{ HEALTH_RECOVERING, OUTCOME_OK, DOUBT_S, OTHER_UP_BEFORE },
		{ HEALTH_UP, OUTCOME_OK, DOUBT_S + 1, OTHER_UP },
		{ HEALTH_RECOVERING, OUTCOME_OK, NOW_S, OTHER_RECOVERING },
	};
	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(cases); i++) {
		struct matrix m;
		matrix_begin(&m);
		see_myself(&m, Y, cases[i].health, cases[i].asked_s);
		m.view.node[Y].last.outcome = cases[i].outcome;
		struct facts f = matrix_facts(&m, X);
		assert_int_equal(f.other, cases[i].other);
		assert_int_equal(f.awaited == YES, cases[i].other == OTHER_UP_BEFORE);
	}
	struct matrix m;
	matrix_begin(&m);
	m.policy.claims = false; /* then nobody holds a connection for me */
	m.view.node[Y].last.outcome = OUTCOME_TOO_MANY_CONNECTIONS;
	assert_int_equal(matrix_facts(&m, X).other, OTHER_UNUSABLE);
}

static void test_under_the_claim_i_must_have_looked_again_myself(void **state)
{
	struct matrix m;
	(void)state;
	matrix_begin(&m);
	take_claim(&m);
	assert_int_equal(matrix_facts(&m, X).awaited, NO);
	see_myself(&m, Y, HEALTH_UP, CLAIM_S - 1);
	assert_int_equal(matrix_facts(&m, X).other, OTHER_UP_BEFORE);
	assert_int_equal(matrix_facts(&m, X).awaited, YES);
	see_myself(&m, Y, HEALTH_UP, NOW_S);
	see_myself(&m, X, HEALTH_DOWN, CLAIM_S - 1);
	assert_int_equal(matrix_facts(&m, X).awaited, YES);
	/* that holds for a node that is back, too */
	see_myself(&m, X, HEALTH_UP, CLAIM_S - 1);
	assert_int_equal(matrix_facts(&m, X).awaited, YES);
	see_myself(&m, X, HEALTH_UP, CLAIM_S);
	assert_int_equal(matrix_facts(&m, X).awaited, NO);
	see_myself(&m, Y, HEALTH_UP, DOUBT_S); /* and is no longer a matter of the other one */
	assert_int_equal(matrix_facts(&m, X).awaited, NO);
}

static void test_under_the_claim_its_links_must_be_looked_at_again(void **state)
{
	static const struct {
		bool watches;
		enum health health;
		int64_t ok_since_s, level_s;
		enum fact_yes_no awaited;
	} cases[] = {
		{ true, HEALTH_UP, CLAIM_S - 2, CLAIM_S - 1, YES },
		{ true, HEALTH_UP, CLAIM_S - 1, CLAIM_S - 1, YES },
		{ false, HEALTH_UP, CLAIM_S - 2, CLAIM_S - 1, NO },
		{ true, HEALTH_RECOVERING, CLAIM_S - 2, CLAIM_S - 1, NO },
		{ true, HEALTH_DOWN, CLAIM_S - 2, CLAIM_S - 1, NO },
		{ true, HEALTH_UP, CLAIM_S - 1, CLAIM_S - 2, NO }, /* not since it is back */
		{ true, HEALTH_UP, CLAIM_S - 2, CLAIM_S, NO },     /* it was asked */
		{ true, HEALTH_UP, 1, NOW_S - STALE_S, YES },
		{ true, HEALTH_UP, 1, NOW_S - STALE_S - 1, NO }, /* nobody answers */
	};
	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(cases); i++) {
		struct matrix m;
		matrix_begin(&m);
		take_claim(&m);
		m.policy.watches_links = cases[i].watches;
		see_myself(&m, X, cases[i].health, NOW_S);
		see_myself(&m, Y, HEALTH_UP, NOW_S);
		m.view.node[X].history.ok_since = second(cases[i].ok_since_s);
		m.view.node[X].level = second(cases[i].level_s);
		assert_int_equal(matrix_facts(&m, X).awaited, cases[i].awaited);
	}
}

static void test_a_target_with_an_open_failure_is_unfit(void **state)
{
	struct matrix m;
	(void)state;
	matrix_begin(&m);
	m.view.record[X] = (struct record) { .epoch = 3, .stage = STAGE_CLAIMED };
	assert_int_equal(matrix_facts(&m, X).other, OTHER_RECOVERING);
	m.view.record[X].stage = STAGE_CLOSED;
	assert_int_equal(matrix_facts(&m, X).other, OTHER_UP);
	m.memory.node[Y].failed = true; /* without the claim */
	assert_int_equal(matrix_facts(&m, X).other, OTHER_RECOVERING);
}

static void test_a_failure_by_its_record(void **state)
{
	static const enum fact_failed failed[STAGES] = {
		[STAGE_NONE] = FAILED_NO,        [STAGE_CLAIMED] = FAILED_OPEN,
		[STAGE_COMMANDED] = FAILED_OPEN, [STAGE_DONE] = FAILED_DONE,
		[STAGE_ABANDONED] = FAILED_NO,   [STAGE_CLOSED] = FAILED_NO,
	};
	struct matrix m;
	(void)state;
	for (unsigned stage = 0; stage < STAGES; stage++) {
		matrix_begin(&m);
		m.view.record[Y] = (struct record) { .epoch = 3, .stage = (enum stage)stage };
		assert_int_equal(matrix_facts(&m, X).failed, failed[stage]);
		assert_int_equal(matrix_facts(&m, Y).failed, FAILED_NO);
	}
	matrix_begin(&m);
	m.memory.node[X].failed = true;
	assert_int_equal(matrix_facts(&m, X).failed, FAILED_DONE);
}

/* Also for a monitor that started after the failure, and has not seen the node down. */
static void test_a_failed_node_is_recovering_until_it_has_held(void **state)
{
	struct matrix m;
	(void)state;
	matrix_begin(&m);
	see_myself(&m, X, HEALTH_UP, NOW_S);
	m.view.node[X].history.ok_since = second(NOW_S);
	assert_int_equal(matrix_facts(&m, X).subject, SUBJECT_UP);
	m.view.record[Y] = (struct record) { .epoch = 3, .stage = STAGE_DONE };
	assert_int_equal(matrix_facts(&m, X).subject, SUBJECT_RECOVERING);
	m.view.node[X].history.ok_since = second(NOW_S - 1);
	assert_int_equal(matrix_facts(&m, X).subject, SUBJECT_UP);
}

static void test_a_node_recovers_only_when_it_replicates_since_it_is_back(void **state)
{
	struct matrix m;
	(void)state;
	matrix_begin(&m);
	see_myself(&m, X, HEALTH_UP, NOW_S);
	m.view.node[X].history.ok_since = second(93);
	m.view.node[X].level = second(92);
	assert_int_equal(matrix_facts(&m, X).level, YES); /* nobody watches it */
	m.policy.watches_links = true;
	assert_int_equal(matrix_facts(&m, X).level, NO);
	m.view.node[X].level = second(93);
	assert_int_equal(matrix_facts(&m, X).level, YES);
	take_claim(&m);
	assert_int_equal(matrix_facts(&m, X).level, NO);
	m.view.node[X].level = second(CLAIM_S);
	assert_int_equal(matrix_facts(&m, X).level, YES);
}

static void test_a_node_that_takes_long_to_recover_is_told(void **state)
{
	struct matrix m;
	(void)state;
	matrix_begin(&m);
	m.memory.node[X].failed = true;
	m.policy.watches_links = true;
	see_myself(&m, X, HEALTH_UP, NOW_S);
	m.view.node[X].history.ok_since = second(NOW_S - 4);
	m.policy.recovery_timeout_ms = 4001;
	assert_string_equal(matrix_rule(&m, X), "already");
	m.policy.recovery_timeout_ms = 4000;
	assert_string_equal(matrix_rule(&m, X), "overdue");
	m.policy.recovery_timeout_ms = 0;
	assert_string_equal(matrix_rule(&m, X), "already");
}

static void test_the_operator_can_readmit_a_node_as_it_is(void **state)
{
	struct matrix m;
	(void)state;
	matrix_begin(&m);
	m.policy.watches_links = true;
	m.view.record[Y] = (struct record) { .epoch = 3, .stage = STAGE_DONE };
	see_myself(&m, X, HEALTH_RECOVERING, NOW_S);
	m.view.node[X].history.ok_since = second(NOW_S);
	assert_string_equal(matrix_rule(&m, X), "already");
	m.view.word.readmit_until[X] = second(NOW_S + 1);
	assert_string_equal(matrix_rule(&m, X), "recovery");
	see_myself(&m, X, HEALTH_UP, NOW_S);
	assert_string_equal(matrix_rule(&m, X), "recovery");
	see_myself(&m, X, HEALTH_DOWN, NOW_S); /* but not a dead one */
	assert_string_equal(matrix_rule(&m, X), "already");
}

static void test_what_the_others_see_of_both_nodes(void **state)
{
	struct matrix m;
	(void)state;
	matrix_begin(&m);
	see_myself(&m, Y, HEALTH_DOWN, NOW_S);
	m.view.node[X].history.ended_by_server = m.view.node[X].history.refused = true;
	m.policy.layout.arbiters = m.policy.layout.proxies = 1;
	m.policy.layout.arbiter[0] = 3;
	m.view.arbiter[0].asked = second(NOW_S); /* it and the dead host have no eyes */
	assert_string_equal(matrix_rule(&m, X), "isolated");
	m.view.proxy[0].sight[X] = seen(HEALTH_DOWN, NOW_S);
	assert_string_equal(matrix_rule(&m, X), "isolated"); /* a proxy beside me: cut off too */
	m.policy.layout.proxy[0].domain = 2;
	m.view.proxy[0].sight[X] = seen(HEALTH_UNKNOWN, NOW_S);
	assert_string_equal(matrix_rule(&m, X), "isolated"); /* it has no opinion */
	m.view.proxy[0].sight[Y] = seen(HEALTH_DOWN, NOW_S);
	assert_string_equal(matrix_rule(&m, X), "all_down");
	m.view.proxy[0].sight[Y] = seen(HEALTH_UNKNOWN, NOW_S);
	m.view.proxy[0].sight[X] = seen(HEALTH_DOWN, NOW_S);
	assert_string_equal(matrix_rule(&m, X), "all_down");
	m.view.proxy[0].sight[X] = seen(HEALTH_SUSPECT, NOW_S);
	assert_string_equal(matrix_rule(&m, X), "all_down");
	m.view.proxy[0].sight[X] = seen(HEALTH_UP, DOUBT_S - 1); /* not long ago */
	assert_int_equal(matrix_facts(&m, X).others, OTHERS_SEE_UP);
	m.view.proxy[0].sight[X] = seen(HEALTH_SUSPECT, NOW_S);
	m.view.proxy[0].sight[Y] = seen(HEALTH_UP, NOW_S);
	assert_int_equal(matrix_facts(&m, X).others, OTHERS_SEE_UP);
	assert_string_equal(matrix_rule(&m, X), "no_target");
	assert_string_equal(matrix_rule(&m, Y), "no_target");
}

static void test_the_operator_says_wait(void **state)
{
	struct matrix m;
	(void)state;
	matrix_begin(&m);
	m.view.word.paused_until = second(NOW_S);
	assert_int_equal(matrix_facts(&m, X).paused, NO); /* it is over */
	m.view.word.paused_until = second(NOW_S + 1);
	assert_int_equal(matrix_facts(&m, X).paused, YES);
	assert_int_equal(matrix_facts(&m, Y).paused, YES);
	m.view.word.paused_until = NEVER;
	m.view.word.maintenance[X] = true;
	assert_int_equal(matrix_facts(&m, X).paused, YES);
	assert_int_equal(matrix_facts(&m, Y).paused, NO);
}

static void test_the_operator_says_failover(void **state)
{
	struct matrix m;
	(void)state;
	matrix_begin(&m);
	m.policy.layout.peers = 1;
	m.policy.layout.peer[0] = 1;
	assert_string_equal(matrix_rule(&m, X), "no_majority");
	m.view.word.failover_until[X] = second(NOW_S + 1);
	assert_string_equal(matrix_rule(&m, X), "failover");
	m.view.peer[0].sight[X] = seen(HEALTH_UP, NOW_S);
	assert_string_equal(matrix_rule(&m, X), "vetoed");
	m.view.word.force[X] = true;
	assert_string_equal(matrix_rule(&m, X), "failover");
	m.view.word.failover_until[X] = second(NOW_S); /* the word is too old, and its force */
	assert_string_equal(matrix_rule(&m, X), "vetoed");
	/* the rows above stay */
	m.view.word.failover_until[X] = second(NOW_S + 1);
	see_myself(&m, Y, HEALTH_DOWN, NOW_S);
	assert_string_equal(matrix_rule(&m, X), "no_target");
	see_myself(&m, X, HEALTH_UP, NOW_S);
	assert_string_equal(matrix_rule(&m, X), "well");
	/* and it does not keep the node failed when that is back */
	m.view.record[Y].epoch = 1;
	m.view.record[Y].stage = STAGE_DONE;
	see_myself(&m, Y, HEALTH_UP, NOW_S);
	assert_string_equal(matrix_rule(&m, X), "recovery");
}

static void test_too_many_failures_wait_for_the_operator(void **state)
{
	struct matrix m;
	(void)state;
	matrix_begin(&m);
	m.view.word.failover_until[X] = FOR_EVER;
	m.view.record[X].recent = 1;
	m.view.record[Y].recent = 2;
	assert_string_equal(matrix_rule(&m, X), "failover"); /* no limit */
	m.policy.max_failovers = 4;
	assert_string_equal(matrix_rule(&m, X), "failover");
	m.policy.max_failovers = 3;
	assert_string_equal(matrix_rule(&m, X), "flapping");
	m.view.word.ack_until = second(NOW_S + 1);
	assert_string_equal(matrix_rule(&m, X), "failover");
}

static void test_a_failure_that_is_for_another_monitor(void **state)
{
	struct matrix m;
	(void)state;
	matrix_begin(&m);
	m.view.word.failover_until[X] = FOR_EVER;
	m.policy.only[X] = true;
	assert_string_equal(matrix_rule(&m, X), "failover");
	m.policy.only[X] = false;
	m.policy.only[Y] = true;
	assert_string_equal(matrix_rule(&m, X), "not_ours");
}

static void test_who_may_not_act_at_all(void **state)
{
	struct matrix m;
	(void)state;
	matrix_begin(&m);
	m.memory.late = second(NOW_S);
	assert_string_equal(matrix_rule(&m, X), "late");
	m.memory.late = NEVER;
	m.view.rival = true;
	assert_string_equal(matrix_rule(&m, X), "rival");
	m.view.rival = false;
	m.view.crowded = true;
	assert_string_equal(matrix_rule(&m, X), "crowded");
	m.view.crowded = false;
	m.memory.node[Y].seen_up = false;
	assert_string_equal(matrix_rule(&m, X), "never_seen");
	m.memory.node[Y].seen_up = true;
	m.memory.node[X].seen_up = false;
	assert_string_equal(matrix_rule(&m, X), "never_seen");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_dead_node_and_a_living_one),
		cmocka_unit_test(test_the_subject_as_i_see_it),
		cmocka_unit_test(test_the_other_node_as_a_target),
		cmocka_unit_test(test_under_the_claim_i_must_have_looked_again_myself),
		cmocka_unit_test(test_under_the_claim_its_links_must_be_looked_at_again),
		cmocka_unit_test(test_a_target_with_an_open_failure_is_unfit),
		cmocka_unit_test(test_a_failure_by_its_record),
		cmocka_unit_test(test_a_failed_node_is_recovering_until_it_has_held),
		cmocka_unit_test(test_a_node_recovers_only_when_it_replicates_since_it_is_back),
		cmocka_unit_test(test_a_node_that_takes_long_to_recover_is_told),
		cmocka_unit_test(test_the_operator_can_readmit_a_node_as_it_is),
		cmocka_unit_test(test_what_the_others_see_of_both_nodes),
		cmocka_unit_test(test_the_operator_says_wait),
		cmocka_unit_test(test_the_operator_says_failover),
		cmocka_unit_test(test_too_many_failures_wait_for_the_operator),
		cmocka_unit_test(test_a_failure_that_is_for_another_monitor),
		cmocka_unit_test(test_who_may_not_act_at_all),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
