/* SPDX-License-Identifier: PostgreSQL */
#include "../../../src/runtime/jobs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

/* The ID is also the job's number. */
static enum put_result put(struct jobs *jobs, enum event_kind event, int id, struct job *lost)
{
	struct job job = { .event = event, .node_id = id };
	return jobs_put(jobs, &job, id, lost);
}

static struct job_entry *take(struct jobs *jobs)
{
	struct instant again;
	return jobs_take(jobs, (struct instant) { 1 }, &again);
}

/* Run all, one after the other; the IDs of LANE must come from FIRST on. */
static unsigned run_all(struct jobs *jobs, enum event_lane lane, int first)
{
	struct job_entry *entry;
	unsigned count = 0;

	while ((entry = take(jobs)) != NULL) {
		if (event_type(entry->kept.job.event)->lane == lane) {
			assert_int_equal(entry->kept.job.node_id, first++);
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
	struct job lost;

	put(jobs, EVENT_BDR_RECONNECT, 1, &lost);
	put(jobs, EVENT_BDR_FAILOVER, 2, &lost);
	put(jobs, EVENT_BDR_RECOVERY, 3, &lost);
	struct job_entry *failover = take(jobs), *notice = take(jobs);
	assert_int_equal(failover->kept.job.node_id, 2);
	assert_int_equal(notice->kept.job.node_id, 1);
	assert_null(take(jobs));
	assert_int_equal(jobs_running(jobs), 2);
	assert_int_equal(jobs->waiting, 1);
	jobs_done(jobs, notice);
	assert_null(take(jobs));
	jobs_done(jobs, failover);
	assert_int_equal(take(jobs)->kept.job.node_id, 3);
}

static void a_full_queue_drops_the_oldest_notice(void **state)
{
	struct jobs *jobs = *state;
	struct job lost;

	put(jobs, EVENT_BDR_FAILOVER, 1, &lost);
	put(jobs, EVENT_BDR_RECONNECT, 10, &lost);
	put(jobs, EVENT_BDR_RECONNECT, 11, &lost);
	assert_int_equal(PUT_FITTED, put(jobs, EVENT_REPMGRD_START, 12, &lost));
	assert_int_equal(PUT_DROPPED, put(jobs, EVENT_BDR_RECONNECT, 13, &lost));
	assert_int_equal(lost.node_id, 10);
	assert_int_equal(PUT_DROPPED, put(jobs, EVENT_BDR_RECOVERY, 2, &lost));
	assert_int_equal(lost.node_id, 11);
	assert_int_equal(jobs->waiting, 4);
	assert_int_equal(run_all(jobs, LANE_FAILOVER, 1), 2);
}

static void failover_jobs_go_over_the_bound_and_a_notice_does_not(void **state)
{
	struct jobs *jobs = *state;
	struct job lost;

	for (int id = 1; id <= 6; id++)
		assert_int_equal(PUT_FITTED, put(jobs, EVENT_BDR_FAILOVER, id, &lost));
	assert_int_equal(PUT_DROPPED, put(jobs, EVENT_BDR_RECONNECT, 10, &lost));
	assert_int_equal(lost.node_id, 10);
	assert_int_equal(jobs->waiting, 6);
	assert_int_equal(run_all(jobs, LANE_FAILOVER, 1), 6);
	assert_int_equal(jobs->waiting, 0);
}

static void behind_the_last_bound_the_oldest_failover_goes(void **state)
{
	struct jobs *jobs = *state;
	struct job lost;

	/* The running ones have places of their own. */
	put(jobs, EVENT_BDR_FAILOVER, 0, &lost);
	put(jobs, EVENT_BDR_RECONNECT, 0, &lost);
	struct job_entry *runs[] = { take(jobs), take(jobs) };
	for (int id = 1; id <= EXECUTOR_QUEUE_MAX; id++)
		assert_int_equal(PUT_FITTED, put(jobs, EVENT_BDR_FAILOVER, id, &lost));
	assert_int_equal(PUT_DROPPED, put(jobs, EVENT_BDR_RECOVERY, EXECUTOR_QUEUE_MAX + 1, &lost));
	assert_int_equal(lost.node_id, 1);
	jobs_done(jobs, runs[0]);
	jobs_done(jobs, runs[1]);
	assert_int_equal(run_all(jobs, LANE_FAILOVER, 2), EXECUTOR_QUEUE_MAX);
}

static void a_newer_notice_replaces_a_waiting_one_and_comes_last(void **state)
{
	struct jobs *jobs = *state;
	struct job lost, about_b = { .event = EVENT_BDR_RECONNECT, .node_id = 1, .node_name = "b" };

	put(jobs, EVENT_BDR_RECONNECT, 1, &lost);
	put(jobs, EVENT_REPMGRD_START, 2, &lost);
	/* The same number is that of the monitor: it is another node. */
	assert_int_equal(jobs_put(jobs, &about_b, 3, &lost), PUT_FITTED);
	assert_int_equal(put(jobs, EVENT_BDR_RECONNECT, 1, &lost), PUT_REPLACED);
	assert_int_equal(lost.node_id, 1);
	assert_string_equal(lost.node_name, "");
	assert_int_equal(jobs->waiting, 3);
	struct job_entry *entry = take(jobs);
	assert_int_equal(entry->kept.serial, 2);
	/* One that runs is not replaced. */
	assert_int_equal(put(jobs, EVENT_REPMGRD_START, 2, &lost), PUT_FITTED);
}

static void a_failover_job_is_never_replaced(void **state)
{
	struct jobs *jobs = *state;
	struct job lost;

	for (int i = 0; i < 3; i++) {
		assert_int_equal(put(jobs, EVENT_BDR_FAILOVER, 1, &lost), PUT_FITTED);
		assert_int_equal(put(jobs, EVENT_BDR_RECOVERY, 1, &lost), PUT_FITTED);
	}
	assert_int_equal(jobs->waiting, 6);
}

static void a_retry_keeps_its_place_and_its_lane_waits_for_it(void **state)
{
	struct jobs *jobs = *state;
	struct instant again, due = { 1000 }, early = { 999 };
	struct job lost;

	put(jobs, EVENT_BDR_FAILOVER, 1, &lost);
	put(jobs, EVENT_BDR_RECOVERY, 2, &lost);
	put(jobs, EVENT_BDR_RECONNECT, 3, &lost);
	struct job_entry *failover = take(jobs);
	jobs_retry(jobs, failover, due);
	assert_int_equal(jobs_running(jobs), 0);
	assert_int_equal(jobs->waiting, 3);
	struct job_entry *notice = jobs_take(jobs, early, &again);
	assert_int_equal(notice->kept.serial, 3); /* the other lane goes on */
	assert_null(jobs_take(jobs, early, &again));
	assert_int_equal(again.us, due.us);
	assert_ptr_equal(jobs_take(jobs, due, &again), failover);
	jobs_done(jobs, failover);
	assert_int_equal(jobs_take(jobs, due, &again)->kept.serial, 2);
}

static void while_a_lane_is_held_only_the_other_one_runs(void **state)
{
	struct jobs *jobs = *state;
	struct job lost;

	put(jobs, EVENT_BDR_FAILOVER, 1, &lost);
	put(jobs, EVENT_BDR_RECONNECT, 2, &lost);
	jobs->held[LANE_FAILOVER] = 1;
	assert_int_equal(take(jobs)->kept.serial, 2);
	assert_null(take(jobs));
	jobs->held[LANE_FAILOVER] = 0;
	assert_int_equal(take(jobs)->kept.serial, 1);
}

static void kept_jobs_come_in_their_order_and_can_be_taken_away(void **state)
{
	struct jobs *jobs = *state;
	struct kept_job kept = { .job.event = EVENT_BDR_FAILOVER };

	for (kept.serial = 1; kept.serial <= EXECUTOR_QUEUE_MAX; kept.serial++)
		assert_true(jobs_restore(jobs, &kept));
	assert_false(jobs_restore(jobs, &kept));
	assert_null(jobs_find(jobs, kept.serial));
	jobs_remove(jobs, jobs_find(jobs, 1));
	jobs_remove(jobs, jobs_find(jobs, 3));
	assert_int_equal(take(jobs)->kept.serial, 2);
	assert_null(jobs_find(jobs, 2)); /* it runs */
	assert_int_equal(jobs->waiting, EXECUTOR_QUEUE_MAX - 3);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_jobs, close_jobs)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_lane_runs_one_job_at_a_time_and_failover_comes_first),
		TEST(a_full_queue_drops_the_oldest_notice),
		TEST(failover_jobs_go_over_the_bound_and_a_notice_does_not),
		TEST(behind_the_last_bound_the_oldest_failover_goes),
		TEST(a_newer_notice_replaces_a_waiting_one_and_comes_last),
		TEST(a_failover_job_is_never_replaced),
		TEST(a_retry_keeps_its_place_and_its_lane_waits_for_it),
		TEST(while_a_lane_is_held_only_the_other_one_runs),
		TEST(kept_jobs_come_in_their_order_and_can_be_taken_away),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
