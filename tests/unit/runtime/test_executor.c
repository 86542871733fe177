/* SPDX-License-Identifier: PostgreSQL */
/* The executor with real commands. A command says by a FIFO that it runs, and waits at
 * another one until it may go on. */
#include "bdrmon/thread.h"
#include "executor_bed.h"

#include "../../../src/runtime/pool.h"

#include <signal.h>
#include <sys/wait.h>

static void the_values_reach_the_command_and_the_log_holds_no_secret(void **state)
{
	struct bed *bed = *state;
	struct executor *executor =
		start(&usual, "printf '%%s|' %n %e %s \"%t\" \"%d\" \"%c\" \"%a\" >out; echo done");
	submit(executor, EVENT_BDR_FAILOVER, 2);
	assert_int_equal(finish(executor), 0);
	assert_string_equal(bed_file(bed, "out"),
			    "2|bdr_failover|1|2026-11-23 03:26:46.000000+00|what happened|"
			    "host=b password='it''s s3cret'|node1|");
	assert_null(strstr(bed_log(bed), "s3cret"));
	assert_non_null(strstr(bed_log(bed), "bdr_failover command for node 2 succeeded"));
}

static void jobs_of_one_lane_run_one_after_the_other_in_their_order(void **state)
{
	struct bed *bed = *state;
	struct executor *executor =
		start(&usual, "mkdir running && echo %n >>order; rmdir running");
	for (int i = 1; i <= 8; i++)
		submit(executor, EVENT_BDR_FAILOVER, i);
	assert_int_equal(finish(executor), 0);
	assert_string_equal(bed_file(bed, "order"), "1\n2\n3\n4\n5\n6\n7\n8\n");
}

static void a_failover_does_not_wait_for_a_notice(void **state)
{
	struct bed *bed = *state;
	struct executor *executor = start(&usual, "printf %n >up; read x <gate; echo %e >>order");
	submit(executor, EVENT_REPMGRD_START, 1);
	assert_int_equal(bed_await(bed->up), '1'); /* and it hangs at the gate */
	submit(executor, EVENT_BDR_FAILOVER, 2);
	assert_int_equal(bed_await(bed->up), '2');
	bed_release(bed);
	bed_release(bed);
	assert_int_equal(finish(executor), 0);
	assert_int_equal(count_text(bed_file(bed, "order"), "\n"), 2);
}

static void a_full_queue_drops_notices_and_never_a_failover(void **state)
{
	struct bed *bed = *state;
	struct executor_config small = usual;
	small.queue = 2;
	struct executor *executor = start(&small, "printf %n >up; read x <gate; echo %n >>order");
	submit(executor, EVENT_REPMGRD_START, 1);
	assert_int_equal(bed_await(bed->up), '1');
	submit(executor, EVENT_BDR_FAILOVER, 2);
	assert_int_equal(bed_await(bed->up), '2');
	submit(executor, EVENT_BDR_RECONNECT, 3); /* the oldest that waits: dropped */
	for (int i = 4; i <= 7; i++)
		submit(executor, EVENT_BDR_FAILOVER, i);
	for (int i = 0; i < 6; i++)
		bed_release(bed);
	assert_int_equal(finish(executor), 0);
	const char *order = bed_file(bed, "order");
	assert_null(strstr(order, "3\n"));
	for (const char *node = "4\0005\0006\0007\0"; *node != '\0'; node += 2)
		assert_non_null(strstr(order, node));
	assert_int_equal(count_text(bed_log(bed), "is dropped"), 1);
}

static void a_command_that_ignores_term_is_killed_and_the_next_one_runs(void **state)
{
	struct bed *bed = *state;
	struct executor_config hasty = usual;
	hasty.deadline_ms = SOON_MS;
	hasty.kill_after_ms = 100;
	struct executor *executor =
		start(&hasty, "test %n = 2 && exit; exec 9>alive; trap '' TERM; (trap '' TERM; "
			      "while :; do sleep 60; done) & while :; do sleep 60; done");
	struct instant began = clock_now();
	submit(executor, EVENT_BDR_FAILOVER, 1);
	submit(executor, EVENT_BDR_FAILOVER, 2);
	assert_int_equal(finish(executor), 0);
	assert_true(ms_since(began) < 3 * (hasty.deadline_ms + hasty.kill_after_ms));
	bed_await_death(bed);
	assert_non_null(strstr(bed_log(bed), "node 1 failed"));
	assert_non_null(strstr(bed_log(bed), "node 2 succeeded"));
}

static void a_stop_leaves_a_running_command_and_names_it(void **state)
{
	struct bed *bed = *state;
	struct executor *executor =
		start(&usual, "printf %n >up; read x <gate; echo gone >out; printf z >up");
	submit(executor, EVENT_BDR_FAILOVER, 1);
	assert_int_equal(bed_await(bed->up), '1');
	submit(executor, EVENT_BDR_FAILOVER, 2);
	struct instant began = clock_now();
	struct executor_counters counters = stop_within(executor, 300);
	assert_true(ms_since(began) < 3 * 300);
	assert_int_equal(counters.running, 1);
	assert_int_equal(counters.waiting, 1);
	assert_non_null(strstr(bed_log(bed), "is left running"));
	assert_non_null(strstr(bed_log(bed), "node 2 was not started"));
	bed_release(bed);
	assert_int_equal(bed_await(bed->up), 'z');
	assert_string_equal(bed_file(bed, "out"), "gone\n");
}

static void *submit_some(void *argument)
{
	for (int i = 0; i < 10; i++)
		submit(argument, EVENT_BDR_RECOVERY, i);
	return NULL;
}

static void jobs_come_from_several_threads_and_leak_no_descriptor(void **state)
{
	struct bed *bed = *state;
	struct error err;
	pthread_t thread[4];
	unsigned before = count_descriptors();
	struct executor *executor = start(&usual, "echo >>out");
	for (unsigned i = 0; i < 4; i++)
		assert_int_equal(thread_start(&thread[i], "submitter", submit_some, executor, &err),
				 OK);
	for (unsigned i = 0; i < 4; i++)
		assert_int_equal(pthread_join(thread[i], NULL), 0);
	assert_int_equal(finish(executor), 0);
	assert_int_equal(count_text(bed_file(bed, "out"), "\n"), 40);
	assert_int_equal(count_descriptors(), before);
}

static void without_a_command_nothing_is_run(void **state)
{
	(void)state;
	struct executor *executor = start(&usual, "");
	submit(executor, EVENT_BDR_FAILOVER, 1);
	assert_int_equal(finish(executor), 0);
}

/* Its pause is a second. */
static void exit_code_75_asks_for_another_attempt_in_the_same_place(void **state)
{
	struct bed *bed = *state;
	struct executor *executor = start(
		&usual, "echo $BDRMON_ATTEMPT-%n-%d >>order; test %n = 2 -o $BDRMON_ATTEMPT = 2 ||"
			" exit 75");
	struct instant began = clock_now();
	submit(executor, EVENT_BDR_FAILOVER, 1);
	submit(executor, EVENT_BDR_RECOVERY, 2);
	struct executor_counters counters = stop_within(executor, PATIENCE_MS);
	assert_true(ms_since(began) >= 1000 && ms_since(began) < 3 * 1000);
	assert_string_equal(bed_file(bed, "order"),
			    "1-1-what happened\n2-1-what happened\n1-2-what happened\n");
	assert_int_equal(counters.submitted, 2);
	assert_int_equal(counters.succeeded, 2);
	assert_int_equal(counters.retried, 1);
	assert_int_equal(counters.failed, 0);
	assert_non_null(strstr(bed_log(bed), "It exited with code 75, after"));
	assert_non_null(strstr(bed_log(bed), "Attempt 2 of 4 follows in 1000 ms."));
}

static void any_other_failure_ends_the_job(void **state)
{
	struct bed *bed = *state;
	struct executor *executor = start(&usual, "echo $BDRMON_ATTEMPT >>order; exit %n");
	submit(executor, EVENT_BDR_FAILOVER, 1);
	submit(executor, EVENT_BDR_FAILOVER, 74);
	struct executor_counters counters = stop_within(executor, PATIENCE_MS);
	assert_string_equal(bed_file(bed, "order"), "1\n1\n");
	assert_int_equal(counters.failed, 2);
	assert_int_equal(counters.retried, 0);
}

static void the_last_attempt_counts(void **state)
{
	struct bed *bed = *state;
	struct executor_config once_more = usual;
	once_more.retries = 1;
	struct executor *executor =
		start(&once_more, "echo $BDRMON_ATTEMPT >>order; kill -KILL $$");
	submit(executor, EVENT_BDR_FAILOVER, 1);
	struct executor_counters counters = stop_within(executor, PATIENCE_MS);
	assert_string_equal(bed_file(bed, "order"), "1\n2\n");
	assert_int_equal(counters.retried, 1);
	assert_int_equal(counters.failed, 1);
	assert_non_null(strstr(bed_log(bed), "It was attempt 2."));
}

static void the_deadline_is_counted_and_is_no_reason_to_try_again(void **state)
{
	(void)state;
	struct executor_config hasty = usual;
	hasty.deadline_ms = 100;
	struct executor *executor = start(&hasty, "sleep 1000");
	submit(executor, EVENT_BDR_FAILOVER, 1);
	struct executor_counters counters = stop_within(executor, PATIENCE_MS);
	assert_int_equal(counters.late, 1);
	assert_int_equal(counters.failed, 1);
	assert_int_equal(counters.retried, 0);
}

static void of_notices_that_wait_the_latest_one_runs(void **state)
{
	struct bed *bed = *state;
	struct executor *executor =
		start(&usual, "printf %n >up; read x <gate; echo %e-%n >>order");
	submit(executor, EVENT_REPMGRD_START, 1);
	assert_int_equal(bed_await(bed->up), '1');
	for (int i = 0; i < 5; i++)
		submit(executor, EVENT_BDR_RECONNECT, 2);
	struct executor_counters counters = count(executor);
	assert_int_equal(counters.running, 1);
	assert_int_equal(counters.waiting, 1);
	assert_int_equal(counters.coalesced, 4);
	bed_release(bed);
	bed_release(bed);
	assert_int_equal(finish(executor), 0);
	assert_string_equal(bed_file(bed, "order"), "repmgrd_start-1\nbdr_reconnect-2\n");
}

static void a_new_configuration_counts_for_what_does_not_run_yet(void **state)
{
	struct bed *bed = *state;
	struct executor_config other = usual;
	struct error err;
	struct executor *executor = start(&usual, "printf %n >up; read x <gate; echo old >>order");
	submit(executor, EVENT_BDR_FAILOVER, 1);
	assert_int_equal(bed_await(bed->up), '1');
	submit(executor, EVENT_BDR_FAILOVER, 2);
	assert_int_equal(executor_configure(executor, &other, "echo `echo %n`", &err), ERR_CONFIG);
	other.deadline_ms = SOON_MS;
	assert_int_equal(executor_configure(executor, &other, "echo new >>order; sleep 1000", &err),
			 OK);
	bed_release(bed);
	struct executor_counters counters = stop_within(executor, PATIENCE_MS);
	assert_string_equal(bed_file(bed, "order"), "old\nnew\n");
	assert_int_equal(counters.succeeded, 1);
	assert_int_equal(counters.late, 1);
}

static void a_command_can_come_and_go(void **state)
{
	struct bed *bed = *state;
	struct error err;
	struct executor *executor = start(&usual, "");
	submit(executor, EVENT_BDR_FAILOVER, 1);
	assert_int_equal(executor_configure(executor, &usual, "printf %n >up; read x <gate", &err),
			 OK);
	submit(executor, EVENT_BDR_FAILOVER, 2);
	assert_int_equal(bed_await(bed->up), '2');
	submit(executor, EVENT_BDR_FAILOVER, 3);
	assert_int_equal(executor_configure(executor, &usual, "", &err), OK);
	bed_release(bed);
	struct executor_counters counters = stop_within(executor, PATIENCE_MS);
	assert_int_equal(counters.succeeded, 1);
	assert_int_equal(counters.dropped, 1);
	assert_non_null(strstr(bed_log(bed), "1 commands that waited are dropped"));
}

/* The guard that waits for the next job; 0: there is none yet. */
static pid_t guard_ahead(struct executor *executor)
{
	pthread_mutex_lock(&executor->lock);
	pid_t guard = executor->warm.socket < 0 ? 0 : executor->warm.guard;
	pthread_mutex_unlock(&executor->lock);
	return guard;
}

/* Nobody may kill it in vain: the next job starts another one. */
static void a_guard_that_was_killed_ahead_is_replaced(void **state)
{
	struct bed *bed = *state;
	struct executor *executor = start(&usual, "echo %n >>order");
	submit(executor, EVENT_BDR_FAILOVER, 1);
	while (count(executor).succeeded < 1)
		usleep(1000);
	pid_t guard;
	while ((guard = guard_ahead(executor)) == 0)
		usleep(1000);
	/* Dead, and not about to die: one that has just started the command runs it again. */
	siginfo_t dead;
	assert_int_equal(kill(guard, SIGKILL), 0);
	waitid(P_PID, (id_t)guard, &dead, WEXITED | WNOWAIT);
	submit(executor, EVENT_BDR_FAILOVER, 2);
	assert_int_equal(finish(executor), 0);
	assert_string_equal(bed_file(bed, "order"), "1\n2\n");
}

static void what_a_command_left_is_removed_when_it_was_noted(void **state)
{
	(void)state;
	char memory[4096];
	struct strbuf text = STRBUF(memory);
	struct executor *executor = start(&usual, ":");
	submit(executor, EVENT_BDR_RECONNECT, 1);
	while (count(executor).succeeded < 1)
		usleep(1000);
	assert_int_equal(bed_count("command-notice-"), 1);
	executor_save(executor, &text);
	assert_string_equal(memory, "");
	executor_noted(executor);
	assert_int_equal(bed_count("command-notice-"), 0);
	assert_int_equal(bed_count("command-failover-"), 1); /* of the guard that waits */
	assert_int_equal(finish(executor), 0);
	assert_int_equal(bed_count("command-"), 0);
}

#define WITH_BED(test) cmocka_unit_test_setup_teardown(test, bed_open, bed_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_BED(the_values_reach_the_command_and_the_log_holds_no_secret),
		WITH_BED(jobs_of_one_lane_run_one_after_the_other_in_their_order),
		WITH_BED(a_failover_does_not_wait_for_a_notice),
		WITH_BED(a_full_queue_drops_notices_and_never_a_failover),
		WITH_BED(a_command_that_ignores_term_is_killed_and_the_next_one_runs),
		WITH_BED(a_stop_leaves_a_running_command_and_names_it),
		WITH_BED(jobs_come_from_several_threads_and_leak_no_descriptor),
		WITH_BED(without_a_command_nothing_is_run),
		WITH_BED(exit_code_75_asks_for_another_attempt_in_the_same_place),
		WITH_BED(any_other_failure_ends_the_job),
		WITH_BED(the_last_attempt_counts),
		WITH_BED(the_deadline_is_counted_and_is_no_reason_to_try_again),
		WITH_BED(of_notices_that_wait_the_latest_one_runs),
		WITH_BED(a_new_configuration_counts_for_what_does_not_run_yet),
		WITH_BED(a_command_can_come_and_go),
		WITH_BED(a_guard_that_was_killed_ahead_is_replaced),
		WITH_BED(what_a_command_left_is_removed_when_it_was_noted),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
