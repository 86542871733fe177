/* SPDX-License-Identifier: PostgreSQL */
/* A failover under the claim, told as stories: the stages and what is written and run. */
#include "desk.h"

static void assert_trace(const struct desk *desk, const char *expected)
{
	assert_false(desk->trace.cut);
	assert_string_equal(desk->trace.text, expected);
}

static void forget(struct desk *desk)
{
	desk->trace = STRBUF(desk->memory_of_trace);
	desk->memory_of_trace[0] = '\0';
}

/* X dies, and the failure is dealt with as far as this stage; the trace begins anew. */
static void fail_until(struct desk *desk, const char *stage)
{
	desk_begin(desk);
	desk_run(desk, 1);
	desk_see(desk, X, HEALTH_DOWN);
	do {
		desk_run(desk, 1);
		assert_true(desk->now_ms < 101000);
	} while (strcmp(desk->d.node[X].stage->name, stage) != 0);
	forget(desk);
}

static void end_command(struct desk *desk, enum run_state state)
{
	desk->m.view.run[X].state = state;
	desk->m.view.run[X].success = true;
}

static void test_a_crash_and_its_recovery(void **state)
{
	struct desk desk;
	(void)state;
	desk_begin(&desk);
	desk_run(&desk, 1);
	desk_see(&desk, X, HEALTH_DOWN);
	desk_run(&desk, 6);
	end_command(&desk, RUN_ENDED);
	desk_run(&desk, 4);
	assert_trace(&desk, "100010 idle\n"
			    "100020 claim\n"
			    "100030 record\n"
			    "100030 written: claimed, epoch 1, run 0\n"
			    "100040 command\n"
			    "100040 written: commanded, epoch 1, run 1\n"
			    "100050 run\n"
			    "100050 bdr_failover by failover\n"
			    "100060 running\n"
			    "100080 done\n"
			    "100080 written: done, epoch 1, run 1, success\n"
			    "100090 release\n"
			    "100100 idle\n");
	forget(&desk);
	desk_see(&desk, X, HEALTH_UP);
	desk_run(&desk, 98); /* recovery_hold is a second */
	assert_trace(&desk, "");
	desk_run(&desk, 8);
	assert_trace(&desk, "101110 claim\n"
			    "101120 activate\n"
			    "101130 close\n"
			    "101130 bdr_recovery by recovery\n"
			    "101130 written: closed, epoch 1, run 1\n"
			    "101140 release\n"
			    "101150 idle\n");
}

static void test_a_node_that_answers_again_under_the_claim_is_left_alone(void **state)
{
	struct desk desk;
	(void)state;
	fail_until(&desk, "claim");
	desk_see(&desk, X, HEALTH_UP);
	desk_run(&desk, 4);
	assert_trace(&desk, "100030 release\n100040 idle\n");
}

static void test_a_record_is_abandoned_if_the_last_look_fails(void **state)
{
	struct desk desk;
	(void)state;
	fail_until(&desk, "record");
	desk_see(&desk, X, HEALTH_UP);
	desk_run(&desk, 4);
	assert_trace(&desk, "100040 abandon\n"
			    "100040 written: abandoned, epoch 1, run 0\n"
			    "100050 release\n"
			    "100060 idle\n");
	fail_until(&desk, "command");
	desk_see(&desk, X, HEALTH_RECOVERING);
	desk_run(&desk, 4);
	assert_trace(&desk, "100050 abandon\n"
			    "100050 written: abandoned, epoch 1, run 1\n"
			    "100060 release\n"
			    "100070 idle\n");
}

static void test_the_next_failure_has_the_next_epoch(void **state)
{
	struct desk desk;
	(void)state;
	fail_until(&desk, "record");
	desk_see(&desk, X, HEALTH_UP);
	desk_run(&desk, 1);
	forget(&desk);
	desk_see(&desk, X, HEALTH_DOWN); /* still under the same claim */
	desk_run(&desk, 1);
	assert_trace(&desk, "100050 record\n100050 written: claimed, epoch 2, run 0\n");
}

static void test_while_a_write_is_under_way_the_order_stays_the_same(void **state)
{
	struct desk desk;
	(void)state;
	fail_until(&desk, "claim");
	desk.deaf = true;
	desk_run(&desk, 1);
	struct record_order first = desk.d.record;
	assert_true(first.wanted);
	desk.m.view.record[X].epoch = 40; /* what else is read meanwhile */
	desk_run(&desk, 1);
	assert_int_equal(desk.d.record.epoch, first.epoch);
}

static void test_another_monitor_that_has_the_claim_is_waited_for(void **state)
{
	struct desk desk;
	(void)state;
	desk_begin(&desk);
	desk.claim_is_taken = true;
	desk_see(&desk, X, HEALTH_DOWN);
	desk_run(&desk, 10);
	assert_true(desk.d.claim);
	assert_trace(&desk, "100010 claim\n");
	desk.m.view.record[Y] = (struct record) { .epoch = 1, .stage = STAGE_DONE, .runs = 1 };
	desk_run(&desk, 10);
	assert_false(desk.d.claim);
	assert_trace(&desk, "100010 claim\n100110 idle\n");
}

static void test_the_claim_is_taken_over_at_stage_claimed(void **state)
{
	struct desk desk;
	(void)state;
	desk_begin(&desk);
	desk.m.view.record[Y] = (struct record) { .epoch = 7, .stage = STAGE_CLAIMED };
	desk_see(&desk, X, HEALTH_DOWN);
	desk_run(&desk, 4);
	assert_trace(&desk, "100010 claim\n"
			    "100020 command\n"
			    "100020 written: commanded, epoch 7, run 1\n"
			    "100030 run\n"
			    "100030 bdr_failover by failover\n"
			    "100040 running\n");
}

static void test_another_monitors_command_is_waited_for_until_its_deadline(void **state)
{
	struct desk desk;
	(void)state;
	desk_begin(&desk);
	desk_see(&desk, X, HEALTH_DOWN);
	desk.m.view.record[Y] =
		(struct record) { .epoch = 7, .stage = STAGE_COMMANDED, .runs = 1, .until_ms = 1 };
	desk_run(&desk, 1);
	desk.m.view.record[Y].until_ms = 2; /* its holder has renewed it, and then died */
	desk_run(&desk, 2);
	assert_trace(&desk, "100010 claim\n100020 foreign\n");
	while (desk.now_ms < 113010) /* limit, kill time and lease are 13 s */
		desk_run(&desk, 1);
	assert_trace(&desk, "100010 claim\n100020 foreign\n");
	desk_run(&desk, 2);
	assert_trace(&desk, "100010 claim\n"
			    "100020 foreign\n"
			    "113020 takeover\n"
			    "113020 written: commanded, epoch 7, run 2\n"
			    "113030 run\n"
			    "113030 bdr_failover by failover\n");
}

static void test_a_command_that_cannot_be_run_is_tried_three_times(void **state)
{
	struct desk desk;
	(void)state;
	fail_until(&desk, "running");
	for (unsigned i = 0; i < 3; i++) {
		end_command(&desk, RUN_AGAIN);
		desk_run(&desk, 2);
	}
	desk_run(&desk, 1);
	assert_trace(&desk, "100070 takeover\n"
			    "100070 written: commanded, epoch 1, run 2\n"
			    "100080 run\n"
			    "100080 bdr_failover by failover\n"
			    "100090 takeover\n"
			    "100090 written: commanded, epoch 1, run 3\n"
			    "100100 run\n"
			    "100100 bdr_failover by failover\n"
			    "100110 in_vain\n"
			    "100110 written: done, epoch 1, run 3\n"
			    "100120 release\n"
			    "100130 idle\n");
}

static void test_a_command_that_fails_is_done_all_the_same(void **state)
{
	struct desk desk;
	(void)state;
	fail_until(&desk, "running");
	end_command(&desk, RUN_ENDED);
	desk.m.view.run[X].success = false;
	desk_run(&desk, 1);
	assert_trace(&desk, "100070 done\n100070 written: done, epoch 1, run 1\n");
}

static void test_after_a_stall_the_stage_is_written_anew_before_the_command(void **state)
{
	struct desk desk;
	(void)state;
	fail_until(&desk, "command");
	desk_turn(&desk, 1500); /* half a lease */
	desk_run(&desk, 1);
	assert_trace(&desk, "101540 renew\n"
			    "101540 written: commanded, epoch 1, run 1\n"
			    "101550 run\n"
			    "101550 bdr_failover by failover\n");
	/* and whoever starts the command knows until when */
	assert_int_equal(desk.d.action[0].begin_before.us, (101540 + 1500) * 1000);
}

static void test_a_claim_that_is_lost_while_the_command_runs_is_taken_again(void **state)
{
	struct desk desk;
	(void)state;
	fail_until(&desk, "running");
	desk.m.view.claim.held = false;
	desk.m.view.record[Y].sent = NEVER;
	desk_run(&desk, 2);
	end_command(&desk, RUN_ENDED);
	desk_run(&desk, 1);
	assert_trace(&desk, "100070 claim\n"
			    "100080 running\n"
			    "100090 done\n"
			    "100090 written: done, epoch 1, run 1, success\n");
}

static void test_a_record_read_before_the_claim_is_read_again(void **state)
{
	struct desk desk;
	(void)state;
	fail_until(&desk, "claim");
	desk.m.view.record[Y] = (struct record) { .read = second(100), .stage = STAGE_CLAIMED };
	desk_run(&desk, 2);
	assert_trace(&desk, "100030 read\n");
	desk.m.view.record[Y].read = desk_now(&desk);
	desk.m.view.record[Y].stage = STAGE_DONE; /* somebody has done it before me */
	desk_run(&desk, 1);
	assert_trace(&desk, "100030 read\n100050 release\n");
}

static void test_a_claimed_record_whose_node_is_well_is_abandoned_by_anyone(void **state)
{
	struct desk desk;
	(void)state;
	desk_begin(&desk);
	desk.m.view.record[Y] = (struct record) { .epoch = 7, .stage = STAGE_CLAIMED };
	desk_run(&desk, 5);
	assert_trace(&desk, "100010 claim\n"
			    "100020 abandon\n"
			    "100020 written: abandoned, epoch 7, run 0\n"
			    "100030 release\n"
			    "100040 idle\n");
}

/* BACK has failed and is back; and now the other one, on which that is recorded, dies. */
static void fail_during_recovery(unsigned back)
{
	unsigned dies = other_node(back);
	struct desk desk;

	desk_begin(&desk);
	desk.m.view.record[dies] = (struct record) { .epoch = 7, .stage = STAGE_DONE };
	desk.m.view.word.failover_until[dies] = FOR_EVER; /* the last hope needs a majority */
	desk_run(&desk, 1);
	assert_true(desk.d.claim && desk.d.claim_failed == back);
	desk_see(&desk, dies, HEALTH_DOWN);
	desk_run(&desk, 1);
	assert_true(desk.d.claim && desk.d.claim_failed == dies);
}

static void test_a_failover_comes_before_a_recovery(void **state)
{
	(void)state;
	fail_during_recovery(X);
	fail_during_recovery(Y);
}

static void test_a_failover_that_is_under_way_comes_before_another(void **state)
{
	struct desk desk;
	(void)state;
	fail_until(&desk, "running");
	desk.m.view.word.failover_until[Y] = FOR_EVER;
	desk_see(&desk, X, HEALTH_UP);
	desk_see(&desk, Y, HEALTH_DOWN);
	desk_run(&desk, 1);
	assert_string_equal(desk.d.node[Y].stage->name, "claim");
	assert_true(desk.d.claim && desk.d.claim_failed == X);
	desk.m.view.claim.held = false; /* it was on Y */
	desk_run(&desk, 1);
	assert_true(desk.d.claim && desk.d.claim_failed == Y);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_crash_and_its_recovery),
		cmocka_unit_test(test_a_node_that_answers_again_under_the_claim_is_left_alone),
		cmocka_unit_test(test_a_record_is_abandoned_if_the_last_look_fails),
		cmocka_unit_test(test_the_next_failure_has_the_next_epoch),
		cmocka_unit_test(test_while_a_write_is_under_way_the_order_stays_the_same),
		cmocka_unit_test(test_another_monitor_that_has_the_claim_is_waited_for),
		cmocka_unit_test(test_the_claim_is_taken_over_at_stage_claimed),
		cmocka_unit_test(test_another_monitors_command_is_waited_for_until_its_deadline),
		cmocka_unit_test(test_a_command_that_fails_is_done_all_the_same),
		cmocka_unit_test(test_a_command_that_cannot_be_run_is_tried_three_times),
		cmocka_unit_test(test_after_a_stall_the_stage_is_written_anew_before_the_command),
		cmocka_unit_test(test_a_claim_that_is_lost_while_the_command_runs_is_taken_again),
		cmocka_unit_test(test_a_record_read_before_the_claim_is_read_again),
		cmocka_unit_test(test_a_claimed_record_whose_node_is_well_is_abandoned_by_anyone),
		cmocka_unit_test(test_a_failover_comes_before_a_recovery),
		cmocka_unit_test(test_a_failover_that_is_under_way_comes_before_another),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
