/* SPDX-License-Identifier: PostgreSQL */
/* What is remembered from one decision to the next: that I was late, since when a node has
 * failed and a foreign command runs, and the highest epoch. */
#include "desk.h"

/* ----------------------------------------------------------------------- late */

static void test_who_was_stopped_waits_for_a_full_round(void **state)
{
	struct desk desk;
	(void)state;
	desk_begin(&desk);
	desk.m.policy.layout.proxies = 1;
	desk_run(&desk, 1);
	desk.m.view.made = instant_add_ms(desk_now(&desk), DECIDE_AGAIN_MS + 2001);
	decide(&desk.m.memory, &desk.m.view, &desk.m.policy, &desk.d);
	assert_string_equal(desk.d.node[X].rule->name, "late");
	desk_turn(&desk, DECIDE_AGAIN_MS + 2001); /* the nodes have been asked, the proxy has not */
	assert_string_equal(desk.d.node[X].rule->name, "late");
	desk.m.view.proxy[0].looked = desk_now(&desk); /* it was: without an answer */
	desk_run(&desk, 1);
	assert_string_equal(desk.d.node[X].rule->name, "well");
}

static void test_a_round_that_never_ends_ends_by_time(void **state)
{
	struct desk desk;
	(void)state;
	desk_begin(&desk);
	desk.m.policy.layout.proxies = 1;
	desk.m.view.stepped = true; /* the clock */
	desk_run(&desk, 1);
	desk.m.view.stepped = false;
	assert_string_equal(desk.d.node[X].rule->name, "late");
	for (unsigned i = 0; i < 2 * STALE_S; i++)
		desk_turn(&desk, 1000);
	assert_string_equal(desk.d.node[X].rule->name, "late");
	desk_turn(&desk, 1000);
	assert_string_equal(desk.d.node[X].rule->name, "well");
}

/* The rule that holds when WHO, node or proxy, was last looked at before I noticed that I was
 * late, and all others were at that moment. */
static const char *rule_while_not_asked(unsigned who)
{
	struct desk desk;
	desk_begin(&desk);
	desk.m.policy.layout.proxies = 2;
	desk.m.view.stepped = true;
	desk_run(&desk, 1);
	desk.m.view.stepped = false;
	struct instant late = desk_now(&desk), before = instant_add_us(late, -1);
	for (unsigned i = 0; i < NODES; i++)
		desk.m.view.node[i].last.asked = i == who ? before : late;
	for (unsigned i = 0; i < 2; i++)
		desk.m.view.proxy[i].looked = NODES + i == who ? before : late;
	desk.m.view.made = instant_add_ms(late, 1);
	decide(&desk.m.memory, &desk.m.view, &desk.m.policy, &desk.d);
	return desk.d.node[X].rule->name;
}

static void test_a_full_round_is_of_both_nodes_and_of_all_proxies(void **state)
{
	(void)state;
	for (unsigned who = 0; who < NODES + 2; who++)
		assert_string_equal(rule_while_not_asked(who), "late");
	assert_string_equal(rule_while_not_asked(NODES + 2), "well");
}

static void test_who_is_late_by_no_more_than_tilt_goes_on(void **state)
{
	struct desk desk;
	(void)state;
	for (int64_t more_ms = 0; more_ms < 2; more_ms++) {
		desk_begin(&desk);
		desk_run(&desk, 1);
		desk.m.view.made = instant_add_ms(desk.d.again, 2000 + more_ms);
		decide(&desk.m.memory, &desk.m.view, &desk.m.policy, &desk.d);
		assert_string_equal(desk.d.node[X].rule->name, more_ms == 0 ? "well" : "late");
	}
}

/* --------------------------------------------------------------------- memory */

static void test_a_pause_tells_what_would_be_done(void **state)
{
	struct desk desk;
	(void)state;
	desk_begin(&desk);
	desk_see(&desk, X, HEALTH_DOWN);
	desk.m.view.word.paused_until = FOR_EVER;
	desk_run(&desk, 1);
	assert_string_equal(desk.d.node[X].rule->name, "paused");
	assert_string_equal(desk.d.node[X].would->name, "failover");
	assert_string_equal(desk.d.node[Y].would->name, "well");
	desk.m.view.word.paused_until = NEVER;
	desk_run(&desk, 1);
	assert_string_equal(desk.d.node[X].would->name, "failover");
}

/* Each of them is another run, whose deadline counts from when it is seen. */
static void test_a_run_of_another_monitor_counts_from_when_it_is_seen_first(void **state)
{
	static const struct record runs[] = {
		{ .stage = STAGE_COMMANDED, .epoch = 7, .runs = 1, .until_ms = 500 },
		{ .stage = STAGE_COMMANDED, .epoch = 8, .runs = 1, .until_ms = 500 },
		{ .stage = STAGE_COMMANDED, .epoch = 8, .runs = 2, .until_ms = 500 },
		{ .stage = STAGE_COMMANDED, .epoch = 8, .runs = 2, .until_ms = 501 },
	};
	struct desk desk;
	(void)state;
	desk_begin(&desk);
	const struct instant *seen_first = &desk.m.memory.node[X].run.seen;
	for (unsigned i = 0; i < ARRAY_LEN(runs); i++) {
		desk.m.view.record[Y] = runs[i];
		desk_run(&desk, 1);
		assert_int_equal(seen_first->us, desk_now(&desk).us);
		struct instant first = *seen_first;
		desk_run(&desk, 1);
		assert_int_equal(seen_first->us, first.us);
	}
	struct instant last = *seen_first;
	desk.m.view.record[Y] = (struct record) { .stage = STAGE_CLAIMED, .epoch = 9 };
	desk_run(&desk, 1);
	assert_int_equal(seen_first->us, last.us); /* nothing runs */
}

static void test_a_failure_counts_from_its_own_doubt(void **state)
{
	struct desk desk;
	(void)state;
	desk_begin(&desk);
	const struct instant *failed_since = &desk.m.memory.node[X].failed_since;
	for (unsigned i = 0; i < 2; i++) {
		desk_see(&desk, X, HEALTH_DOWN);
		struct instant doubt = desk_now(&desk);
		desk_turn(&desk, 2000);
		desk.m.view.record[Y].stage = STAGE_DONE;
		desk_run(&desk, 1);
		assert_int_equal(failed_since->us, doubt.us);
		desk_see(&desk, X, HEALTH_UP);
		desk_run(&desk, 1);
		assert_int_equal(failed_since->us, doubt.us);
		desk.m.view.record[Y].stage = STAGE_CLOSED;
		desk_run(&desk, 1);
		assert_false(instant_is_set(*failed_since));
	}
}

/* Of the record that is written when HIGHEST, wherever it points to, is 7. */
static uint64_t epoch_after_seven(struct desk *desk, uint64_t *highest)
{
	desk->m.policy.layout.proxies = desk->m.policy.layout.arbiters = 1;
	desk->m.policy.layout.arbiter[0] = 2;
	*highest = 7;
	desk_see(desk, X, HEALTH_DOWN);
	desk->m.view.word.failover_until[X] = FOR_EVER;
	desk_run(desk, 10);
	return desk->m.view.record[Y].epoch;
}

static void test_a_new_epoch_is_higher_than_all_that_can_be_read(void **state)
{
	struct desk desk;
	uint64_t *const places[] = {
		&desk.m.memory.epoch, /* from the state file */
		&desk.m.view.record[X].epoch,
		&desk.m.view.record[Y].epoch,
		&desk.m.view.proxy[0].file.epoch,
		&desk.m.view.arbiter[0].key.epoch,
	};
	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(places); i++) {
		desk_begin(&desk);
		assert_int_equal(epoch_after_seven(&desk, places[i]), 8);
	}
}

/* A claim that was lost before the record was written: much may have happened since. */
static void test_an_epoch_is_chosen_anew_under_each_claim(void **state)
{
	struct desk desk;
	(void)state;
	desk_begin(&desk);
	desk_see(&desk, X, HEALTH_DOWN);
	desk_run(&desk, 1);
	desk.deaf = true;
	desk_run(&desk, 1);
	assert_int_equal(desk.d.record.epoch, 1);
	desk.m.view.claim.held = false;
	desk.m.view.record[X] = (struct record) { .epoch = 5, .stage = STAGE_CLOSED };
	desk_run(&desk, 1);
	desk.deaf = false;
	desk_run(&desk, 2);
	assert_int_equal(desk.d.record.epoch, 6);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_who_was_stopped_waits_for_a_full_round),
		cmocka_unit_test(test_a_round_that_never_ends_ends_by_time),
		cmocka_unit_test(test_a_full_round_is_of_both_nodes_and_of_all_proxies),
		cmocka_unit_test(test_who_is_late_by_no_more_than_tilt_goes_on),
		cmocka_unit_test(test_a_pause_tells_what_would_be_done),
		cmocka_unit_test(test_a_run_of_another_monitor_counts_from_when_it_is_seen_first),
		cmocka_unit_test(test_a_failure_counts_from_its_own_doubt),
		cmocka_unit_test(test_an_epoch_is_chosen_anew_under_each_claim),
		cmocka_unit_test(test_a_new_epoch_is_higher_than_all_that_can_be_read),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
