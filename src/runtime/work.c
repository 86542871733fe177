/* SPDX-License-Identifier: PostgreSQL */
#include "pool.h"

#include "bdrmon/log.h"
#include "bdrmon/strbuf.h"
#include "child.h"
#include "environment.h"

#include <unistd.h>

/* From the moment at which a guard should have told the end to the moment at which it
 * counts as hanging. */
#define GUARD_SLACK_MS 2000

static enum status start_guard(struct executor *executor, enum event_lane lane, struct child *child,
			       struct error *err)
{
	enum status st =
		spawn_guard(executor->program, executor->directory, lane_name(lane), child, err);
	/* The recorder complains of the directory loud enough. */
	if (st == OK && child->trace_missing.text[0] != '\0')
		log_debug("%s", child->trace_missing.text);
	return st;
}

void pool_warm_up(struct executor *executor)
{
	struct child child;
	struct error err;

	pthread_mutex_lock(&executor->lock);
	bool wanted = !executor->idle && !executor->stopping && executor->warm.socket < 0;
	pthread_mutex_unlock(&executor->lock);
	if (!wanted)
		return;
	if (start_guard(executor, LANE_FAILOVER, &child, &err) != OK) {
		log_error("%s", err.text); /* the next job tries it again */
		return;
	}
	pthread_mutex_lock(&executor->lock);
	bool taken = executor->warm.socket < 0;
	if (taken)
		executor->warm = child;
	pthread_mutex_unlock(&executor->lock);
	if (!taken)
		spawn_discard(&child);
}

static struct instant deadline_of(const struct attempt *a)
{
	return instant_add_ms(a->start, a->config.deadline_ms);
}

/* Tell the guard of A what to run. */
static enum status give(struct attempt *a, const char *script, struct error *err)
{
	char memory[ENVIRONMENT_MAX];
	struct strbuf variables = STRBUF(memory);
	int number = a->kept->attempts + 1;
	struct guard_job job = {
		.serial = a->kept->serial,
		.attempt = number,
		.deadline = deadline_of(a),
		.kill_after_ms = a->config.kill_after_ms,
		.output_max_bytes = a->config.output_max_bytes,
	};

	environment_write(&variables, &a->kept->job, number);
	enum status st = spawn_give(&a->child, &job, script, &variables, err);
	a->given = st == OK;
	return st;
}

/* The same, with a new guard if there is none, or if it is gone. */
static enum status give_surely(struct executor *executor, struct attempt *a, const char *script,
			       struct error *err)
{
	enum event_lane lane = event_type(a->kept->job.event)->lane;

	if (a->child.socket >= 0 && give(a, script, err) == OK)
		return OK;
	if (a->child.socket >= 0)
		spawn_discard(&a->child);
	enum status st = start_guard(executor, lane, &a->child, err);
	if (st == OK && (st = give(a, script, err)) != OK)
		spawn_discard(&a->child);
	return st;
}

static struct child_result wait_for_end(const struct executor *executor, struct attempt *a)
{
	struct lines lines;
	struct child_limits limits = {
		.over = instant_add_ms(deadline_of(a),
				       a->config.kill_after_ms + GUARD_GIVE_UP_MS + GUARD_SLACK_MS),
		.stop_fd = executor->abandon.fd,
	};

	lines_open(&lines, event_type(a->kept->job.event)->name, a->config.output_max_bytes);
	struct child_result result = child_wait(&a->child, &limits, &lines);
	lines_close(&lines);
	return result;
}

static struct ending run_and_log(struct executor *executor, struct attempt *a, const char *script)
{
	struct child_result result = { .fate.kind = FATE_NOT_STARTED };
	struct error err;

	if (a->given || give_surely(executor, a, script, &err) == OK)
		result = wait_for_end(executor, a);
	else
		log_error("%s", err.text);
	struct ending ending = {
		.fate = result.fate,
		.process = result.process,
		.attempt = a->kept->attempts + 1,
		.retries = pool_retries(&a->config, &a->kept->job),
		.took_ms = ms_between(a->start, clock_now()),
		.deadline_ms = a->config.deadline_ms,
	};
	ending.sequel = retry_sequel(ending.fate, ending.attempt, ending.retries);
	ending_log(&a->kept->job, &ending);
	return ending;
}

void pool_finish_trace(struct executor *executor, const char *path)
{
	if (path[0] == '\0')
		return;
	if (executor->finished_count < FINISHED_MAX)
		copy_text(executor->finished_trace[executor->finished_count++], PATH_TEXT_MAX,
			  path);
	else
		unlink(path);
}

void pool_count(struct executor *executor, const struct job *job, enum sequel sequel,
		struct fate fate)
{
	struct executor_counters *counters = &executor->counters;

	counters->succeeded += sequel == SEQUEL_DONE;
	counters->failed += sequel == SEQUEL_FAILED;
	counters->retried += sequel == SEQUEL_RETRY;
	counters->late += fate.kind == FATE_LATE || fate.kind == FATE_STUCK;
	if (event_type(job->event)->lane == LANE_FAILOVER)
		counters->failover_failed = sequel == SEQUEL_FAILED;
}

void pool_note_run(struct executor *executor, const struct job *job, enum run_state state,
		   bool success)
{
	struct failed_run *run = executor->run;

	if (job->epoch == 0)
		return;
	while (run < executor->run + NODES - 1 && run->failed_id != 0 &&
	       run->failed_id != job->former_id)
		run++;
	run->failed_id = job->former_id;
	run->view = (struct run_view) { state, (uint64_t)job->epoch, (unsigned)job->run, success };
	if (executor->ran != NULL)
		doorbell_ring(executor->ran);
}

void pool_end_run(struct executor *executor, const struct job *job, struct fate fate)
{
	pool_note_run(executor, job, retry_run(fate) ? RUN_AGAIN : RUN_ENDED,
		      fate.kind == FATE_EXITED && fate.code == 0);
}

int pool_retries(const struct executor_config *config, const struct job *job)
{
	return job->epoch != 0 ? 0 : config->retries;
}

/* The caller has the lock. */
static void settle(struct executor *executor, const struct attempt *a, const struct ending *ending)
{
	enum event_lane lane = event_type(a->kept->job.event)->lane;
	struct job_entry *entry = executor->jobs.runs[lane];

	if (ending->fate.kind == FATE_LEFT)
		return; /* it is not over, and is kept */
	pool_finish_trace(executor, a->child.trace);
	pool_count(executor, &a->kept->job, ending->sequel, ending->fate);
	entry->kept.attempts = ending->attempt;
	pool_end_run(executor, &a->kept->job, ending->fate);
	if (ending->sequel == SEQUEL_RETRY)
		jobs_retry(&executor->jobs, entry,
			   instant_add_ms(clock_now(), retry_pause_ms(ending->attempt)));
	else
		jobs_done(&executor->jobs, entry);
}

/* Make an attempt of ENTRY. The caller has the lock. */
static struct attempt make_attempt(struct executor *executor, const struct job_entry *entry)
{
	struct attempt a = {
		.kept = &entry->kept,
		.config = executor->config,
		.start = clock_now(),
		.child.socket = -1,
	};

	if (event_type(entry->kept.job.event)->lane == LANE_FAILOVER) {
		a.child = executor->warm;
		executor->warm = (struct child) { .socket = -1 };
	}
	return a;
}

/* It must not begin any more. */
static bool too_late(const struct job *job, struct instant now)
{
	return job->epoch != 0 && !instant_before(now, job->begin_before);
}

/* The next job; those for which it is too late come to nothing. The caller has the lock. */
static struct job_entry *take_job(struct executor *executor, bool failover, struct instant *again)
{
	struct jobs *jobs = &executor->jobs;

	for (;;) {
		struct instant now = clock_now();
		struct job_entry *entry = failover ? jobs_take_from(jobs, LANE_FAILOVER, now, again)
						   : jobs_take(jobs, now, again);
		if (entry == NULL || !too_late(&entry->kept.job, now))
			return entry;
		pool_note_run(executor, &entry->kept.job, RUN_AGAIN, false);
		jobs_done(jobs, entry);
	}
}

void pool_give_ahead(struct executor *executor)
{
	struct job_entry *entry;
	struct instant again;
	struct error unused;

	if (executor->warm.socket < 0 || executor->ahead.kept != NULL ||
	    jobs_running(&executor->jobs) >= (unsigned)executor->config.size)
		return;
	entry = take_job(executor, true, &again);
	if (entry == NULL)
		return;
	executor->ahead = make_attempt(executor, entry);
	give(&executor->ahead, executor->script, &unused); /* else a thread tries it again */
}

/* An attempt that may start now; kept is NULL if there is none: *again is when to ask
 * again. The caller has the lock. */
static struct attempt take_attempt(struct executor *executor, struct instant *again)
{
	struct attempt a = executor->ahead;
	struct job_entry *entry;

	executor->ahead.kept = NULL;
	*again = NEVER;
	if (a.kept != NULL || jobs_running(&executor->jobs) >= (unsigned)executor->config.size)
		return a;
	entry = take_job(executor, false, again);
	if (entry != NULL)
		a = make_attempt(executor, entry);
	return a;
}

/* Wait for one; false: the thread has to end. The caller has the lock. */
static bool next_attempt(struct executor *executor, struct attempt *a)
{
	struct instant again;

	for (;;) {
		if (executor->abandoned)
			return false;
		*a = take_attempt(executor, &again);
		if (a->kept != NULL)
			return true;
		if (executor->stopping && executor->jobs.waiting == 0)
			return false;
		struct timespec end = clock_timespec(again.us);
		if (instant_is_set(again))
			pthread_cond_timedwait(&executor->may_start, &executor->lock, &end);
		else
			pthread_cond_wait(&executor->may_start, &executor->lock);
	}
}

static void tell_all(struct executor *executor)
{
	pthread_cond_broadcast(&executor->may_start);
	pthread_cond_broadcast(&executor->finished);
	if (executor->changed != NULL)
		doorbell_ring(executor->changed);
}

static void wait_for_adopted(struct executor *executor)
{
	while (executor->adopted_count > 0 && !executor->abandoned) {
		struct adopted adopted = executor->adopted[--executor->adopted_count];
		pthread_mutex_unlock(&executor->lock);
		adopt_wait(executor, &adopted);
		pthread_mutex_lock(&executor->lock);
		executor->jobs.held[adopted.lane]--;
		tell_all(executor);
	}
}

void *pool_work(void *argument)
{
	struct executor *executor = argument;
	struct attempt a;
	char script[TEMPLATE_EXPANDED_MAX];

	pthread_mutex_lock(&executor->lock);
	wait_for_adopted(executor);
	while (next_attempt(executor, &a)) {
		if (!a.given)
			COPY_TEXT(script, executor->script);
		pthread_mutex_unlock(&executor->lock);
		struct ending ending = run_and_log(executor, &a, script);
		pthread_mutex_lock(&executor->lock);
		settle(executor, &a, &ending);
		tell_all(executor);
		pthread_mutex_unlock(&executor->lock);
		pool_warm_up(executor);
		pthread_mutex_lock(&executor->lock);
	}
	pthread_mutex_unlock(&executor->lock);
	return NULL;
}
