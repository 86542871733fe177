/* SPDX-License-Identifier: PostgreSQL */
/* Moving a proxy: each kind of move as a trace of its steps, and each way to end it. */
#include "bdrmon/lookup.h"
#include "bdrmon/move.h"
#include "bdrmon/strbuf.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

enum { A, B };

static const struct move_policy policy = { .retest_ms = 100,
					   .write_window_ms = 500,
					   .test_ms = 1000 };
#define OLD_FILE                                                                                   \
	{                                                                                          \
		.epoch = 4, .node = A, .honoured = { 2, 3 }                                        \
	}
static const struct proxy_file file = OLD_FILE;

static struct instant at(int64_t ms)
{
	return (struct instant) { 1000000 + ms * 1000 };
}

static struct move_order order_for(enum move kind)
{
	return (struct move_order) {
		.move = kind, .from = A, .to = B, .honoured = { 1, 9 }, .file = file
	};
}

/* A world in which every step succeeds: the old node does not answer, the new one does. */
static struct move_answer good_answer(const struct move_progress *move)
{
	bool read = move->step == MOVE_STEP_READ;
	return (struct move_answer) {
		.done = true,
		.works = move->step != MOVE_STEP_TEST_FROM && move->step != MOVE_STEP_TEST_AGAIN,
		.won = true,
		.file = read ? move->order.file : move->new,
		.host_us = 7000000,
		.route = B,
	};
}

/* Go on, each step taking STEP_MS, until STOP comes up. */
static void run_until(struct move_progress *move, enum move_step stop, int64_t step_ms,
		      struct strbuf *trace)
{
	int64_t now = 0;
	while (move->step != stop && move->step != MOVE_STEP_END) {
		struct move_answer answer = good_answer(move);
		strbuf_printf(trace, "%s, ", move_step_name(move->step));
		move_answer(move, &answer, at(now += step_ms), &policy);
	}
}

static void test_the_steps_of_each_move(void **state)
{
	static const struct {
		enum move move;
		const char *trace;
	} cases[] = {
		{ MOVE_AWAY, "test of the new node, read, test of the old node, check, write, "
			     "reload, show, proof, " },
		{ MOVE_FENCE, "test of the new node, calm, read, write, reload, show, proof, " },
		{ MOVE_SWITCH, "test of the new node, calm, read, write, reload, show, proof, " },
		{ MOVE_WRITE_BACK, "test of the new node, read, write, " },
	};
	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(cases); i++) {
		char memory[256];
		struct strbuf trace = STRBUF(memory);
		struct move_order order = order_for(cases[i].move);
		struct move_progress move;
		move_begin(&move, &order, 0, at(0));
		run_until(&move, MOVE_STEP_END, 1, &trace);
		assert_string_equal(memory, cases[i].trace);
		assert_int_equal(move.end, MOVE_DONE);
	}
}

static void test_who_sees_the_old_node_up_tests_it_twice(void **state)
{
	char memory[256];
	struct strbuf trace = STRBUF(memory);
	struct move_order order = order_for(MOVE_AWAY);
	struct move_progress move;

	(void)state;
	order.patient = true;
	move_begin(&move, &order, 0, at(0));
	run_until(&move, MOVE_STEP_CHECK, 1, &trace);
	assert_string_equal(memory, "test of the new node, read, test of the old node, wait, "
				    "test again, ");
	assert_int_equal(move.step, MOVE_STEP_CHECK);
}

/* A hang is of now, and no old answer. */
static void test_a_node_that_hangs_is_tested_once(void **state)
{
	char memory[256];
	struct strbuf trace = STRBUF(memory);
	struct move_order order = order_for(MOVE_AWAY);
	struct move_progress move;
	static const struct move_answer hang = { .done = true, .silent = true };

	(void)state;
	order.patient = true;
	move_begin(&move, &order, 0, at(0));
	run_until(&move, MOVE_STEP_TEST_FROM, 1, &trace);
	move_answer(&move, &hang, at(10), &policy);
	assert_int_equal(move.step, MOVE_STEP_CHECK);
}

static void test_the_new_file_has_the_next_epoch_and_heeds_all_known_failures(void **state)
{
	char memory[256];
	struct strbuf trace = STRBUF(memory);
	struct move_order order = order_for(MOVE_AWAY);
	struct move_progress move;
	(void)state;
	move_begin(&move, &order, 0, at(0));
	run_until(&move, MOVE_STEP_TEST_FROM, 1, &trace);
	assert_int_equal(move.new.epoch, 5);
	assert_int_equal(move.new.node, B);
	assert_int_equal(move.new.honoured[A], 2); /* what the file had */
	assert_int_equal(move.new.honoured[B], 9); /* what is known now */
	assert_int_equal(move.old.epoch, 4);
	order.file.node = B; /* whose writer has not loaded it: only one may do that for him */
	move_begin(&move, &order, 0, at(0));
	run_until(&move, MOVE_STEP_TEST_FROM, 1, &trace);
	assert_int_equal(move.new.epoch, 5);
	assert_int_equal(move.new.node, B);
}

/* The window begins when the proxy is looked at last, on its host's clock too: neither a slow
 * target nor the last chance of a slow node uses it up. */
static void test_the_window_begins_with_the_last_look(void **state)
{
	static const struct {
		enum move move;
		int64_t read_ms; /* when it begins, each step taking 900 ms */
		enum move_step last_look;
	} cases[] = {
		{ MOVE_AWAY, 900, MOVE_STEP_CHECK },
		{ MOVE_FENCE, 1800, MOVE_STEP_READ },
		{ MOVE_SWITCH, 1800, MOVE_STEP_READ },
		{ MOVE_WRITE_BACK, 900, MOVE_STEP_READ },
	};
	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(cases); i++) {
		char memory[256];
		struct strbuf trace = STRBUF(memory);
		struct move_order order = order_for(cases[i].move);
		struct move_progress move;
		move_begin(&move, &order, 0, at(0));
		run_until(&move, MOVE_STEP_READ, 900, &trace);
		assert_int_equal(move.looked.us, at(cases[i].read_ms).us);
		struct move_answer answer = good_answer(&move);
		move_answer(&move, &answer, at(cases[i].read_ms + 1), &policy);
		assert_int_equal(move.host_until_us, 7500000);
		if (cases[i].last_look != MOVE_STEP_CHECK)
			continue;
		answer = good_answer(&move);
		move_answer(&move, &answer, at(1700), &policy);
		assert_int_equal(move.step, MOVE_STEP_CHECK);
		assert_int_equal(move.looked.us, at(1700).us);
		assert_int_equal(move.host_until_us, 7500000 + 800000);
	}
}

/* The move has come to STEP; it gets ANSWER, and ends so. */
static enum move_end end_of(enum move kind, enum move_step step, struct move_answer change,
			    struct instant now)
{
	char memory[256];
	struct strbuf trace = STRBUF(memory);
	struct move_order order = order_for(kind);
	struct move_progress move;

	order.patient = step == MOVE_STEP_WAIT || step == MOVE_STEP_TEST_AGAIN;
	move_begin(&move, &order, 0, at(0));
	run_until(&move, step, 1, &trace);
	assert_int_equal(move.step, step);
	move_answer(&move, &change, now, &policy);
	assert_int_equal(move.step == MOVE_STEP_END, move.end != MOVE_RUNS);
	return move.end;
}

static void test_each_way_to_end(void **state)
{
	static const struct proxy_file later = { .epoch = 5, .node = A };
	static const struct proxy_file elsewhere = { .epoch = 4, .node = B };
	static const struct proxy_file newer = { .epoch = 6, .node = A };
	static const struct proxy_file written = { .epoch = 5, .node = B };
	static const struct {
		enum move_step step;
		struct move_answer answer;
		enum move_end end;
	} cases[] = {
		{ MOVE_STEP_READ, { .done = false }, MOVE_FAILED },
		{ MOVE_STEP_READ, { .done = true, .file = later }, MOVE_CHANGED },
		{ MOVE_STEP_READ, { .done = true, .file = elsewhere }, MOVE_CHANGED },
		{ MOVE_STEP_READ, { .done = true, .file = OLD_FILE, .used = true }, MOVE_USABLE },
		{ MOVE_STEP_TEST_FROM, { .done = true, .works = true }, MOVE_USABLE },
		{ MOVE_STEP_TEST_FROM, { .done = false }, MOVE_FAILED }, /* no answer is no "no" */
		{ MOVE_STEP_WAIT, { .done = true }, MOVE_RUNS },
		{ MOVE_STEP_TEST_AGAIN, { .done = true, .works = true }, MOVE_USABLE },
		{ MOVE_STEP_TEST_AGAIN, { .done = true }, MOVE_RUNS },
		{ MOVE_STEP_CHECK, { .done = false }, MOVE_FAILED }, /* it is I who am cut off */
		{ MOVE_STEP_CHECK, { .done = true, .count = 1 }, MOVE_USABLE },
		{ MOVE_STEP_CHECK, { .done = true, .count = 0 }, MOVE_RUNS },
		{ MOVE_STEP_TEST_TO, { .done = true, .works = false }, MOVE_NO_TARGET },
		{ MOVE_STEP_WRITE, { .done = true, .won = false }, MOVE_SUPERSEDED },
		{ MOVE_STEP_WRITE, { .done = true, .late = true }, MOVE_LATE },
		{ MOVE_STEP_WRITE, { .done = false }, MOVE_FAILED },
		{ MOVE_STEP_RELOAD, { .done = false }, MOVE_FAILED },
		{ MOVE_STEP_SHOW, { .done = false }, MOVE_UNPROVEN }, /* it may point there */
		{ MOVE_STEP_SHOW, { .done = true, .file = newer, .route = A }, MOVE_SUPERSEDED },
		{ MOVE_STEP_SHOW, { .done = true, .file = written, .route = A }, MOVE_FAILED },
		{ MOVE_STEP_SHOW, { .done = true, .file = written, .route = B }, MOVE_RUNS },
		{ MOVE_STEP_PROVE, { .done = true, .works = false }, MOVE_UNPROVEN },
		{ MOVE_STEP_PROVE, { .done = true, .works = true }, MOVE_DONE },
	};
	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(cases); i++)
		assert_int_equal(end_of(MOVE_AWAY, cases[i].step, cases[i].answer, at(20)),
				 cases[i].end);
}

static void test_a_node_in_use_keeps_only_who_may_not_leave_it(void **state)
{
	struct move_answer used = { .done = true, .file = file, .used = true };
	(void)state;
	assert_int_equal(end_of(MOVE_AWAY, MOVE_STEP_READ, used, at(20)), MOVE_USABLE);
	assert_int_equal(end_of(MOVE_FENCE, MOVE_STEP_READ, used, at(20)), MOVE_RUNS);
	assert_int_equal(end_of(MOVE_SWITCH, MOVE_STEP_READ, used, at(20)), MOVE_RUNS);
}

static void test_a_late_mover_does_not_write_and_does_not_reload(void **state)
{
	static const struct move_answer yes = { .done = true, .works = true, .won = true };
	static const struct move_answer no = { .done = true };
	static const struct move_answer used = { .done = true, .count = 1 };
	static const struct move_answer read = { .done = true, .file = file };
	(void)state;
	/* the check begins after three steps, each of which takes 1 ms here */
	assert_int_equal(end_of(MOVE_AWAY, MOVE_STEP_CHECK, no, at(503)), MOVE_RUNS);
	assert_int_equal(end_of(MOVE_AWAY, MOVE_STEP_CHECK, no, at(504)), MOVE_LATE);
	assert_int_equal(end_of(MOVE_AWAY, MOVE_STEP_WRITE, yes, at(1003)), MOVE_RUNS);
	assert_int_equal(end_of(MOVE_AWAY, MOVE_STEP_WRITE, yes, at(1004)), MOVE_LATE);
	/* and the read after two */
	assert_int_equal(end_of(MOVE_FENCE, MOVE_STEP_READ, read, at(502)), MOVE_RUNS);
	assert_int_equal(end_of(MOVE_FENCE, MOVE_STEP_READ, read, at(503)), MOVE_LATE);
	/* who need not go on is not late */
	assert_int_equal(end_of(MOVE_AWAY, MOVE_STEP_CHECK, used, at(504)), MOVE_USABLE);
	/* what has been loaded is compared and proven, however long it took */
	assert_int_equal(end_of(MOVE_AWAY, MOVE_STEP_RELOAD, yes, at(90000)), MOVE_RUNS);
	assert_int_equal(end_of(MOVE_AWAY, MOVE_STEP_TEST_TO, yes, at(90000)), MOVE_RUNS);
}

static void test_the_old_node_gets_one_more_chance(void **state)
{
	struct move_progress move = { .step = MOVE_STEP_TEST_FROM };
	(void)state;
	assert_int_equal(move_step_ms(&move, &policy), 100);
	move.good_ms = 40;
	assert_int_equal(move_step_ms(&move, &policy), 100);
	move.good_ms = 60;
	assert_int_equal(move_step_ms(&move, &policy), 120);
	move.good_ms = 300;
	assert_int_equal(move_step_ms(&move, &policy), 600);
	move.good_ms = 3000; /* not longer than a test takes at most */
	assert_int_equal(move_step_ms(&move, &policy), 1000);
	move.step = MOVE_STEP_TEST_AGAIN;
	assert_int_equal(move_step_ms(&move, &policy), 1000);
	move.step = MOVE_STEP_WAIT;
	assert_int_equal(move_step_ms(&move, &policy), MOVE_WAIT_MS);
	move.step = MOVE_STEP_TEST_TO;
	assert_int_equal(move_step_ms(&move, &policy), 1000);
	move.step = MOVE_STEP_PROVE;
	assert_int_equal(move_step_ms(&move, &policy), 1000);
	move.step = MOVE_STEP_WRITE;
	assert_int_equal(move_step_ms(&move, &policy), 500);
}

static void test_a_file_is_replaced_only_by_who_read_it_in_time(void **state)
{
	static const struct proxy_file new = { .epoch = 5, .node = B };
	(void)state;
	assert_true(move_may_replace(&file, true, &new, 100, 100));
	assert_false(move_may_replace(&file, false, &new, 100, 100));
	assert_false(move_may_replace(&file, true, &new, 101, 100));
	assert_false(move_may_replace(&new, true, &new, 100, 100));
}

static void test_who_did_not_move_it_waits_before_the_next_try(void **state)
{
	(void)state;
	assert_int_equal(move_pause_ms(MOVE_DONE), 0);
	assert_int_equal(move_pause_ms(MOVE_CHANGED), 0); /* somebody else did */
	assert_int_equal(move_pause_ms(MOVE_SUPERSEDED), 0);
	assert_int_equal(move_pause_ms(MOVE_NO_TARGET), MOVE_PAUSE_MS);
	assert_int_equal(move_pause_ms(MOVE_USABLE), MOVE_PAUSE_MS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_steps_of_each_move),
		cmocka_unit_test(test_who_sees_the_old_node_up_tests_it_twice),
		cmocka_unit_test(test_a_node_that_hangs_is_tested_once),
		cmocka_unit_test(test_the_new_file_has_the_next_epoch_and_heeds_all_known_failures),
		cmocka_unit_test(test_the_window_begins_with_the_last_look),
		cmocka_unit_test(test_each_way_to_end),
		cmocka_unit_test(test_a_node_in_use_keeps_only_who_may_not_leave_it),
		cmocka_unit_test(test_a_late_mover_does_not_write_and_does_not_reload),
		cmocka_unit_test(test_the_old_node_gets_one_more_chance),
		cmocka_unit_test(test_who_did_not_move_it_waits_before_the_next_try),
		cmocka_unit_test(test_a_file_is_replaced_only_by_who_read_it_in_time),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
