/* SPDX-License-Identifier: PostgreSQL */
#include "bdrmon/executor.h"

#include "bdrmon/crash_point.h"
#include "bdrmon/log.h"
#include "bdrmon/strbuf.h"
#include "bdrmon/thread.h"
#include "job_text.h"
#include "pool.h"

#include <assert.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* How long threads take to return after they were told to, at most. */
#define STOP_SLACK_MS 2000

_Static_assert(EXECUTOR_TEXT_MAX / (EXECUTOR_QUEUE_MAX + EVENT_LANES) >= JOB_TEXT_MAX,
	       "the text of all jobs has room for each of them");

static void tell_dropped(const struct job *job, const char *why, const char *hint)
{
	char name[JOB_NAME_MAX];
	enum log_level level =
		event_type(job->event)->lane == LANE_FAILOVER ? LOG_LEVEL_ERROR : LOG_LEVEL_WARNING;

	ending_describe(job, name);
	log_write(level, why, hint, "%s is dropped", name);
}

static void init_locks(struct executor *executor)
{
	pthread_condattr_t monotonic;

	pthread_mutex_init(&executor->lock, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&executor->may_start, &monotonic);
	pthread_cond_init(&executor->finished, &monotonic);
	pthread_condattr_destroy(&monotonic);
}

void executor_free(struct executor *executor)
{
	if (executor->warm.socket >= 0)
		spawn_discard(&executor->warm);
	if (executor->ahead.kept != NULL && executor->ahead.child.socket >= 0)
		close(executor->ahead.child.socket); /* its guard goes on */
	pthread_cond_destroy(&executor->finished);
	pthread_cond_destroy(&executor->may_start);
	pthread_mutex_destroy(&executor->lock);
	doorbell_close(&executor->abandon);
	if (executor->program >= 0)
		close(executor->program);
	free(executor);
}

static enum status start_threads(struct executor *executor, struct error *err)
{
	while (executor->threads_started < POOL_THREADS) {
		enum status st = thread_start(&executor->threads[executor->threads_started],
					      "executor", pool_work, executor, err);
		if (st != OK)
			return st;
		executor->threads_started++;
	}
	return OK;
}

/* Take over the jobs of the bdrmon before, as far as they still mean something. */
static void restore(struct executor *executor, const struct executor_setup *setup)
{
	int64_t now_us = clock_wall_us();

	executor->counters.submitted = setup->kept_count;
	for (unsigned i = 0; i < setup->kept_count; i++) {
		const struct kept_job *kept = &setup->kept[i];
		const char *why = NULL;

		if (kept->serial > executor->last_serial)
			executor->last_serial = kept->serial;
		if (executor->idle)
			why = "No event_notification_command is set any more.";
		else if (now_us - kept->serial > EXECUTOR_JOB_AGE_MAX_MS * INT64_C(1000))
			why = "It was kept over a restart, and is older than an hour.";
		else if (!jobs_restore(&executor->jobs, kept))
			why = "The queue of the executor is full.";
		if (why == NULL) {
			pool_note_run(executor, &kept->job, RUN_RUNNING, false);
			continue;
		}
		executor->counters.dropped++;
		tell_dropped(&kept->job, why, NULL);
	}
}

static enum status prepare(struct executor *executor, const struct executor_setup *setup,
			   struct error *err)
{
	enum status st;

	assert(setup->config->size >= 1 && setup->config->size <= EXECUTOR_SIZE_MAX);
	executor->config = *setup->config;
	executor->idle = setup->command[0] == '\0';
	executor->changed = setup->changed;
	executor->ran = setup->ran;
	COPY_TEXT(executor->directory, setup->directory);
	jobs_init(&executor->jobs, (unsigned)setup->config->queue);
	init_locks(executor);
	if ((st = template_expand(setup->command, executor->script, err)) != OK ||
	    (st = doorbell_open(&executor->abandon, err)) != OK)
		return st;
	return spawn_open(setup->guard, &executor->program, err);
}

enum status executor_start(const struct executor_setup *setup, struct executor **executor,
			   struct error *err)
{
	struct executor *made = calloc(1, sizeof *made);
	if (made == NULL)
		return error_set(err, ERR_SYSTEM, "out of memory");
	made->program = made->abandon.fd = made->warm.socket = -1;

	enum status st = prepare(made, setup, err);
	if (st == OK) {
		signal(SIGCHLD, SIG_IGN);
		restore(made, setup);
		adopt_traces(made);
		pool_warm_up(made);
		st = start_threads(made, err);
	}
	if (st == OK) {
		*executor = made;
		return OK;
	}
	if (executor_stop(made, clock_now()))
		executor_free(made);
	return st;
}

/* With no command there is nothing to run: take all jobs that wait away. The caller has
 * the lock. */
static unsigned clear(struct executor *executor)
{
	unsigned count = executor->jobs.waiting;

	while (executor->jobs.first != NULL) {
		pool_note_run(executor, &executor->jobs.first->kept.job, RUN_ENDED, true);
		jobs_remove(&executor->jobs, executor->jobs.first);
	}
	executor->counters.dropped += count;
	return count;
}

enum status executor_configure(struct executor *executor, const struct executor_config *config,
			       const char *command, struct error *err)
{
	char script[TEMPLATE_EXPANDED_MAX];
	enum status st = template_expand(command, script, err);
	if (st != OK)
		return st;

	assert(config->size >= 1 && config->size <= EXECUTOR_SIZE_MAX);
	pthread_mutex_lock(&executor->lock);
	executor->config = *config;
	executor->idle = command[0] == '\0';
	COPY_TEXT(executor->script, script);
	executor->jobs.bound = (unsigned)config->queue;
	unsigned dropped = executor->idle ? clear(executor) : 0;
	pthread_cond_broadcast(&executor->may_start);
	pthread_mutex_unlock(&executor->lock);
	if (dropped > 0)
		log_error("%u commands that waited are dropped: event_notification_command is "
			  "empty now",
			  dropped);
	if (executor->changed != NULL)
		doorbell_ring(executor->changed);
	pool_warm_up(executor);
	return OK;
}

void executor_submit(struct executor *executor, const struct job *job)
{
	struct job lost;

	pthread_mutex_lock(&executor->lock);
	if (executor->idle) {
		pool_note_run(executor, job, RUN_ENDED, true);
		pthread_mutex_unlock(&executor->lock);
		return;
	}
	int64_t serial = clock_wall_us();
	if (serial <= executor->last_serial)
		serial = executor->last_serial + 1;
	executor->last_serial = serial;
	enum put_result result = jobs_put(&executor->jobs, job, serial, &lost);
	executor->counters.submitted++;
	executor->counters.coalesced += result == PUT_REPLACED;
	executor->counters.dropped += result == PUT_DROPPED;
	pool_note_run(executor, job, RUN_RUNNING, false);
	pool_give_ahead(executor);
	pthread_cond_signal(&executor->may_start);
	pthread_mutex_unlock(&executor->lock);
	if (job->epoch != 0)
		crash_point("running");
	if (executor->changed != NULL)
		doorbell_ring(executor->changed);
	if (result == PUT_DROPPED)
		tell_dropped(
			&lost, "The queue of the executor is full.",
			"Find out why commands take so long, or raise \"queue\" in [executor].");
}

void executor_skip(struct executor *executor, const struct job *job)
{
	pthread_mutex_lock(&executor->lock);
	pool_note_run(executor, job, RUN_ENDED, true);
	pthread_mutex_unlock(&executor->lock);
}

struct run_view executor_run(struct executor *executor, int failed_id)
{
	struct run_view view = { 0 };

	pthread_mutex_lock(&executor->lock);
	for (unsigned i = 0; i < NODES; i++) {
		if (executor->run[i].failed_id == failed_id)
			view = executor->run[i].view;
	}
	pthread_mutex_unlock(&executor->lock);
	return view;
}

void executor_counters(struct executor *executor, struct executor_counters *counters)
{
	pthread_mutex_lock(&executor->lock);
	*counters = executor->counters;
	counters->running = jobs_running(&executor->jobs);
	counters->waiting = executor->jobs.waiting;
	counters->failovers_pending = jobs_pending(&executor->jobs, LANE_FAILOVER);
	pthread_mutex_unlock(&executor->lock);
}

void executor_save(struct executor *executor, struct strbuf *out)
{
	pthread_mutex_lock(&executor->lock);
	for (unsigned lane = 0; lane < EVENT_LANES; lane++) {
		if (executor->jobs.runs[lane] != NULL)
			job_write(out, &executor->jobs.runs[lane]->kept);
	}
	for (struct job_entry *entry = executor->jobs.first; entry != NULL; entry = entry->next)
		job_write(out, &entry->kept);
	executor->finished_saved = executor->finished_count;
	pthread_mutex_unlock(&executor->lock);
}

void executor_noted(struct executor *executor)
{
	char noted[FINISHED_MAX][PATH_TEXT_MAX];

	pthread_mutex_lock(&executor->lock);
	unsigned count = executor->finished_saved;
	memcpy(noted, executor->finished_trace, count * sizeof noted[0]);
	executor->finished_count -= count;
	executor->finished_saved = 0;
	memmove(executor->finished_trace, executor->finished_trace + count,
		executor->finished_count * sizeof noted[0]);
	pthread_mutex_unlock(&executor->lock);
	for (unsigned i = 0; i < count; i++)
		unlink(noted[i]);
}

/* Wait until nothing waits or runs. The caller has the lock. */
static void wait_until_done(struct executor *executor, struct instant deadline)
{
	struct timespec end = clock_timespec(deadline.us);
	int failure = 0;

	while (failure == 0 && (executor->jobs.waiting > 0 || jobs_running(&executor->jobs) > 0)) {
		if (instant_is_set(deadline))
			failure =
				pthread_cond_timedwait(&executor->finished, &executor->lock, &end);
		else
			failure = pthread_cond_wait(&executor->finished, &executor->lock);
	}
}

static void log_not_started(const struct executor *executor)
{
	const struct job_entry *entry = executor->jobs.first;
	char name[JOB_NAME_MAX];

	for (; entry != NULL; entry = entry->next) {
		ending_describe(&entry->kept.job, name);
		log_write(LOG_LEVEL_WARNING,
			  executor->changed != NULL ? "It will be after the next start." : NULL,
			  NULL, "%s was not started, because the monitor stops", name);
	}
}

static bool join_threads(struct executor *executor)
{
	struct instant deadline = instant_add_ms(clock_now(), STOP_SLACK_MS);
	bool all = true;

	for (unsigned i = 0; i < executor->threads_started; i++)
		all &= thread_join(executor->threads[i], deadline);
	return all;
}

bool executor_stop(struct executor *executor, struct instant deadline)
{
	pthread_mutex_lock(&executor->lock);
	executor->stopping = true;
	pthread_cond_broadcast(&executor->may_start);
	wait_until_done(executor, deadline);
	executor->abandoned = true;
	pthread_cond_broadcast(&executor->may_start);
	pthread_mutex_unlock(&executor->lock);
	doorbell_ring(&executor->abandon);
	bool joined = join_threads(executor);

	pthread_mutex_lock(&executor->lock);
	log_not_started(executor);
	pthread_mutex_unlock(&executor->lock);
	if (!joined)
		log_warning("a thread of the executor does not end, and is left behind");
	return joined;
}
