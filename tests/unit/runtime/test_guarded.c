/* SPDX-License-Identifier: PostgreSQL */
/* What a guard is for: bdrmon may be gone, frozen or cut off from its disk. */
#include "child_bed.h"

#include <sys/syscall.h>

/* Its guard does, though bdrmon is gone. */
static void after_a_stop_the_deadline_is_kept(void **state)
{
	struct bed *bed = *state;
	struct run r = {
		.deadline_ms = SOON_MS, .kill_after_ms = 100, .output_max = 100, .stop = true
	};

	run(bed, "exec 9>alive; trap '' TERM; printf . >&9; echo >up; yes", true, &r);
	assert_int_equal(r.result.fate.kind, FATE_LEFT);
	bed_await_death(bed);
}

static void a_guard_without_a_command_ends_with_its_bdrmon(void **state)
{
	struct child child;
	char path[PATH_TEXT_MAX];
	(void)state;

	start(&child);
	COPY_TEXT(path, child.trace);
	assert_int_equal(access(path, F_OK), 0);
	int pidfd = (int)syscall(SYS_pidfd_open, child.guard, 0);
	spawn_discard(&child);
	struct pollfd end = { .fd = pidfd, .events = POLLIN };
	assert_int_equal(poll(&end, 1, PATIENCE_MS), 1);
	close(pidfd);
	assert_int_equal(access(path, F_OK), -1);
}

static void with_its_guard_a_command_ends(void **state)
{
	struct bed *bed = *state;
	struct child child;
	struct lines lines;
	struct run r = RUN;

	start(&child);
	give(&child, "exec 9>alive; printf . >&9; echo >up; sleep 1000 & wait", &r);
	bed_await(bed->up);
	await_started(&child);
	assert_int_equal(kill(child.guard, SIGKILL), 0);
	struct child_limits limits = { instant_add_ms(clock_now(), FAR_MS), -1 };
	lines_open(&lines, "test", 100);
	r.result = child_wait(&child, &limits, &lines);
	assert_int_equal(r.result.fate.kind, FATE_LOST);
	bed_await_death(bed);
}

static void a_guard_that_hangs_is_not_waited_for(void **state)
{
	struct bed *bed = *state;
	struct child child;
	struct lines lines;
	struct run r = RUN;

	start(&child);
	give(&child, "exec 9>alive; printf . >&9; echo >up; sleep 1000; :", &r);
	bed_await(bed->up);
	await_started(&child);
	assert_int_equal(kill(child.guard, SIGSTOP), 0);
	struct child_limits limits = { instant_add_ms(clock_now(), SOON_MS), -1 };
	lines_open(&lines, "test", 100);
	struct instant began = clock_now();
	r.result = child_wait(&child, &limits, &lines);
	assert_true(ms_since(began) >= SOON_MS && ms_since(began) < 3 * SOON_MS);
	assert_int_equal(r.result.fate.kind, FATE_LOST);
	bed_await_death(bed);
}

/* As when bdrmon is frozen: the command must go on, and its end must be told. */
static void a_bdrmon_that_reads_nothing_does_not_hold_up_a_command(void **state)
{
	struct bed *bed = *state;
	struct child child;
	struct lines lines;
	struct run r = RUN;

	start(&child);
	r.output_max = 100 * TEXT_MAX;
	give(&child, "head -c 3000000 /dev/zero; echo >up", &r);
	bed_await(bed->up);
	struct child_limits limits = { instant_add_ms(clock_now(), FAR_MS), -1 };
	lines_open(&lines, "test", 0);
	r.result = child_wait(&child, &limits, &lines);
	assert_int_equal(r.result.fate.kind, FATE_EXITED);
	assert_int_equal(lines.dropped, 3000000);
}

static void the_trace_tells_the_job_and_the_end(void **state)
{
	struct bed *bed = *state;
	struct child child;
	struct lines lines;
	struct trace trace;
	struct error err;
	struct run r = RUN;
	char path[PATH_TEXT_MAX];

	start(&child);
	COPY_TEXT(path, child.trace);
	assert_int_equal(trace_read(path, &trace, &err), OK);
	assert_true(trace.held && !trace.started);
	give(&child, "echo >up; read x <gate; exit 75", &r);
	bed_await(bed->up);
	await_started(&child);
	assert_int_equal(trace_read(path, &trace, &err), OK);
	assert_true(trace.held && !trace.ended);
	assert_int_equal(trace.serial, 17);
	assert_int_equal(trace.attempt, 1);
	assert_int_equal(kill(trace.process, 0), 0);
	bed_release(bed);
	struct child_limits limits = { instant_add_ms(clock_now(), FAR_MS), -1 };
	lines_open(&lines, "test", 0);
	child_wait(&child, &limits, &lines);
	assert_int_equal(trace_read(path, &trace, &err), OK);
	assert_true(!trace.held && trace.ended);
	assert_int_equal(trace.fate.kind, FATE_EXITED);
	assert_int_equal(trace.fate.code, 75);
}

static void a_command_runs_even_if_its_trace_cannot_be_made(void **state)
{
	struct bed *bed = *state;
	struct child child;
	struct lines lines;
	struct error err;
	struct run r = RUN;
	int program;

	assert_int_equal(spawn_open(BDRMON_GUARD, &program, &err), OK);
	assert_int_equal(spawn_guard(program, "/nowhere", "test", &child, &err), OK);
	close(program);
	assert_non_null(strstr(child.trace_missing.text, "could not create file \"/nowhere/"));
	give(&child, "echo >up", &r);
	bed_await(bed->up);
	struct child_limits limits = { instant_add_ms(clock_now(), FAR_MS), -1 };
	lines_open(&lines, "test", 0);
	assert_int_equal(child_wait(&child, &limits, &lines).fate.kind, FATE_EXITED);
}

static void the_variables_are_the_jobs_and_no_others(void **state)
{
	struct bed *bed = *state;
	struct run r = RUN;

	setenv("BDRMON_OLD", "old", 1);
	setenv("OTHER", "kept", 1);
	run(bed, "echo \"=${BDRMON_OLD-}=$BDRMON_X=$OTHER=\"", false, &r);
	unsetenv("BDRMON_OLD");
	unsetenv("OTHER");
	assert_non_null(strstr(bed_log(bed), "test command: ==new=kept=\n"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, bed_open, bed_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(after_a_stop_the_deadline_is_kept),
		TEST(a_guard_without_a_command_ends_with_its_bdrmon),
		TEST(with_its_guard_a_command_ends),
		TEST(a_guard_that_hangs_is_not_waited_for),
		TEST(a_bdrmon_that_reads_nothing_does_not_hold_up_a_command),
		TEST(the_trace_tells_the_job_and_the_end),
		TEST(a_command_runs_even_if_its_trace_cannot_be_made),
		TEST(the_variables_are_the_jobs_and_no_others),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
