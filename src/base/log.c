/* SPDX-License-Identifier: PostgreSQL */
#include "bdrmon/log.h"

#include "bdrmon/clock.h"
#include "bdrmon/strbuf.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define MESSAGE_MAX 4096

static struct {
	pthread_mutex_t lock;
	int fd;
	enum log_level level;
} sink = { PTHREAD_MUTEX_INITIALIZER, STDERR_FILENO, LOG_LEVEL_INFO };

static const char *const names[LOG_LEVELS] = {
	[LOG_LEVEL_DEBUG] = "DEBUG",     [LOG_LEVEL_INFO] = "INFO",   [LOG_LEVEL_NOTICE] = "NOTICE",
	[LOG_LEVEL_WARNING] = "WARNING", [LOG_LEVEL_ERROR] = "ERROR", [LOG_LEVEL_ALERT] = "ALERT",
	[LOG_LEVEL_CRIT] = "CRIT",       [LOG_LEVEL_EMERG] = "EMERG",
};

const char *log_level_name(enum log_level level)
{
	return names[level];
}

void log_open(int fd, enum log_level level)
{
	pthread_mutex_lock(&sink.lock);
	sink.fd = fd;
	sink.level = level;
	pthread_mutex_unlock(&sink.lock);
}

static void add_line(struct strbuf *out, const char *stamp, const char *tag, const char *text)
{
	if (text == NULL || text[0] == '\0')
		return;
	strbuf_printf(out, "[%s] [%s] ", stamp, tag);
	strbuf_add(out, text);
	if (out->cut) /* keep the line's end, whatever else is lost */
		out->text[out->length - 1] = '\n';
	else
		strbuf_add_char(out, '\n');
}

void log_write(enum log_level level, const char *detail, const char *hint, const char *format, ...)
{
	char memory[MESSAGE_MAX], text[MESSAGE_MAX], stamp[CLOCK_STAMP_MAX];
	struct strbuf out = STRBUF(memory);

	pthread_mutex_lock(&sink.lock);
	bool wanted = level >= sink.level;
	pthread_mutex_unlock(&sink.lock);
	if (!wanted)
		return;

	va_list args;
	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	clock_stamp(stamp);
	add_line(&out, stamp, names[level], text);
	add_line(&out, stamp, "DETAIL", detail);
	add_line(&out, stamp, "HINT", hint);

	pthread_mutex_lock(&sink.lock);
	/* A log that cannot be written has nowhere to say so. */
	ssize_t written = write(sink.fd, out.text, out.length);
	(void)written;
	pthread_mutex_unlock(&sink.lock);
}
