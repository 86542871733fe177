/* SPDX-License-Identifier: PostgreSQL */
/* What a decision orders of a proxy, and tells of it. */
#include "desk.h"

static void proxy_begin(struct desk *desk)
{
	desk_begin(desk);
	desk->m.policy.layout.proxies = 1;
	desk->m.policy.layout.proxy[0].home = NO_HOME;
	desk->m.view.proxy[0] = (struct proxy_view) {
		.looked = second(NOW_S),
		.asked = second(NOW_S),
		.route = X,
		.file = { .epoch = 4, .node = X, .honoured = { 2, 0 } },
		.sight = { seen(HEALTH_UP, NOW_S), seen(HEALTH_UP, NOW_S) },
	};
}

static void test_a_proxy_that_cannot_use_its_node_is_ordered_away(void **state)
{
	struct desk desk;
	(void)state;
	proxy_begin(&desk);
	desk_run(&desk, 1);
	assert_int_equal(desk.d.order[0].move.move, MOVE_NONE);
	desk.m.view.proxy[0].sight[X].health = HEALTH_DOWN;
	desk.m.view.record[X] = (struct record) { .epoch = 9, .stage = STAGE_DONE };
	desk.m.view.record[Y] = (struct record) { .epoch = 8, .stage = STAGE_COMMANDED };
	desk.m.view.proxy[0].file.honoured[Y] = 2;
	desk_run(&desk, 1);
	const struct move_order *move = &desk.d.order[0].move;
	assert_int_equal(move->move, MOVE_AWAY);
	assert_int_equal(move->from, X);
	assert_int_equal(move->to, Y);
	assert_int_equal(move->honoured[X], 9); /* of Y: it goes there knowingly */
	assert_int_equal(move->honoured[Y], 2); /* this failure is not done */
	assert_int_equal(move->file.epoch, 4);
	assert_int_equal(move->looked.us, second(NOW_S).us);
	assert_string_equal(move->rule, "last_resort");
	assert_true(desk.d.proxy[0].rule_changed);
	assert_int_equal(desk.d.proxy[0].route, X);
	desk.m.view.proxy[0].file.honoured[X] = 10; /* a later one, which I have not read of */
	desk_run(&desk, 1);
	assert_int_equal(desk.d.order[0].move.honoured[X], 10);
	assert_false(desk.d.proxy[0].rule_changed);
}

static void test_who_does_not_see_the_node_down_himself_is_patient(void **state)
{
	(void)state;
	for (enum health health = HEALTH_UNKNOWN; health < HEALTHS; health++) {
		struct desk desk;
		proxy_begin(&desk);
		desk.m.view.proxy[0].sight[X].health = HEALTH_DOWN;
		desk.m.view.node[X].history.health = health;
		desk_run(&desk, 1);
		assert_int_equal(desk.d.order[0].move.move, MOVE_AWAY);
		assert_int_equal(desk.d.order[0].move.patient, health != HEALTH_DOWN);
	}
}

/* It has restarted, and is recorded as failed: nobody may use it as it is. */
static void test_a_fence_tests_the_old_node_only_for_who_cannot_use_it(void **state)
{
	struct desk desk;
	(void)state;
	proxy_begin(&desk);
	desk.m.view.record[Y] = (struct record) {
		.read = second(NOW_S), .epoch = 9, .stage = STAGE_DONE, .started_us = 999
	};
	desk_run(&desk, 1);
	assert_string_equal(desk.d.proxy[0].rule->name, "fenced");
	assert_int_equal(desk.d.order[0].move.move, MOVE_FENCE);
	desk.m.view.proxy[0].sight[X].health = HEALTH_DOWN;
	desk_run(&desk, 1);
	assert_string_equal(desk.d.order[0].move.rule, "fenced");
	assert_int_equal(desk.d.order[0].move.move, MOVE_AWAY);
}

/* And once only: what moves it afterwards has its own reasons. */
static void test_the_operators_word_moves_a_proxy_once(void **state)
{
	struct desk desk;
	(void)state;
	proxy_begin(&desk);
	desk.m.view.word.route[0] = (struct route_word) { .until = second(NOW_S + 60), .to = Y };
	desk_run(&desk, 1);
	assert_string_equal(desk.d.order[0].move.rule, "ordered");
	assert_int_equal(desk.d.order[0].move.move, MOVE_SWITCH);
	assert_int_equal(desk.d.order[0].move.to, Y);
	desk.m.view.proxy[0].sight[X].health = HEALTH_DOWN;
	desk_run(&desk, 1);
	assert_string_equal(desk.d.order[0].move.rule, "ordered");
	assert_int_equal(desk.d.order[0].move.move, MOVE_AWAY); /* which releases what hangs */
	desk.m.view.proxy[0].route = desk.m.view.proxy[0].file.node = Y;
	desk.m.view.proxy[0].sight[X].health = HEALTH_UP;
	desk_run(&desk, 1);
	assert_int_equal(desk.d.order[0].move.move, MOVE_NONE);
	desk.m.view.proxy[0].route = desk.m.view.proxy[0].file.node = X; /* by somebody else */
	desk_run(&desk, 1);
	assert_int_equal(desk.d.order[0].move.move, MOVE_NONE);
}

static void test_what_runs_is_written_back_where_it_is(void **state)
{
	struct desk desk;
	(void)state;
	proxy_begin(&desk);
	desk.m.view.proxy[0].file.node = Y;
	desk_run(&desk, 1);
	assert_int_equal(desk.d.order[0].move.move, MOVE_WRITE_BACK);
	assert_int_equal(desk.d.order[0].move.to, X);
	assert_int_equal(desk.d.order[0].move.from, Y);
}

static void test_a_file_that_names_the_other_node_already_is_loaded(void **state)
{
	struct desk desk;
	(void)state;
	proxy_begin(&desk);
	desk.m.view.proxy[0].file.node = Y;
	desk.m.view.proxy[0].sight[X].health = HEALTH_DOWN;
	desk_run(&desk, 1);
	assert_string_equal(desk.d.order[0].move.rule, "reload");
	assert_int_equal(desk.d.order[0].move.move, MOVE_AWAY);
	assert_int_equal(desk.d.order[0].move.from, X);
	assert_int_equal(desk.d.order[0].move.to, Y);
}

static void test_a_move_that_has_ended_is_told_once(void **state)
{
	struct desk desk;
	(void)state;
	proxy_begin(&desk);
	desk.m.view.proxy[0].moves = 1;
	desk.m.view.proxy[0].moved = (struct move_done) { X, Y, "repair", 40 };
	desk_run(&desk, 1);
	assert_int_equal(told(&desk, EVENT_BDR_ROUTE), 1);
	assert_int_equal(desk.d.action[0].node, Y);
	assert_int_equal(desk.d.action[0].after_ms, 40);
	assert_string_equal(desk.d.action[0].rule, "repair");
	desk_run(&desk, 1);
	assert_int_equal(told(&desk, EVENT_BDR_ROUTE), 0);
}

static void test_clients_are_held_back_early_only_while_their_node_is_in_doubt(void **state)
{
	struct desk desk;
	(void)state;
	proxy_begin(&desk);
	desk_see(&desk, X, HEALTH_SUSPECT);
	desk.m.view.proxy[0].sight[X].health = HEALTH_SUSPECT;
	desk_run(&desk, 1);
	assert_false(desk.d.order[0].pause);
	assert_int_equal(desk.d.order[0].login_retry, LOGIN_RETRY_LOW);
	desk.m.policy.early_pause = true;
	desk_run(&desk, 1);
	assert_true(desk.d.order[0].pause);
	desk_see(&desk, X, HEALTH_DOWN); /* until it is moved */
	desk_run(&desk, 1);
	assert_true(desk.d.order[0].pause);
	desk_see(&desk, X, HEALTH_SUSPECT);
	desk.m.view.proxy[0].sight[X].health = HEALTH_UP; /* it can still use it */
	desk_run(&desk, 1);
	assert_false(desk.d.order[0].pause);
	desk.m.view.proxy[0].sight[X].health = HEALTH_SUSPECT;
	desk.m.view.word.paused_until = FOR_EVER;
	desk_run(&desk, 1);
	assert_false(desk.d.order[0].pause);
	desk.m.view.word.paused_until = NEVER;
	desk.m.view.proxy[0].asked = NEVER; /* and as far as is known it is */
	desk_run(&desk, 1);
	assert_false(desk.d.order[0].pause);
	desk.m.view.proxy[0].asked = second(NOW_S);
	desk_see(&desk, X, HEALTH_UP);
	desk_run(&desk, 1);
	assert_false(desk.d.order[0].pause);
	desk.m.view.proxy[0].route = NODES;
	desk_run(&desk, 1);
	assert_false(desk.d.order[0].pause);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_proxy_that_cannot_use_its_node_is_ordered_away),
		cmocka_unit_test(test_who_does_not_see_the_node_down_himself_is_patient),
		cmocka_unit_test(test_a_fence_tests_the_old_node_only_for_who_cannot_use_it),
		cmocka_unit_test(test_the_operators_word_moves_a_proxy_once),
		cmocka_unit_test(test_what_runs_is_written_back_where_it_is),
		cmocka_unit_test(test_a_file_that_names_the_other_node_already_is_loaded),
		cmocka_unit_test(test_a_move_that_has_ended_is_told_once),
		cmocka_unit_test(
			test_clients_are_held_back_early_only_while_their_node_is_in_doubt),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
