/* SPDX-License-Identifier: PostgreSQL */
#include "../../../src/runtime/jobs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static bool put(struct jobs *jobs, enum event_kind event, int id, struct job *dropped)
{
	struct job job = { .event = event, .node_id = id };
	return jobs_put(jobs, &job, dropped);
}

/* Run all, one after the other; the IDs of LANE must come from FIRST on. */
static unsigned run_all(struct jobs *jobs, enum event_lane lane, int first)
{
	struct job_entry *entry;
	unsigned count = 0;

	while ((entry = jobs_take(jobs)) != NULL) {
		if (event_type(entry->job.event)->lane == lane) {
			assert_int_equal(entry->job.node_id, first++);
			count++;
		}
		jobs_done(jobs, entry);
	}
	return count;
}

static int open_jobs(void **state)
{
	struct jobs *jobs = malloc(sizeof *jobs);
	assert_non_null(jobs);
	jobs_init(jobs, 4);
	*state = jobs;
	return 0;
}

static int close_jobs(void **state)
{
	free(*state);
	return 0;
}

static void a_lane_runs_one_job_at_a_time_and_failover_comes_first(void **state)
{
	struct jobs *jobs = *state;
	struct job dropped;

	put(jobs, EVENT_BDR_RECONNECT, 1, &dropped);
	put(jobs, EVENT_BDR_FAILOVER, 2, &dropped);
	put(jobs, EVENT_BDR_RECOVERY, 3, &dropped);
	struct job_entry *failover = jobs_take(jobs), *notice = jobs_take(jobs);
	assert_int_equal(failover->job.node_id, 2);
	assert_int_equal(notice->job.node_id, 1);
	assert_null(jobs_take(jobs));
	assert_int_equal(jobs_running(jobs), 2);
	assert_int_equal(jobs->waiting, 1);
	jobs_done(jobs, notice);
	assert_null(jobs_take(jobs));
	jobs_done(jobs, failover);
	assert_int_equal(jobs_take(jobs)->job.node_id, 3);
}

static void a_full_queue_drops_the_oldest_notice(void **state)
{
	struct jobs *jobs = *state;
	struct job dropped;

	put(jobs, EVENT_BDR_FAILOVER, 1, &dropped);
	put(jobs, EVENT_BDR_RECONNECT, 10, &dropped);
	put(jobs, EVENT_BDR_RECONNECT, 11, &dropped);
	assert_false(put(jobs, EVENT_REPMGRD_START, 12, &dropped));
	assert_true(put(jobs, EVENT_BDR_RECONNECT, 13, &dropped));
	assert_int_equal(dropped.node_id, 10);
	assert_true(put(jobs, EVENT_BDR_RECOVERY, 2, &dropped));
	assert_int_equal(dropped.node_id, 11);
	assert_int_equal(jobs->waiting, 4);
	assert_int_equal(run_all(jobs, LANE_FAILOVER, 1), 2);
}

static void failover_jobs_go_over_the_bound_and_a_notice_does_not(void **state)
{
	struct jobs *jobs = *state;
	struct job dropped;

	for (int id = 1; id <= 6; id++)
		assert_false(put(jobs, EVENT_BDR_FAILOVER, id, &dropped));
	assert_true(put(jobs, EVENT_BDR_RECONNECT, 10, &dropped));
	assert_int_equal(dropped.node_id, 10);
	assert_int_equal(jobs->waiting, 6);
	assert_int_equal(run_all(jobs, LANE_FAILOVER, 1), 6);
	assert_int_equal(jobs->waiting, 0);
}

static void behind_the_last_bound_the_oldest_failover_goes(void **state)
{
	struct jobs *jobs = *state;
	struct job dropped;

	/* The running ones have places of their own. */
	put(jobs, EVENT_BDR_FAILOVER, 0, &dropped);
	put(jobs, EVENT_BDR_RECONNECT, 0, &dropped);
	struct job_entry *runs[] = { jobs_take(jobs), jobs_take(jobs) };
	for (int id = 1; id <= EXECUTOR_QUEUE_MAX; id++)
		assert_false(put(jobs, EVENT_BDR_FAILOVER, id, &dropped));
	assert_true(put(jobs, EVENT_BDR_RECOVERY, EXECUTOR_QUEUE_MAX + 1, &dropped));
	assert_int_equal(dropped.node_id, 1);
	jobs_done(jobs, runs[0]);
	jobs_done(jobs, runs[1]);
	assert_int_equal(run_all(jobs, LANE_FAILOVER, 2), EXECUTOR_QUEUE_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			a_lane_runs_one_job_at_a_time_and_failover_comes_first, open_jobs,
			close_jobs),
		cmocka_unit_test_setup_teardown(a_full_queue_drops_the_oldest_notice, open_jobs,
						close_jobs),
		cmocka_unit_test_setup_teardown(
			failover_jobs_go_over_the_bound_and_a_notice_does_not, open_jobs,
			close_jobs),
		cmocka_unit_test_setup_teardown(behind_the_last_bound_the_oldest_failover_goes,
						open_jobs, close_jobs),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
