/* SPDX-License-Identifier: PostgreSQL */
/* The executor with real commands. A command says by a FIFO that it runs, and waits at
 * another one until it may go on. */
#include "bdrmon/executor.h"
#include "bdrmon/strbuf.h"
#include "bdrmon/thread.h"
#include "bed.h"

static const struct executor_config usual = { .size = 4,
					      .queue = 8,
					      .deadline_ms = 60000,
					      .kill_after_ms = 1000,
					      .output_max_bytes = 65536 };

static struct executor *start(const struct executor_config *config, const char *command)
{
	struct executor *executor = NULL;
	struct error err;
	assert_int_equal(executor_start(config, command, &executor, &err), OK);
	return executor;
}

static struct job make_job(enum event_kind event, int node_id)
{
	struct job job = { .event = event, .node_id = node_id, .success = true };
	COPY_TEXT(job.details, "what happened");
	COPY_TEXT(job.node_name, "node1");
	COPY_TEXT(job.conninfo, "host=b password='it''s s3cret'");
	COPY_TEXT(job.timestamp, "2026-11-23 03:26:46.000000+00");
	return job;
}

static void submit(struct executor *executor, enum event_kind event, int node_id)
{
	struct job job = make_job(event, node_id);
	executor_submit(executor, &job);
}

static unsigned finish(struct executor *executor)
{
	return executor_stop(executor, instant_add_ms(clock_now(), PATIENCE_MS));
}

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
	hasty.deadline_ms = 200;
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
	assert_int_equal(executor_stop(executor, instant_add_ms(clock_now(), 100)), 2);
	assert_true(ms_since(began) < 3 * 100);
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
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
