/* SPDX-License-Identifier: PostgreSQL */
/* What a decision orders besides the stages of a failure: questions, the claim, and keys at
 * the arbiters. */
#include "desk.h"

static bool asked_after(struct instant order, const struct desk *desk)
{
	return order.us == desk_now(desk).us;
}

/* --------------------------------------------------------------------- questions */

static void test_in_doubt_all_are_asked_anew(void **state)
{
	struct desk desk;
	(void)state;
	desk_begin(&desk);
	desk.m.policy.layout.proxies = 1;
	desk_run(&desk, 1);
	assert_false(instant_is_set(desk.d.ask[Y]) || instant_is_set(desk.d.order[0].ask));
	assert_false(desk.d.hurry);
	desk_see(&desk, X, HEALTH_SUSPECT);
	desk.m.view.node[X].history.doubt_since = desk_now(&desk);
	desk.m.view.node[X].history.evidence = desk_now(&desk);
	struct desk then = desk;
	desk_run(&desk, 1);
	assert_true(asked_after(desk.d.ask[Y], &then));
	assert_false(instant_is_set(desk.d.ask[X]));
	assert_true(asked_after(desk.d.order[0].ask, &then));
	assert_true(desk.d.hurry);
}

static void test_under_the_claim_all_are_asked_once_more(void **state)
{
	struct desk desk;
	(void)state;
	desk_begin(&desk);
	desk.m.policy.layout.proxies = 1;
	desk_see(&desk, X, HEALTH_DOWN);
	desk.m.view.proxy[0].sight[X] = seen(HEALTH_DOWN, NOW_S);
	desk_run(&desk, 1);
	assert_true(desk.d.claim);
	struct instant since = instant_add_ms(desk_now(&desk), 1);
	desk.m.view.claim.since = since;
	desk.m.view.made = instant_add_ms(since, 1);
	decide(&desk.m.memory, &desk.m.view, &desk.m.policy, &desk.d);
	assert_string_equal(desk.d.node[X].rule->name, "asking");
	assert_int_equal(desk.d.ask[X].us, since.us);
	assert_int_equal(desk.d.ask[Y].us, since.us);
	assert_int_equal(desk.d.order[0].ask.us, since.us);
}

static void test_who_waits_for_the_claim_keeps_its_evidence_young(void **state)
{
	struct desk desk;
	(void)state;
	desk_begin(&desk);
	desk_see(&desk, X, HEALTH_DOWN);
	decide(&desk.m.memory, &desk.m.view, &desk.m.policy, &desk.d);
	assert_string_equal(desk.d.node[X].stage->name, "claim");
	assert_int_equal(ms_between(desk.d.ask[X], desk.m.view.made), STAND_BY_MS);
	assert_true(desk.d.hurry);
	/* not for a recovery, which has time */
	desk.m.view.record[Y].epoch = 1;
	desk.m.view.record[Y].stage = STAGE_DONE;
	desk_see(&desk, X, HEALTH_UP);
	desk.m.view.node[X].history.ok_since = second(1);
	decide(&desk.m.memory, &desk.m.view, &desk.m.policy, &desk.d);
	assert_string_equal(desk.d.node[X].stage->name, "claim");
	assert_false(instant_is_set(desk.d.ask[X]));
	desk.m.view.record[Y] = (struct record) { 0 };
	desk_see(&desk, X, HEALTH_DOWN);
	desk.m.policy.claims = false; /* nobody waits */
	decide(&desk.m.memory, &desk.m.view, &desk.m.policy, &desk.d);
	assert_false(instant_is_set(desk.d.ask[X]));
}

/* Node N is in doubt since so many milliseconds. */
static void doubt(struct desk *desk, unsigned node, int64_t since_ms)
{
	desk_see(desk, node, HEALTH_SUSPECT);
	desk->m.view.node[node].history.doubt_since = (struct instant) { since_ms * 1000 };
	desk->m.view.node[node].history.evidence = (struct instant) { since_ms * 1000 };
}

static void test_of_two_nodes_in_doubt_each_is_asked_after_the_other_failed(void **state)
{
	struct desk desk;
	(void)state;
	desk_begin(&desk);
	desk.deaf = true;
	doubt(&desk, X, 99000);
	doubt(&desk, Y, 98000);
	desk_run(&desk, 1);
	assert_int_equal(desk.d.ask[Y].us, 99000000);
	assert_int_equal(desk.d.ask[X].us, 98000000);
	for (unsigned failed = 0; failed < NODES; failed++) { /* and under the claim, if later */
		desk.m.view.claim = (struct claim_view) { true, failed, { 99500000 } };
		desk_run(&desk, 1);
		assert_int_equal(desk.d.ask[X].us, 99500000);
		assert_int_equal(desk.d.ask[Y].us, 99500000);
	}
}

/* ---------------------------------------------------------------------- claim */

static void test_a_new_record_says_who_confirmed_it_and_which_server_failed(void **state)
{
	struct desk desk;
	(void)state;
	for (unsigned confirmed = 0; confirmed < 2; confirmed++) {
		desk_begin(&desk);
		desk.m.view.word.failover_until[X] = confirmed ? FOR_EVER : NEVER;
		desk.m.view.record[Y].runs = 2; /* of the last failure */
		desk_see(&desk, X, HEALTH_DOWN);
		desk_run(&desk, 2);
		assert_string_equal(desk.d.node[X].stage->name, "record");
		assert_int_equal(desk.d.record.confirmed, confirmed);
		assert_int_equal(desk.d.record.started_us, 1000);
		assert_int_equal(desk.d.record.runs, 0);
	}
}

static void test_no_claim_is_wanted_where_none_is_configured(void **state)
{
	struct desk desk;
	(void)state;
	desk_begin(&desk);
	desk.m.policy.claims = false;
	desk_see(&desk, X, HEALTH_DOWN);
	desk_run(&desk, 1);
	assert_string_equal(desk.d.node[X].stage->name, "at_once");
	assert_false(desk.d.claim);
	desk_see(&desk, X, HEALTH_UP);
	desk_turn(&desk, 1000);
	assert_string_equal(desk.d.node[X].stage->name, "recovered");
	assert_false(desk.d.claim);
	assert_int_equal(desk.d.action[0].after_ms, 1010); /* counted from the doubt */
}

/* ------------------------------------------------------------------- arbiters */

static void arbiter_begin(struct desk *desk)
{
	desk_begin(desk);
	desk->m.policy.act_without_majority = false;
	desk->m.policy.layout.arbiters = 1;
	desk->m.policy.layout.arbiter[0] = 2;
}

/* The arbiter is heard all the time, and grants what is asked of it if it GRANTS. */
static void arbiter_run(struct desk *desk, unsigned count, bool grants)
{
	struct arbiter_view *arbiter = &desk->m.view.arbiter[0];
	while (count-- > 0) {
		arbiter->asked = instant_add_ms(desk_now(desk), 10);
		desk_run(desk, 1);
		if (grants && desk->d.reserve.epoch != 0)
			arbiter->key = desk->d.reserve;
		if (desk->d.give_up[0].epoch != 0 && key_is(&desk->d.give_up[0], &arbiter->key))
			arbiter->key.epoch = 0;
	}
}

static void test_an_arbiter_consents_by_a_key_that_is_kept_until_the_failure_is_closed(void **state)
{
	struct desk desk;
	(void)state;
	arbiter_begin(&desk);
	desk_see(&desk, X, HEALTH_DOWN);
	arbiter_run(&desk, 2, false);
	assert_string_equal(desk.d.node[X].stage->name, "record");
	assert_int_equal(desk.d.reserve.epoch, 0); /* not before it is recorded */
	arbiter_run(&desk, 2, false);
	assert_string_equal(desk.d.node[X].rule->name, "asking");
	assert_int_equal(desk.d.reserve.epoch, 1);
	assert_int_equal(desk.d.reserve.recorder, Y);
	arbiter_run(&desk, 4, true);
	assert_string_equal(desk.d.node[X].stage->name, "running");
	assert_int_equal(desk.d.reserve.epoch, 1); /* it may have lost the key */
	desk.m.view.run[X].state = RUN_ENDED;
	arbiter_run(&desk, 10, true);
	assert_int_equal(desk.m.view.record[Y].stage, STAGE_DONE);
	assert_int_equal(desk.m.view.arbiter[0].key.epoch, 1);
	desk_see(&desk, X, HEALTH_UP);
	arbiter_run(&desk, 110, true);
	assert_int_equal(desk.m.view.record[Y].stage, STAGE_CLOSED);
	assert_int_equal(desk.m.view.arbiter[0].key.epoch, 0);
}

static void test_an_arbiter_that_is_reserved_for_another_failure_does_not_consent(void **state)
{
	struct desk desk;
	(void)state;
	arbiter_begin(&desk);
	desk_see(&desk, X, HEALTH_DOWN);
	arbiter_run(&desk, 3, false);
	desk.m.view.arbiter[0].key = (struct arbiter_key) { X, 5 }; /* it went to the other side */
	arbiter_run(&desk, 1, false);
	assert_string_equal(desk.d.node[X].rule->name, "no_majority");
	assert_int_equal(desk.m.view.record[Y].stage, STAGE_ABANDONED);
}

static void test_who_has_no_claim_reserves_nothing(void **state)
{
	struct desk desk;
	(void)state;
	arbiter_begin(&desk);
	for (unsigned i = 0; i < NODES; i++)
		desk.m.view.record[i] = (struct record) { .epoch = 7, .stage = STAGE_CLAIMED };
	desk.claim_is_taken = true;
	desk_run(&desk, 1);
	assert_int_equal(desk.d.reserve.epoch, 0);
}

static void test_anybody_gives_up_the_key_of_a_failure_that_is_over(void **state)
{
	struct desk desk;
	(void)state;
	arbiter_begin(&desk);
	desk.m.view.arbiter[0].key = (struct arbiter_key) { Y, 7 };
	desk_run(&desk, 1); /* the record of it has not been read: it may be new */
	assert_int_equal(desk.d.give_up[0].epoch, 0);
	desk.m.view.record[Y] = (struct record) { .epoch = 7, .stage = STAGE_COMMANDED };
	desk_run(&desk, 1);
	assert_int_equal(desk.d.give_up[0].epoch, 0);
	desk.m.view.record[Y].stage = STAGE_ABANDONED;
	desk_run(&desk, 1);
	assert_int_equal(desk.d.give_up[0].epoch, 7);
	desk.m.view.record[Y] = (struct record) { .epoch = 8, .stage = STAGE_CLAIMED };
	desk_run(&desk, 1);
	assert_int_equal(desk.d.give_up[0].epoch, 7);
}

static void
test_a_key_of_a_node_that_is_none_of_ours_is_left_alone_and_does_not_consent(void **state)
{
	struct desk desk;
	(void)state;
	arbiter_begin(&desk);
	desk.m.view.arbiter[0].key = (struct arbiter_key) { NODES, 7 };
	for (unsigned i = 0; i < NODES; i++)
		desk.m.view.record[i] = (struct record) { .epoch = 9, .stage = STAGE_CLOSED };
	desk_see(&desk, X, HEALTH_DOWN);
	arbiter_run(&desk, 3, false);
	assert_string_equal(desk.d.node[X].rule->name, "no_majority");
	assert_int_equal(desk.d.give_up[0].epoch, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_in_doubt_all_are_asked_anew),
		cmocka_unit_test(test_under_the_claim_all_are_asked_once_more),
		cmocka_unit_test(test_who_waits_for_the_claim_keeps_its_evidence_young),
		cmocka_unit_test(test_of_two_nodes_in_doubt_each_is_asked_after_the_other_failed),
		cmocka_unit_test(test_a_new_record_says_who_confirmed_it_and_which_server_failed),
		cmocka_unit_test(test_no_claim_is_wanted_where_none_is_configured),
		cmocka_unit_test(test_who_has_no_claim_reserves_nothing),
		cmocka_unit_test(
			test_a_key_of_a_node_that_is_none_of_ours_is_left_alone_and_does_not_consent),
		cmocka_unit_test(
			test_an_arbiter_consents_by_a_key_that_is_kept_until_the_failure_is_closed),
		cmocka_unit_test(
			test_an_arbiter_that_is_reserved_for_another_failure_does_not_consent),
		cmocka_unit_test(test_anybody_gives_up_the_key_of_a_failure_that_is_over),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
