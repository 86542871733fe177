/* SPDX-License-Identifier: PostgreSQL */
#include "recorder.h"

#include "bdrmon/clock.h"
#include "bdrmon/log.h"
#include "bdrmon/lookup.h"
#include "bdrmon/statefile.h"
#include "bdrmon/thread.h"
#include "job_text.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>

#define STATE_KIND   "bdrmon state"
#define STATE_FORMAT 1

/* From a change to the writing of it: what changes together is written once, and the
 * processor is free for a command that starts just now. */
#define COLLECT_MS 5

/* How often it is tried again when the file cannot be written. */
#define TRY_AGAIN_MS 5000

#define CLUSTER_LINE_MAX (NAME_TEXT_MAX + 16)
#define TEXT_SIZE        (CLUSTER_LINE_MAX + KEPT_TEXT_MAX + EXECUTOR_TEXT_MAX + ROWS_TEXT_MAX)
_Static_assert(TEXT_SIZE < STATEFILE_MAX, "a file with all jobs can be read");

struct recorder {
	char path[PATH_TEXT_MAX];
	char cluster_line[CLUSTER_LINE_MAX]; /* the text's first line */
	struct doorbell bell, stop;
	struct executor *executor;
	struct scribe *scribe;
	pthread_t thread;
	bool runs;
	struct error said; /* why the file could not be written, when that was said last */
	pthread_mutex_t lock;
	struct kept kept;
	char text[TEXT_SIZE]; /* mostly untouched */
};

static struct statefile state_file(const struct recorder *recorder)
{
	return (struct statefile) { recorder->path, STATE_KIND, STATE_FORMAT };
}

/* Take the jobs at *TEXT; false: there is no memory. */
static bool read_jobs(const char **text, struct recorded *recorded)
{
	struct kept_job job;

	while (job_read(text, &job)) {
		struct kept_job *more = reallocarray(recorded->job, recorded->jobs + 1, sizeof job);
		if (more == NULL)
			return false;
		recorded->job = more;
		recorded->job[recorded->jobs++] = job;
	}
	return true;
}

static bool read_rest(const char *text, struct recorded *recorded)
{
	if (!kept_read(&text, &recorded->kept) || !read_jobs(&text, recorded))
		return false;
	rows_read(&text, recorded->rows);
	return *text == '\0';
}

static void read_state(const struct recorder *recorder, struct recorded *recorded)
{
	struct statefile file = state_file(recorder);
	size_t whose = strlen(recorder->cluster_line);
	struct error err;
	char *body;

	if (statefile_load(&file, &body, &err) != OK) {
		log_write(LOG_LEVEL_WARNING, NULL,
			  "The monitor starts without what it had remembered.", "%s", err.text);
		return;
	}
	if (body == NULL)
		return;
	if (strncmp(body, recorder->cluster_line, whose) != 0)
		log_warning("file \"%s\" is of another cluster and is not taken", recorder->path);
	else if (!read_rest(body + whose, recorded))
		log_warning("file \"%s\" holds more than this bdrmon understands", recorder->path);
	free(body);
}

enum status recorder_new(const char *directory, const char *cluster, struct recorder **recorder,
			 struct recorded *recorded, struct error *err)
{
	struct recorder *made = calloc(1, sizeof *made);

	*recorded = (struct recorded) { .rows = calloc(1, sizeof *recorded->rows) };
	if (made == NULL || recorded->rows == NULL) {
		recorded_free(recorded);
		free(made);
		return error_set(err, ERR_SYSTEM, "out of memory");
	}
	struct strbuf path = STRBUF(made->path), line = STRBUF(made->cluster_line);

	strbuf_printf(&path, "%s/state", directory);
	strbuf_printf(&line, "cluster %s\n", cluster);
	pthread_mutex_init(&made->lock, NULL);
	made->bell.fd = made->stop.fd = -1;
	enum status st = doorbell_open(&made->bell, err);
	if (st == OK)
		st = doorbell_open(&made->stop, err);
	if (st != OK) {
		recorded_free(recorded);
		recorder_free(made);
		return st;
	}
	read_state(made, recorded);
	made->kept = recorded->kept;
	*recorder = made;
	return OK;
}

void recorded_free(struct recorded *recorded)
{
	free(recorded->job);
	free(recorded->rows);
	*recorded = (struct recorded) { .kept = recorded->kept };
}

const struct doorbell *recorder_bell(const struct recorder *recorder)
{
	return &recorder->bell;
}

/* First the memory, then the jobs: see the header. */
static bool write_state(struct recorder *recorder)
{
	struct statefile file = state_file(recorder);
	struct strbuf text = STRBUF(recorder->text);
	struct error err = { 0 };

	pthread_mutex_lock(&recorder->lock);
	struct kept kept = recorder->kept;
	pthread_mutex_unlock(&recorder->lock);
	strbuf_add(&text, recorder->cluster_line);
	kept_write(&text, &kept);
	executor_save(recorder->executor, &text);
	scribe_save(recorder->scribe, &text);
	bool written = statefile_save(&file, recorder->text, &err) == OK;
	if (written)
		executor_noted(recorder->executor);
	if (strcmp(err.text, recorder->said.text) != 0) {
		if (written)
			log_notice("file \"%s\" can be written again", recorder->path);
		else
			log_write(LOG_LEVEL_WARNING, err.text,
				  "Set state_directory in section [monitor] to a directory of the "
				  "monitor's user.",
				  "what the monitor remembers would be lost at a restart");
		recorder->said = err;
	}
	return written;
}

/* Gives true if there is something to write; false: stop. */
static bool wait_for_change(const struct recorder *recorder, bool written)
{
	struct pollfd fds[] = {
		{ .fd = recorder->stop.fd, .events = POLLIN },
		{ .fd = recorder->bell.fd, .events = POLLIN },
	};

	poll(fds, ARRAY_LEN(fds), written ? -1 : TRY_AGAIN_MS);
	if (fds[0].revents == 0)
		poll(fds, 1, COLLECT_MS);
	doorbell_quiet(&recorder->bell);
	return fds[0].revents == 0;
}

static void *record(void *argument)
{
	struct recorder *recorder = argument;
	bool written = true;

	while (wait_for_change(recorder, written))
		written = write_state(recorder);
	write_state(recorder);
	return NULL;
}

enum status recorder_start(struct recorder *recorder, struct executor *executor,
			   struct scribe *scribe, struct error *err)
{
	recorder->executor = executor;
	recorder->scribe = scribe;
	enum status st = thread_start(&recorder->thread, "recorder", record, recorder, err);
	recorder->runs = st == OK;
	return st;
}

void recorder_put(struct recorder *recorder, const struct kept *kept)
{
	pthread_mutex_lock(&recorder->lock);
	recorder->kept = *kept;
	pthread_mutex_unlock(&recorder->lock);
	doorbell_ring(&recorder->bell);
}

bool recorder_stop(struct recorder *recorder, struct instant deadline)
{
	if (!recorder->runs)
		return true;
	doorbell_ring(&recorder->stop);
	recorder->runs = !thread_join(recorder->thread, deadline);
	return !recorder->runs;
}

void recorder_free(struct recorder *recorder)
{
	doorbell_close(&recorder->bell);
	doorbell_close(&recorder->stop);
	pthread_mutex_destroy(&recorder->lock);
	free(recorder);
}
