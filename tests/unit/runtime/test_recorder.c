/* SPDX-License-Identifier: PostgreSQL */
#include "../../../src/runtime/recorder.h"

#include "executor_bed.h"

#include <sys/stat.h>

#define HOUR_US INT64_C(3600000000)

static struct recorder *open_recorder(const char *cluster, struct recorded *recorded)
{
	struct recorder *recorder = NULL;
	struct error err;
	assert_int_equal(recorder_new(".", cluster, &recorder, recorded, &err), OK);
	return recorder;
}

/* Both, as the daemon has them. */
struct pair {
	struct recorder *recorder;
	struct executor *executor;
	struct scribe *scribe;
	struct recorded recorded; /* without its jobs and rows */
	unsigned jobs, rows;
};

static struct pair open_pair(const char *command)
{
	struct pair pair;
	struct error err;

	pair.recorder = open_recorder("main", &pair.recorded);
	pair.jobs = pair.recorded.jobs;
	pair.rows = pair.recorded.rows->count;
	struct executor_setup setup = {
		.config = &usual,
		.command = command,
		.guard = BDRMON_GUARD,
		.directory = ".",
		.changed = recorder_bell(pair.recorder),
		.kept = pair.recorded.job,
		.kept_count = pair.recorded.jobs,
	};
	assert_int_equal(executor_start(&setup, &pair.executor, &err), OK);
	assert_int_equal(
		scribe_new(pair.recorded.rows, recorder_bell(pair.recorder), &pair.scribe, &err),
		OK);
	recorded_free(&pair.recorded);
	assert_int_equal(recorder_start(pair.recorder, pair.executor, pair.scribe, &err), OK);
	return pair;
}

static void close_pair(struct pair *pair, int64_t within_ms)
{
	assert_true(executor_stop(pair->executor, instant_add_ms(clock_now(), within_ms)));
	assert_true(recorder_stop(pair->recorder, instant_add_ms(clock_now(), PATIENCE_MS)));
	executor_free(pair->executor);
	scribe_free(pair->scribe);
	recorder_free(pair->recorder);
}

static void await_in_state(struct bed *bed, const char *text)
{
	struct instant began = clock_now();
	while (strstr(bed_file(bed, "state"), text) == NULL) {
		assert_true(ms_since(began) < PATIENCE_MS);
		usleep(1000);
	}
}

static void the_memory_is_kept(void **state)
{
	(void)state;
	struct kept kept = {
		.node = { { 1, true, false, 0 }, { 2, true, true, HOUR_US } },
		.paused_until_us = INT64_MAX,
	};
	struct pair pair = open_pair(":");
	assert_int_equal(pair.jobs, 0);
	assert_int_equal(pair.recorded.kept.node[1].id, 0);
	recorder_put(pair.recorder, &kept);
	close_pair(&pair, 0);
	pair = open_pair(":");
	assert_memory_equal(&pair.recorded.kept, &kept, sizeof kept);
	close_pair(&pair, 0);
}

static void a_job_is_written_down_at_once_and_goes_when_it_is_done(void **state)
{
	struct bed *bed = *state;
	struct pair pair = open_pair("printf %n >up; read x <gate");
	submit(pair.executor, EVENT_BDR_FAILOVER, 2);
	assert_int_equal(bed_await(bed->up), '2');
	await_in_state(bed, "event bdr_failover\n");
	bed_release(bed);
	await_in_state(bed, "paused_until 0\nchecksum ");
	close_pair(&pair, PATIENCE_MS);
	assert_int_equal(bed_count("command-"), 0);
}

static void what_is_not_done_comes_back(void **state)
{
	struct bed *bed = *state;
	struct pair pair = open_pair("printf %n >up; read x <gate; echo %n >>order");
	submit(pair.executor, EVENT_BDR_FAILOVER, 1);
	submit(pair.executor, EVENT_BDR_RECOVERY, 2);
	assert_int_equal(bed_await(bed->up), '1');
	close_pair(&pair, 10);
	bed_release(bed);
	bed_release(bed);
	pair = open_pair("printf %n >up; read x <gate; echo %n >>order");
	assert_int_equal(pair.jobs, 2);
	close_pair(&pair, PATIENCE_MS);
	assert_string_equal(bed_file(bed, "order"), "1\n2\n");
}

static void an_event_that_no_node_has_taken_is_kept(void **state)
{
	struct row row = { .event = EVENT_BDR_FAILOVER, .node_id = 2, .timestamp = "then" };
	(void)state;
	struct pair pair = open_pair(":");
	assert_int_equal(pair.rows, 0);
	scribe_put(pair.scribe, &row);
	close_pair(&pair, 0);
	pair = open_pair(":");
	assert_int_equal(pair.rows, 1);
	close_pair(&pair, 0);
}

static void the_state_of_another_cluster_is_not_taken(void **state)
{
	struct bed *bed = *state;
	struct recorded recorded;
	struct kept kept = { .node[0] = { 1, true, true, 1 } };
	struct pair pair = open_pair(":");
	recorder_put(pair.recorder, &kept);
	close_pair(&pair, 0);
	struct recorder *other = open_recorder("other", &recorded);
	assert_int_equal(recorded.kept.node[0].id, 0);
	recorded_free(&recorded);
	recorder_free(other);
	assert_non_null(strstr(bed_log(bed), "is of another cluster"));
}

static void a_damaged_file_is_named_and_the_start_goes_on(void **state)
{
	struct bed *bed = *state;
	struct recorded recorded;
	FILE *file = fopen("state", "w");
	fputs("bdrmon state, format 1\ncluster main\nnode 1", file);
	fclose(file);
	struct recorder *recorder = open_recorder("main", &recorded);
	assert_int_equal(recorded.kept.node[0].id, 0);
	recorded_free(&recorded);
	recorder_free(recorder);
	assert_int_equal(bed_count("state.damaged-"), 1);
	assert_non_null(strstr(bed_log(bed), "[WARNING] file \"./state\" is damaged; it is now"));
}

static void a_file_that_cannot_be_written_is_told_once_and_again_when_it_can(void **state)
{
	struct bed *bed = *state;
	struct pair pair;

	assert_int_equal(mkdir("state.new", 0700), 0);
	pair = open_pair("echo %n >>order");
	for (int i = 0; i < 3; i++) {
		submit(pair.executor, EVENT_BDR_FAILOVER, i);
		while (count(pair.executor).succeeded <= (uint64_t)i)
			usleep(1000);
		usleep(20000); /* it may write once for each, or not; it must not tell twice */
	}
	assert_int_equal(count_text(bed_log(bed), "what the monitor remembers would be lost"), 1);
	assert_non_null(strstr(bed_log(bed), "Is a directory"));
	assert_int_equal(rmdir("state.new"), 0);
	submit(pair.executor, EVENT_BDR_FAILOVER, 3);
	await_in_state(bed, "checksum ");
	close_pair(&pair, PATIENCE_MS);
	assert_int_equal(count_text(bed_log(bed), "can be written again"), 1);
	assert_string_equal(bed_file(bed, "order"), "0\n1\n2\n3\n");
}

#define WITH_BED(test) cmocka_unit_test_setup_teardown(test, bed_open, bed_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_BED(the_memory_is_kept),
		WITH_BED(a_job_is_written_down_at_once_and_goes_when_it_is_done),
		WITH_BED(what_is_not_done_comes_back),
		WITH_BED(an_event_that_no_node_has_taken_is_kept),
		WITH_BED(the_state_of_another_cluster_is_not_taken),
		WITH_BED(a_damaged_file_is_named_and_the_start_goes_on),
		WITH_BED(a_file_that_cannot_be_written_is_told_once_and_again_when_it_can),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
