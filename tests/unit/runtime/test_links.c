/* SPDX-License-Identifier: PostgreSQL */
/* What both ends say of the replication, put together. */
#include "../../../src/runtime/links.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#define MAX_LAG 1000

static struct instant second(int64_t seconds)
{
	return (struct instant) { seconds * 1000000 };
}

/* Two nodes that replicate both ways; the second one was asked a second later. */
static void begin(struct worker_cell cell[NODES])
{
	for (unsigned i = 0; i < NODES; i++) {
		cell[i] = (struct worker_cell) { .node_id = (int)i + 1 };
		cell[i].repl.setup.kind = REPL_PGLOGICAL;
		cell[i].repl.read = true;
		cell[i].repl.asked = second(10 + i);
		cell[i].repl.state.in = (struct repl_link) { .up = REPL_YES };
		cell[i].repl.state.out = (struct repl_link) { .up = REPL_YES };
	}
}

/* Every combination of what the four ends say: both links run exactly when each has an end
 * that says so and none that says no. */
static void test_both_links_run_if_an_end_of_each_says_so_and_none_says_no(void **state)
{
	struct worker_cell cell[NODES];
	(void)state;
	for (unsigned all = 0; all < 81; all++) {
		enum repl_says a_in = all % 3, a_out = all / 3 % 3, b_in = all / 9 % 3,
			       b_out = all / 27 % 3;
		bool there = (a_out == REPL_YES && b_in != REPL_NO) ||
			     (b_in == REPL_YES && a_out != REPL_NO);
		bool back = (b_out == REPL_YES && a_in != REPL_NO) ||
			    (a_in == REPL_YES && b_out != REPL_NO);
		begin(cell);
		cell[0].repl.state.in.up = a_in;
		cell[0].repl.state.out.up = a_out;
		cell[1].repl.state.in.up = b_in;
		cell[1].repl.state.out.up = b_out;
		assert_int_equal(instant_is_set(links_level(cell, MAX_LAG)), there && back);
	}
}

static void test_it_is_as_old_as_the_older_answer(void **state)
{
	struct worker_cell cell[NODES];
	(void)state;
	begin(cell);
	assert_int_equal(links_level(cell, MAX_LAG).us, second(10).us);
	cell[1].repl.asked = second(3);
	assert_int_equal(links_level(cell, MAX_LAG).us, second(3).us);
	cell[1].repl.asked = NEVER;
	assert_int_equal(links_level(cell, MAX_LAG).us, NEVER.us);
}

static void
test_a_lag_counts_whichever_end_tells_it_and_one_that_is_not_known_does_not(void **state)
{
	struct worker_cell cell[NODES];
	(void)state;
	for (unsigned i = 0; i < NODES; i++) {
		begin(cell);
		cell[i].repl.state.in.lag_bytes = REPL_UNKNOWN_NUMBER;
		cell[i].repl.state.out.lag_bytes = MAX_LAG;
		assert_true(instant_is_set(links_level(cell, MAX_LAG)));
		cell[i].repl.state.out.lag_bytes = MAX_LAG + 1;
		assert_false(instant_is_set(links_level(cell, MAX_LAG)));
		cell[i].repl.state.out.lag_bytes = 0;
		cell[i].repl.state.in.lag_bytes = MAX_LAG + 1;
		assert_false(instant_is_set(links_level(cell, MAX_LAG)));
	}
}

static void test_links_are_watched_if_one_node_has_any(void **state)
{
	struct worker_cell cell[NODES];
	(void)state;
	begin(cell);
	assert_true(links_watched(cell));
	cell[0].repl.setup.kind = REPL_NONE; /* it is down since the monitor has started */
	assert_true(links_watched(cell));
	cell[1].repl.setup.kind = REPL_NONE;
	assert_false(links_watched(cell));
}

static void test_at_risk_is_what_was_written_and_not_received(void **state)
{
	static const struct {
		uint64_t written, received;
		int64_t unsent, risk;
	} cases[] = { { 500, 400, REPL_UNKNOWN_NUMBER, 100 },
		      { 400, 400, REPL_UNKNOWN_NUMBER, 0 },
		      /* received since the dead node was asked last */
		      { 400, 500, REPL_UNKNOWN_NUMBER, 0 },
		      { 400, 500, 70, 0 },
		      { 500, 400, 70, 70 }, /* the rest holds no rows */
		      { 500, 0, 70, 70 },
		      { 0, 400, REPL_UNKNOWN_NUMBER, REPL_UNKNOWN_NUMBER },
		      { 500, 0, REPL_UNKNOWN_NUMBER, REPL_UNKNOWN_NUMBER } };
	struct worker_cell cell[NODES];
	(void)state;
	for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		begin(cell);
		cell[1].repl.state.written_lsn = cases[i].written;
		cell[1].repl.state.out.lag_bytes = cases[i].unsent;
		cell[0].repl.state.received_lsn = cases[i].received;
		assert_int_equal(links_at_risk(cell, 1), cases[i].risk);
	}
}

static void test_links_that_are_not_up_wait_for_a_while_after_a_node_is_back(void **state)
{
	struct view view = { .made = second(21) };
	struct worker_cell cell[NODES];
	(void)state;
	begin(cell);
	view.node[0].last.outcome = view.node[1].last.outcome = OUTCOME_OK;
	view.node[0].history.ok_since = second(10);
	view.node[1].history.ok_since = second(20);
	assert_true(links_wait(&view, cell));
	cell[0].repl.read = false; /* not looked at yet */
	assert_false(links_wait(&view, cell));
	cell[0].repl.read = true;
	view.node[0].level = view.node[1].level = second(20);
	assert_false(links_wait(&view, cell));
	view.node[0].level = view.node[1].level = NEVER; /* later they have another reason */
	view.made = second(200);
	assert_false(links_wait(&view, cell));
	view.made = second(21);
	view.node[0].last.outcome = OUTCOME_TIMEOUT; /* in vain while one does not answer */
	assert_false(links_wait(&view, cell));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_both_links_run_if_an_end_of_each_says_so_and_none_says_no),
		cmocka_unit_test(test_it_is_as_old_as_the_older_answer),
		cmocka_unit_test(
			test_a_lag_counts_whichever_end_tells_it_and_one_that_is_not_known_does_not),
		cmocka_unit_test(test_links_are_watched_if_one_node_has_any),
		cmocka_unit_test(test_at_risk_is_what_was_written_and_not_received),
		cmocka_unit_test(test_links_that_are_not_up_wait_for_a_while_after_a_node_is_back),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
