/* SPDX-License-Identifier: PostgreSQL */
/* What a decision tells, and that it tells it once. */
#include "desk.h"

static void test_a_veto_is_told_once_until_the_node_is_well_again(void **state)
{
	struct desk desk;
	unsigned partitions = 0;
	(void)state;
	desk_begin(&desk);
	desk.m.policy.layout.peers = 1;
	for (unsigned i = 0; i < 6; i++) {
		/* cut and healed; the second time within recovery_hold */
		enum health back = i == 2 ? HEALTH_RECOVERING : HEALTH_UP;
		desk_see(&desk, X, i % 2 == 0 ? HEALTH_DOWN : back);
		if (i == 1)
			desk_see(&desk, X, HEALTH_RECOVERING);
		desk.m.view.peer[0].sight[X] = (struct sight) { HEALTH_UP, desk_now(&desk), NEVER };
		desk_turn(&desk, 10);
		partitions += told(&desk, EVENT_BDR_PARTITION);
		desk_turn(&desk, 10);
		partitions += told(&desk, EVENT_BDR_PARTITION);
	}
	assert_int_equal(partitions, 2);
}

static void test_a_node_with_a_fault_is_well_again(void **state)
{
	struct desk desk;
	(void)state;
	desk_begin(&desk);
	desk.m.policy.act_without_majority = false;
	desk_see(&desk, X, HEALTH_DOWN);
	desk_run(&desk, 1);
	assert_int_equal(told(&desk, EVENT_BDR_NO_FAILOVER), 1);
	desk_see(&desk, X, HEALTH_UP);
	desk.m.view.node[X].last.outcome = OUTCOME_READ_ONLY;
	desk_run(&desk, 1);
	desk_see(&desk, X, HEALTH_DOWN);
	desk_run(&desk, 1);
	assert_int_equal(told(&desk, EVENT_BDR_NO_FAILOVER), 1);
}

static void test_each_reason_to_do_nothing_is_told_by_itself(void **state)
{
	struct desk desk;
	(void)state;
	desk_begin(&desk);
	desk.m.policy.act_without_majority = false;
	desk_see(&desk, X, HEALTH_DOWN);
	desk_run(&desk, 1);
	assert_int_equal(told(&desk, EVENT_BDR_NO_FAILOVER), 1);
	assert_string_equal(desk.d.action[0].rule, "no_majority");
	assert_int_equal(desk.d.node[X].votes.count, 2); /* and who says what: me, and its host */
	desk_see(&desk, Y, HEALTH_DOWN);
	desk_run(&desk, 1);
	assert_int_equal(told(&desk, EVENT_BDR_NO_FAILOVER), 2); /* of both nodes */
	assert_string_equal(desk.d.action[1].rule, "isolated");
}

static void test_a_reconnect_is_told_unless_a_recovery_will_be(void **state)
{
	struct desk desk;
	(void)state;
	desk_begin(&desk);
	desk.m.view.node[X].history.reconnects = 1;
	desk_run(&desk, 1);
	assert_int_equal(told(&desk, EVENT_BDR_RECONNECT), 1);
	desk_run(&desk, 1);
	assert_int_equal(told(&desk, EVENT_BDR_RECONNECT), 0);
	desk.m.view.record[Y] = (struct record) { .epoch = 7, .stage = STAGE_DONE };
	desk.m.view.node[X].history.reconnects = 2;
	desk_run(&desk, 1);
	assert_int_equal(told(&desk, EVENT_BDR_RECONNECT), 0);
}

static void test_a_recovery_is_told_once_and_how_long_it_took(void **state)
{
	struct desk desk;
	(void)state;
	desk_begin(&desk);
	desk_see(&desk, X, HEALTH_RECOVERING);
	desk.m.view.record[Y] = (struct record) { .epoch = 7, .stage = STAGE_DONE };
	desk_run(&desk, 1); /* I see the failure first; it began before */
	desk_turn(&desk, 2000);
	desk_see(&desk, X, HEALTH_UP);
	desk_turn(&desk, 1000);
	desk.deaf = true; /* it cannot be written just now */
	desk_run(&desk, 1);
	assert_string_equal(desk.d.node[X].stage->name, "activate");
	desk.m.view.node[X].active = desk_now(&desk);
	desk_run(&desk, 1);
	assert_int_equal(told(&desk, EVENT_BDR_RECOVERY), 1);
	assert_in_range(desk.d.action[0].after_ms, 3000, 3040);
	assert_int_equal(desk.d.record.stage, STAGE_CLOSED);
	desk_run(&desk, 1);
	assert_int_equal(told(&desk, EVENT_BDR_RECOVERY), 0);
	assert_int_equal(desk.d.record.stage, STAGE_CLOSED);
}

static void test_failures_are_acknowledged_on_both_nodes(void **state)
{
	struct desk desk;
	(void)state;
	desk_begin(&desk);
	desk.m.view.record[X].recent = 1;
	desk_run(&desk, 1);
	assert_false(desk.d.acknowledge);
	desk.m.view.word.ack_until = FOR_EVER;
	desk_run(&desk, 1);
	assert_true(desk.d.acknowledge);
	desk.m.view.word.ack_until = instant_add_ms(desk_now(&desk), 10);
	desk_run(&desk, 1); /* the word is over */
	assert_false(desk.d.acknowledge);
	desk.m.view.word.ack_until = FOR_EVER;
	desk.m.view.record[X].recent = 0;
	desk_run(&desk, 1);
	assert_false(desk.d.acknowledge);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_veto_is_told_once_until_the_node_is_well_again),
		cmocka_unit_test(test_a_node_with_a_fault_is_well_again),
		cmocka_unit_test(test_each_reason_to_do_nothing_is_told_by_itself),
		cmocka_unit_test(test_a_reconnect_is_told_unless_a_recovery_will_be),
		cmocka_unit_test(test_a_recovery_is_told_once_and_how_long_it_took),
		cmocka_unit_test(test_failures_are_acknowledged_on_both_nodes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
