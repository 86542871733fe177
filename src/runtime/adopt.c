/* SPDX-License-Identifier: PostgreSQL */
#include "pool.h"

#include "bdrmon/log.h"

#include <dirent.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* How often a trace is looked at that is held, and for how long beyond the moment at which
 * its guard should have ended. One that has no command ends with its bdrmon. */
#define LOOK_AGAIN_MS 20
#define SLACK_MS      5000

static int is_trace(const struct dirent *entry)
{
	return strncmp(entry->d_name, TRACE_PREFIX, strlen(TRACE_PREFIX)) == 0;
}

/* Gives EVENT_LANES if NAME has no lane of ours in it. */
static unsigned lane_of_trace(const char *name)
{
	const char *label = name + strlen(TRACE_PREFIX);
	unsigned lane;

	for (lane = 0; lane < EVENT_LANES; lane++) {
		size_t length = strlen(lane_name((enum event_lane)lane));
		if (strncmp(label, lane_name((enum event_lane)lane), length) == 0 &&
		    label[length] == '-')
			break;
	}
	return lane;
}

/* A job whose command has ended, or was interrupted. It waits still, or again. The caller
 * has the lock; what is to be said comes in ENDING. Gives the job, if it is known. */
static bool settle_job(struct executor *executor, const struct trace *trace, struct job *job,
		       struct ending *ending)
{
	struct jobs *jobs = &executor->jobs;
	struct job_entry *entry = trace->started ? jobs_find(jobs, trace->serial) : NULL;

	if (entry == NULL)
		return false;
	int retries = pool_retries(&executor->config, &entry->kept.job);
	*job = entry->kept.job;
	if (!trace->ended)
		return true;
	*ending = (struct ending) {
		.fate = trace->fate,
		.process = trace->process,
		.attempt = trace->attempt,
		.retries = retries,
		.took_ms = -1,
		.deadline_ms = executor->config.deadline_ms,
		.sequel = retry_sequel(trace->fate, trace->attempt, retries),
	};
	entry->kept.attempts = trace->attempt;
	pool_count(executor, &entry->kept.job, ending->sequel, ending->fate);
	pool_end_run(executor, &entry->kept.job, ending->fate);
	if (ending->sequel != SEQUEL_RETRY)
		jobs_remove(jobs, entry);
	return true;
}

/* Nobody holds the trace PATH any more: take from it what it tells. */
static void settle_trace(struct executor *executor, const char *path, const struct trace *trace)
{
	char name[JOB_NAME_MAX];
	struct ending ending;
	struct job job;

	pthread_mutex_lock(&executor->lock);
	bool known = settle_job(executor, trace, &job, &ending);
	pool_finish_trace(executor, path);
	pthread_mutex_unlock(&executor->lock);
	if (!known)
		return;
	if (trace->ended) {
		ending_log(&job, &ending);
		return;
	}
	ending_describe(&job, name);
	log_warning("%s was interrupted, and is run again", name);
}

static void adopt(struct executor *executor, const char *path, enum event_lane lane)
{
	if (executor->adopted_count == ADOPTED_MAX)
		return;
	struct adopted *adopted = &executor->adopted[executor->adopted_count++];
	adopted->lane = lane;
	COPY_TEXT(adopted->path, path);
	executor->jobs.held[lane]++;
}

static void look_at(struct executor *executor, const char *name)
{
	char path[PATH_TEXT_MAX];
	struct strbuf out = STRBUF(path);
	struct trace trace;
	struct error err;
	unsigned lane = lane_of_trace(name);

	strbuf_printf(&out, "%s/%s", executor->directory, name);
	if (lane == EVENT_LANES)
		return;
	if (trace_read(path, &trace, &err) != OK)
		log_warning("%s", err.text);
	else if (trace.held)
		adopt(executor, path, (enum event_lane)lane);
	else
		settle_trace(executor, path, &trace);
}

void adopt_traces(struct executor *executor)
{
	struct dirent **entries;
	/* By name, which is by time within a lane. */
	int count = scandir(executor->directory, &entries, is_trace, alphasort);

	for (int i = 0; i < count; i++) {
		look_at(executor, entries[i]->d_name);
		free(entries[i]);
	}
	if (count >= 0)
		free(entries);
}

void adopt_wait(struct executor *executor, const struct adopted *adopted)
{
	struct pollfd abandon = { .fd = executor->abandon.fd, .events = POLLIN };
	int64_t seen_us = clock_wall_us();
	struct trace trace = { 0 };
	struct error err;
	bool told = false;

	while (trace_read(adopted->path, &trace, &err) == OK && trace.held) {
		int64_t until_us = trace.started ? trace.until_s * 1000000 : seen_us;
		if (trace.started && !told)
			log_notice("a command that was started before the restart still runs as "
				   "process %d and is waited for",
				   trace.process);
		told = trace.started;
		if (clock_wall_us() > until_us + SLACK_MS * 1000) {
			log_warning("the guard that holds \"%s\" should have ended and is not "
				    "waited for any longer",
				    adopted->path);
			return;
		}
		if (poll(&abandon, 1, LOOK_AGAIN_MS) > 0)
			return;
	}
	settle_trace(executor, adopted->path, &trace);
}
