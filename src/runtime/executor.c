/* SPDX-License-Identifier: PostgreSQL */
#include "bdrmon/executor.h"

#include "bdrmon/doorbell.h"
#include "bdrmon/log.h"
#include "bdrmon/strbuf.h"
#include "bdrmon/template.h"
#include "bdrmon/thread.h"
#include "child.h"
#include "environment.h"
#include "jobs.h"

#include <assert.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

/* How long threads take to return after they were told to, at most. It is more than
 * the time for a command that not even KILL ends. */
#define STOP_SLACK_MS 2000

/* The shell's exit codes for a command that it cannot run. */
#define SHELL_NOT_EXECUTABLE 126
#define SHELL_NOT_FOUND      127

struct executor {
	struct executor_config config;
	bool idle;               /* there is no command */
	struct doorbell abandon; /* rings when what still runs is to be left; never quiet */
	pthread_t threads[EXECUTOR_SIZE_MAX];
	unsigned size;            /* threads that were started */
	pthread_mutex_t lock;     /* of all below */
	pthread_cond_t may_start; /* a job, a lane became free, or the end */
	pthread_cond_t finished;  /* a job did */
	bool stopping;            /* end when nothing waits */
	bool abandoned;           /* start nothing more */
	unsigned left;            /* commands that still ran when the executor stopped */
	struct jobs jobs;
	char script[TEMPLATE_EXPANDED_MAX];
};

static void describe(const struct job *job, char *text, size_t size)
{
	struct strbuf out = strbuf_over(text, size);
	strbuf_printf(&out, "%s command for node %d", event_type(job->event)->name, job->node_id);
}

static void log_exit(const char *what, int code, int64_t took_ms)
{
	char detail[128];
	struct strbuf out = STRBUF(detail);
	const char *hint = NULL;

	if (code == 0) {
		log_notice("%s succeeded after %" PRId64 " ms", what, took_ms);
		return;
	}
	strbuf_printf(&out, "It exited with code %d after %" PRId64 " ms.", code, took_ms);
	if (code == SHELL_NOT_FOUND)
		hint = "With this code the shell says that it does not find a program.";
	else if (code == SHELL_NOT_EXECUTABLE)
		hint = "With this code the shell says that it may not run a program.";
	log_write(LOG_LEVEL_WARNING, detail, hint, "%s failed", what);
}

static void log_result(const struct executor *executor, const char *what, pid_t pid,
		       struct child_result result, int64_t took_ms)
{
	char detail[160];
	struct strbuf out = STRBUF(detail);
	const char *outcome = "failed";

	switch (result.end) {
	case CHILD_EXITED:
		log_exit(what, result.code, took_ms);
		return;
	case CHILD_SIGNALED:
		strbuf_printf(&out, "Signal %d ended it after %" PRId64 " ms.", result.code,
			      took_ms);
		break;
	case CHILD_LATE:
		strbuf_printf(&out,
			      "It did not end within %" PRId64 " ms; after %" PRId64
			      " ms its process group was ended.",
			      executor->config.deadline_ms, took_ms);
		break;
	case CHILD_STUCK:
		strbuf_printf(&out,
			      "It did not end within %" PRId64
			      " ms, and process %d remains after the signal KILL.",
			      executor->config.deadline_ms, (int)pid);
		break;
	case CHILD_LEFT:
		outcome = "is left running";
		strbuf_printf(&out, "It is process %d, and has run for %" PRId64 " ms.", (int)pid,
			      took_ms);
		break;
	case CHILD_LOST:
		strbuf_printf(&out, "Its exit status was lost after %" PRId64 " ms.", took_ms);
		break;
	}
	log_write(LOG_LEVEL_WARNING, detail, NULL, "%s %s", what, outcome);
}

/* Run one job, log what happened, and write how it ended. */
static enum status run_job(const struct executor *executor, const struct job *job,
			   struct child_result *result, struct error *err)
{
	char what[NAME_TEXT_MAX + 32];
	struct lines lines;
	struct child child;
	struct instant start = clock_now();

	char **environment = environment_build(environ, job);
	if (environment == NULL)
		return error_set(err, ERR_SYSTEM, "out of memory");
	enum status st = spawn_script(executor->script, environment, &child, err);
	free(environment);
	if (st != OK)
		return st;

	pid_t pid = child.pid;
	struct child_limits limits = {
		.deadline = instant_add_ms(start, executor->config.deadline_ms),
		.kill_after_ms = executor->config.kill_after_ms,
		.stop_fd = executor->abandon.fd,
	};
	lines_open(&lines, event_type(job->event)->name, executor->config.output_max_bytes);
	*result = child_wait(&child, &limits, &lines);
	lines_close(&lines);
	describe(job, what, sizeof what);
	log_result(executor, what, pid, *result, ms_between(start, clock_now()));
	return OK;
}

static struct child_result run_and_log(const struct executor *executor, const struct job *job)
{
	struct child_result result = { CHILD_LOST, 0 };
	char what[NAME_TEXT_MAX + 32];
	struct error err;

	if (run_job(executor, job, &result, &err) != OK) {
		describe(job, what, sizeof what);
		log_error("%s could not run: %s", what, err.text);
	}
	return result;
}

/* Wait for a job that may run; NULL: the thread has to end. The caller has the lock. */
static struct job_entry *next_job(struct executor *executor)
{
	for (;;) {
		if (executor->abandoned)
			return NULL;
		struct job_entry *entry = jobs_take(&executor->jobs);
		if (entry != NULL || (executor->stopping && executor->jobs.waiting == 0))
			return entry;
		pthread_cond_wait(&executor->may_start, &executor->lock);
	}
}

static void *work(void *argument)
{
	struct executor *executor = argument;
	struct job_entry *entry;

	pthread_mutex_lock(&executor->lock);
	while ((entry = next_job(executor)) != NULL) {
		pthread_mutex_unlock(&executor->lock);
		struct child_result result = run_and_log(executor, &entry->job);
		pthread_mutex_lock(&executor->lock);
		jobs_done(&executor->jobs, entry);
		executor->left += result.end == CHILD_LEFT;
		pthread_cond_broadcast(&executor->may_start);
		pthread_cond_broadcast(&executor->finished);
	}
	pthread_mutex_unlock(&executor->lock);
	return NULL;
}

static void init_locks(struct executor *executor)
{
	pthread_condattr_t monotonic;

	pthread_mutex_init(&executor->lock, NULL);
	pthread_cond_init(&executor->may_start, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&executor->finished, &monotonic);
	pthread_condattr_destroy(&monotonic);
}

/* The threads have ended, or none was started. */
static void free_executor(struct executor *executor)
{
	pthread_cond_destroy(&executor->finished);
	pthread_cond_destroy(&executor->may_start);
	pthread_mutex_destroy(&executor->lock);
	doorbell_close(&executor->abandon);
	free(executor);
}

static enum status start_threads(struct executor *executor, struct error *err)
{
	while (executor->size < (unsigned)executor->config.size) {
		enum status st = thread_start(&executor->threads[executor->size], "executor", work,
					      executor, err);
		if (st != OK)
			return st;
		executor->size++;
	}
	return OK;
}

enum status executor_start(const struct executor_config *config, const char *command,
			   struct executor **executor, struct error *err)
{
	struct executor *made = calloc(1, sizeof *made);
	if (made == NULL)
		return error_set(err, ERR_SYSTEM, "out of memory");
	assert(config->size >= 1 && config->size <= EXECUTOR_SIZE_MAX);
	made->config = *config;
	made->idle = command[0] == '\0';
	made->abandon.fd = -1;
	jobs_init(&made->jobs, (unsigned)config->queue);
	init_locks(made);

	enum status st = template_expand(command, made->script, err);
	if (st == OK && !made->idle)
		st = spawn_check(err);
	if (st == OK)
		st = doorbell_open(&made->abandon, err);
	if (st == OK && !made->idle)
		st = start_threads(made, err);
	if (st == OK)
		*executor = made;
	else if (made->size > 0)
		executor_stop(made, clock_now());
	else
		free_executor(made);
	return st;
}

void executor_submit(struct executor *executor, const struct job *job)
{
	char what[NAME_TEXT_MAX + 32];
	struct job dropped;

	if (executor->idle)
		return;
	pthread_mutex_lock(&executor->lock);
	bool drops = jobs_put(&executor->jobs, job, &dropped);
	pthread_cond_broadcast(&executor->may_start);
	pthread_mutex_unlock(&executor->lock);
	if (!drops)
		return;
	describe(&dropped, what, sizeof what);
	enum log_level level = event_type(dropped.event)->lane == LANE_FAILOVER ? LOG_LEVEL_ERROR
										: LOG_LEVEL_WARNING;
	log_write(level, "The queue of the executor is full.",
		  "Find out why commands take so long, or raise \"queue\" in [executor].",
		  "%s is dropped", what);
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

static void log_not_started(const struct jobs *jobs)
{
	char what[NAME_TEXT_MAX + 32];

	for (const struct job_entry *entry = jobs->first; entry != NULL; entry = entry->next) {
		describe(&entry->job, what, sizeof what);
		log_warning("%s was not started, because the monitor stops", what);
	}
}

static bool join_threads(struct executor *executor)
{
	struct instant deadline = instant_add_ms(clock_now(), STOP_SLACK_MS);
	bool all = true;

	for (unsigned i = 0; i < executor->size; i++)
		all &= thread_join(executor->threads[i], deadline);
	return all;
}

unsigned executor_stop(struct executor *executor, struct instant deadline)
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
	log_not_started(&executor->jobs);
	unsigned unfinished =
		executor->jobs.waiting + executor->left + jobs_running(&executor->jobs);
	pthread_mutex_unlock(&executor->lock);
	if (joined)
		free_executor(executor);
	else
		log_warning("a thread of the executor does not end, and is left behind");
	return unfinished;
}
