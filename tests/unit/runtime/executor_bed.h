/* SPDX-License-Identifier: PostgreSQL */
/* executor_bed.h - an executor on a test bed (bed.h): it works in the bed's directory. */
#ifndef EXECUTOR_BED_H
#define EXECUTOR_BED_H

#include "bdrmon/executor.h"
#include "bdrmon/strbuf.h"
#include "bed.h"

static const struct executor_config usual = {
	.size = 4,
	.queue = 8,
	.deadline_ms = 60000,
	.kill_after_ms = 1000,
	.output_max_bytes = 65536,
	.retries = 3,
};

static inline struct executor *start_with(const struct executor_config *config, const char *command,
					  const struct kept_job *kept, unsigned count)
{
	struct executor *executor = NULL;
	struct error err;
	struct executor_setup setup = {
		.config = config,
		.command = command,
		.guard = BDRMON_GUARD,
		.directory = ".",
		.kept = kept,
		.kept_count = count,
	};
	assert_int_equal(executor_start(&setup, &executor, &err), OK);
	return executor;
}

static inline struct executor *start(const struct executor_config *config, const char *command)
{
	return start_with(config, command, NULL, 0);
}

static inline struct job make_job(enum event_kind event, int node_id)
{
	struct job job = { .event = event, .node_id = node_id, .success = true };
	COPY_TEXT(job.details, "what happened");
	COPY_TEXT(job.node_name, "node1");
	COPY_TEXT(job.conninfo, "host=b password='it''s s3cret'");
	COPY_TEXT(job.timestamp, "2026-11-23 03:26:46.000000+00");
	return job;
}

static inline void submit(struct executor *executor, enum event_kind event, int node_id)
{
	struct job job = make_job(event, node_id);
	executor_submit(executor, &job);
}

static inline struct executor_counters count(struct executor *executor)
{
	struct executor_counters counters;
	executor_counters(executor, &counters);
	return counters;
}

/* Stop it after AT_MOST_MS at most, free it, and give what it counted. */
static inline struct executor_counters stop_within(struct executor *executor, int64_t at_most_ms)
{
	assert_true(executor_stop(executor, instant_add_ms(clock_now(), at_most_ms)));
	struct executor_counters counters = count(executor);
	executor_free(executor);
	return counters;
}

/* Let it finish what it has, and give how many jobs are not. */
static inline unsigned finish(struct executor *executor)
{
	struct executor_counters counters = stop_within(executor, PATIENCE_MS);
	return counters.running + counters.waiting;
}

#endif
