/* SPDX-License-Identifier: PostgreSQL */
#include "bdrmon/log.h"

#include "bdrmon/clock.h"
#include "bdrmon/doorbell.h"
#include "bdrmon/limits.h"
#include "bdrmon/strbuf.h"
#include "bdrmon/thread.h"
#include "log_queue.h"
#include "log_repeat.h"
#include "log_sink.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CLOSE_MS 200

static struct {
	_Atomic enum log_level level;
	/* The writer's own while it runs. */
	struct log_sink sink;
	/* The lock is of all below. It is held over I/O only while there is no writer. */
	pthread_mutex_t lock;
	enum log_facility facility;
	char file[PATH_TEXT_MAX];
	struct log_sink next; /* the sink that the writer is to take */
	bool has_next;
	struct log_repeat repeat;
	struct log_counters counters;
	struct log_queue *queue; /* NULL: there is no writer */
	bool stopping;
	struct doorbell bell; /* for the writer; set before it starts */
	pthread_t writer;
} logger = {
	.level = LOG_LEVEL_INFO,
	.sink = { .fd = STDERR_FILENO },
	.lock = PTHREAD_MUTEX_INITIALIZER,
};

static const char *const names[LOG_LEVELS] = {
	[LOG_LEVEL_DEBUG] = "DEBUG",     [LOG_LEVEL_INFO] = "INFO",   [LOG_LEVEL_NOTICE] = "NOTICE",
	[LOG_LEVEL_WARNING] = "WARNING", [LOG_LEVEL_ERROR] = "ERROR", [LOG_LEVEL_ALERT] = "ALERT",
	[LOG_LEVEL_CRIT] = "CRIT",       [LOG_LEVEL_EMERG] = "EMERG",
};

const char *log_level_name(enum log_level level)
{
	return names[level];
}

/* Queue MESSAGE or write it. False: it is lost. The caller has the lock. */
static bool deliver(const struct log_message *message)
{
	bool safe = logger.queue == NULL ? log_sink_write(&logger.sink, message)
					 : log_queue_put(logger.queue, message);
	logger.counters.lost += !safe;
	return safe;
}

/* The caller has the lock. */
static void tell_repeats(void)
{
	struct log_message note;
	if (log_repeat_end(&logger.repeat, &note))
		deliver(&note);
}

void log_write(enum log_level level, const char *detail, const char *hint, const char *format, ...)
{
	struct log_message message;
	va_list args;

	if (level < atomic_load(&logger.level))
		return;
	va_start(args, format);
	log_message_set(&message, level, detail, hint, format, args);
	va_end(args);
	struct instant now = clock_now();

	pthread_mutex_lock(&logger.lock);
	logger.counters.messages[level]++;
	if (log_repeat_count(&logger.repeat, &message, now)) {
		logger.counters.repeated++;
	} else {
		tell_repeats();
		if (deliver(&message))
			log_repeat_begin(&logger.repeat, &message, now);
	}
	if (logger.queue != NULL)
		doorbell_ring(&logger.bell);
	pthread_mutex_unlock(&logger.lock);
}

void log_counters(struct log_counters *counters)
{
	pthread_mutex_lock(&logger.lock);
	*counters = logger.counters;
	pthread_mutex_unlock(&logger.lock);
}

/* Take SINK into use, in the thread that writes. */
static void change_sink(const struct log_sink *sink)
{
	uint64_t lost = logger.sink.lost;
	log_sink_close(&logger.sink);
	logger.sink = *sink;
	logger.sink.lost = lost;
	log_sink_begin(&logger.sink);
}

enum status log_open(const struct log_target *target, struct error *err)
{
	struct log_sink opened;
	enum status st = log_sink_open(target, &opened, err);

	if (st != OK)
		return st;
	pthread_mutex_lock(&logger.lock);
	atomic_store(&logger.level, target->level);
	logger.facility = target->facility;
	/* At a reopening it is the same memory. */
	if (target->file != logger.file)
		COPY_TEXT(logger.file, target->file == NULL ? "" : target->file);
	if (logger.queue == NULL) {
		change_sink(&opened);
	} else {
		if (logger.has_next) /* the writer hangs and has not even taken the last one */
			log_sink_close(&logger.next);
		logger.next = opened;
		logger.has_next = true;
		doorbell_ring(&logger.bell);
	}
	pthread_mutex_unlock(&logger.lock);
	return OK;
}

enum status log_reopen(struct error *err)
{
	/* Only main changes these, and main is here. */
	struct log_target same = { atomic_load(&logger.level), logger.facility, logger.file };
	return log_open(&same, err);
}

/* What the writer finds to do. */
struct errand {
	struct log_sink sink;
	bool changes_sink;
	struct log_message message;
	bool has_message;
	uint64_t dropped; /* before the message */
	bool stops;       /* there is nothing more, for good */
	struct instant due;
};

/* Fetch the next errand, and book whether the last one's message was LOST. */
static void fetch(struct errand *errand, bool lost)
{
	pthread_mutex_lock(&logger.lock);
	logger.counters.lost += lost;
	errand->changes_sink = logger.has_next;
	errand->sink = logger.next;
	logger.has_next = false;
	errand->due = log_repeat_due(&logger.repeat);
	if (instant_is_set(errand->due) && !instant_before(clock_now(), errand->due)) {
		tell_repeats();
		errand->due = NEVER;
	}
	errand->has_message = log_queue_take(logger.queue, &errand->message, &errand->dropped);
	errand->stops = logger.stopping && !errand->has_message;
	pthread_mutex_unlock(&logger.lock);
}

static void wait_for_bell(struct instant due)
{
	struct timespec rest;
	struct pollfd bell = { .fd = logger.bell.fd, .events = POLLIN };
	int ready = ppoll(&bell, 1, clock_rest(due, &rest), NULL);
	assert(ready >= 0 || errno == EINTR);
	doorbell_quiet(&logger.bell);
}

static void *write_on(void *argument)
{
	struct errand errand = { .stops = false };
	bool lost = false;

	(void)argument;
	log_sink_begin(&logger.sink);
	for (;;) {
		fetch(&errand, lost);
		lost = false;
		if (errand.changes_sink)
			change_sink(&errand.sink);
		logger.sink.lost += errand.dropped;
		if (errand.has_message)
			lost = !log_sink_write(&logger.sink, &errand.message);
		else
			log_sink_tell_lost(&logger.sink);
		if (errand.stops)
			return NULL;
		if (!errand.has_message)
			wait_for_bell(errand.due);
	}
}

enum status log_start(struct error *err)
{
	logger.queue = calloc(1, sizeof *logger.queue);
	if (logger.queue == NULL)
		return error_set(err, ERR_SYSTEM, "out of memory");
	logger.stopping = false;
	logger.bell.fd = -1;
	enum status st = doorbell_open(&logger.bell, err);
	if (st == OK)
		st = thread_start(&logger.writer, "log", write_on, NULL, err);
	if (st != OK) {
		doorbell_close(&logger.bell);
		free(logger.queue);
		logger.queue = NULL;
	}
	return st;
}

/* The thread has ended: from now on whoever logs writes. A worker that was left behind
 * may have logged meanwhile. */
static void end_queue(void)
{
	struct log_message message;
	uint64_t dropped;

	pthread_mutex_lock(&logger.lock);
	struct log_queue *queue = logger.queue;
	logger.queue = NULL;
	while (log_queue_take(queue, &message, &dropped))
		deliver(&message);
	pthread_mutex_unlock(&logger.lock);
	doorbell_close(&logger.bell);
	free(queue);
}

void log_close(void)
{
	pthread_mutex_lock(&logger.lock);
	tell_repeats();
	bool running = logger.queue != NULL;
	logger.stopping = true;
	if (running)
		doorbell_ring(&logger.bell);
	pthread_mutex_unlock(&logger.lock);
	if (running && thread_join(logger.writer, instant_add_ms(clock_now(), CLOSE_MS)))
		end_queue();
}
