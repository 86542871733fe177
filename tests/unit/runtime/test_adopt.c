/* SPDX-License-Identifier: PostgreSQL */
/* A bdrmon is killed, and the next one goes on with its jobs. The one that is killed is a
 * child of the test with an executor of its own. */
#include "executor_bed.h"

#include "../../../src/runtime/job_text.h"

#include <signal.h>
#include <sys/wait.h>

#define COMMAND "printf %n >up; mkdir running || exit 99; read x <gate; rmdir running; "

static struct kept_job keep(enum event_kind event, int node_id, int64_t serial)
{
	return (struct kept_job) { .job = make_job(event, node_id), .serial = serial };
}

/* In a process of its own, start an executor with the job KEPT, wait until its command is
 * up, and kill that process. */
static void kill_one_with(struct bed *bed, const struct kept_job *kept, const char *command)
{
	pid_t pid = fork();
	assert_int_not_equal(pid, -1);
	if (pid == 0) {
		struct executor *executor = start_with(&usual, command, kept, 1);
		struct timespec for_ever = { .tv_sec = 1000 };
		nanosleep(&for_ever, NULL);
		executor_stop(executor, NEVER);
	}
	assert_int_equal(bed_await(bed->up), '0' + kept->job.node_id);
	assert_int_equal(kill(pid, SIGKILL), 0);
	waitpid(pid, NULL, 0);
}

/* Wait until the command of the one that was killed has told its end. */
static void await_end(const struct bed *bed)
{
	(void)bed;
	while (access("running", F_OK) == 0 || system("exec grep -q '^[a-z]* [0-9]*$' command-*"))
		usleep(1000);
}

static void await_log(struct bed *bed, const char *text)
{
	while (strstr(bed_log(bed), text) == NULL)
		usleep(1000);
}

static void a_command_that_still_runs_is_waited_for_and_counts(void **state)
{
	struct bed *bed = *state;
	const char *command =
		"test %e = bdr_reconnect && exec printf %n >up; " COMMAND "echo %n >>order";
	struct kept_job kept = keep(EVENT_BDR_FAILOVER, 1, clock_wall_us());

	signal(SIGCHLD, SIG_DFL);
	kill_one_with(bed, &kept, command);
	struct executor *executor = start_with(&usual, command, &kept, 1);
	submit(executor, EVENT_BDR_RECOVERY, 2);
	submit(executor, EVENT_BDR_RECONNECT, 3);
	assert_int_equal(bed_await(bed->up), '3'); /* of the other lane */
	assert_int_equal(count(executor).waiting, 2);
	await_log(bed, "still runs as process");
	bed_release(bed);
	bed_release(bed);
	struct executor_counters counters = stop_within(executor, PATIENCE_MS);
	assert_int_equal(counters.waiting + counters.running + counters.failed, 0);
	assert_int_equal(counters.succeeded, 3);
	assert_int_equal(count_text(bed_file(bed, "order"), "1\n"), 1);
	assert_non_null(strstr(bed_log(bed), "bdr_failover command for node 1, started before the "
					     "restart, succeeded"));
}

static void a_command_that_has_ended_meanwhile_does_not_run_again(void **state)
{
	struct bed *bed = *state;
	const char *command = COMMAND "echo %n >>order; exit 3";
	struct kept_job kept = keep(EVENT_BDR_FAILOVER, 1, clock_wall_us());

	signal(SIGCHLD, SIG_DFL);
	kill_one_with(bed, &kept, command);
	bed_release(bed);
	await_end(bed);
	struct executor *executor = start_with(&usual, command, &kept, 1);
	struct executor_counters counters = stop_within(executor, PATIENCE_MS);
	assert_int_equal(counters.failed, 1);
	assert_int_equal(counters.waiting, 0);
	assert_string_equal(bed_file(bed, "order"), "1\n");
	assert_non_null(strstr(bed_log(bed), "It exited with code 3."));
}

static void its_exit_code_can_ask_for_another_attempt(void **state)
{
	struct bed *bed = *state;
	const char *command = COMMAND "echo $BDRMON_ATTEMPT >>order; test $BDRMON_ATTEMPT = 2 ||"
				      " exit 75";
	struct kept_job kept = keep(EVENT_BDR_FAILOVER, 1, clock_wall_us());

	signal(SIGCHLD, SIG_DFL);
	kill_one_with(bed, &kept, command);
	bed_release(bed);
	await_end(bed);
	struct executor *executor = start_with(&usual, command, &kept, 1);
	assert_int_equal(bed_await(bed->up), '1');
	bed_release(bed);
	struct executor_counters counters = stop_within(executor, PATIENCE_MS);
	assert_int_equal(counters.succeeded, 1);
	assert_int_equal(counters.retried, 1);
	assert_string_equal(bed_file(bed, "order"), "1\n2\n");
}

/* As when the host died: a trace without an end, and nobody who holds it. */
static void a_command_whose_end_nobody_knows_runs_again(void **state)
{
	struct bed *bed = *state;
	struct kept_job kept = keep(EVENT_BDR_FAILOVER, 1, clock_wall_us());

	FILE *trace = fopen("command-failover-1", "w");
	fprintf(trace, "job %lld attempt 1 process 1 until 1\nexit", (long long)kept.serial);
	fclose(trace);
	struct executor *executor = start_with(&usual, "echo %n >>order", &kept, 1);
	assert_int_equal(finish(executor), 0);
	assert_string_equal(bed_file(bed, "order"), "1\n");
	assert_non_null(strstr(bed_log(bed), "was interrupted, and is run again"));
}

/* bdrmon was killed before the job was written down: nobody knows it, but it runs. */
static void a_command_of_an_unknown_job_is_waited_for_too(void **state)
{
	struct bed *bed = *state;
	const char *command = COMMAND "echo %n >>order";
	struct kept_job kept = keep(EVENT_BDR_FAILOVER, 1, clock_wall_us());

	signal(SIGCHLD, SIG_DFL);
	kill_one_with(bed, &kept, command);
	struct executor *executor = start(&usual, command);
	submit(executor, EVENT_BDR_FAILOVER, 1); /* decided again */
	bed_release(bed);
	bed_release(bed);
	struct executor_counters counters = stop_within(executor, PATIENCE_MS);
	assert_int_equal(counters.succeeded, 1);
	assert_string_equal(bed_file(bed, "order"), "1\n1\n");
}

static void what_was_not_finished_is_kept_at_a_stop(void **state)
{
	struct bed *bed = *state;
	char memory[EXECUTOR_TEXT_MAX / 16];
	const char *command = COMMAND "echo %n >>order", *at = memory;
	struct strbuf text = STRBUF(memory);
	struct kept_job kept[2];

	struct executor *executor = start(&usual, command);
	submit(executor, EVENT_BDR_FAILOVER, 1);
	submit(executor, EVENT_BDR_FAILOVER, 2);
	assert_int_equal(bed_await(bed->up), '1');
	assert_true(executor_stop(executor, instant_add_ms(clock_now(), 10)));
	executor_save(executor, &text);
	executor_free(executor);
	assert_true(job_read(&at, &kept[0]) && job_read(&at, &kept[1]));
	assert_string_equal(at, "");
	bed_release(bed);
	bed_release(bed);
	executor = start_with(&usual, command, kept, 2);
	struct executor_counters counters = stop_within(executor, PATIENCE_MS);
	assert_int_equal(counters.succeeded, 2);
	assert_string_equal(bed_file(bed, "order"), "1\n2\n");
}

static void a_job_of_yesterday_is_not_run_any_more(void **state)
{
	struct bed *bed = *state;
	struct kept_job kept[] = {
		keep(EVENT_BDR_FAILOVER, 1, clock_wall_us() - INT64_C(86400000000)),
		keep(EVENT_BDR_RECOVERY, 2, clock_wall_us()),
	};
	struct executor *executor = start_with(&usual, "echo %n >>order", kept, 2);
	assert_int_equal(count(executor).dropped, 1);
	assert_int_equal(finish(executor), 0);
	assert_string_equal(bed_file(bed, "order"), "2\n");
	assert_non_null(strstr(bed_log(bed), "bdr_failover command for node 1 is dropped"));
}

#define WITH_BED(test) cmocka_unit_test_setup_teardown(test, bed_open, bed_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_BED(a_command_that_still_runs_is_waited_for_and_counts),
		WITH_BED(a_command_that_has_ended_meanwhile_does_not_run_again),
		WITH_BED(its_exit_code_can_ask_for_another_attempt),
		WITH_BED(a_command_whose_end_nobody_knows_runs_again),
		WITH_BED(a_command_of_an_unknown_job_is_waited_for_too),
		WITH_BED(what_was_not_finished_is_kept_at_a_stop),
		WITH_BED(a_job_of_yesterday_is_not_run_any_more),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
