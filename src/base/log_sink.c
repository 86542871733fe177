/* SPDX-License-Identifier: PostgreSQL */
#include "log_sink.h"

#include "bdrmon/clock.h"
#include "bdrmon/strbuf.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

#define IDENT         "bdrmon"
#define SYSLOG_SOCKET "/dev/log" /* where glibc's syslog() writes to */

static const int priorities[LOG_LEVELS] = {
	[LOG_LEVEL_DEBUG] = LOG_DEBUG,   [LOG_LEVEL_INFO] = LOG_INFO,
	[LOG_LEVEL_NOTICE] = LOG_NOTICE, [LOG_LEVEL_WARNING] = LOG_WARNING,
	[LOG_LEVEL_ERROR] = LOG_ERR,     [LOG_LEVEL_ALERT] = LOG_ALERT,
	[LOG_LEVEL_CRIT] = LOG_CRIT,     [LOG_LEVEL_EMERG] = LOG_EMERG,
};

static const int facilities[LOG_FACILITIES] = {
	[LOG_FACILITY_USER] = LOG_USER,     [LOG_FACILITY_DAEMON] = LOG_DAEMON,
	[LOG_FACILITY_LOCAL0] = LOG_LOCAL0, [LOG_FACILITY_LOCAL1] = LOG_LOCAL1,
	[LOG_FACILITY_LOCAL2] = LOG_LOCAL2, [LOG_FACILITY_LOCAL3] = LOG_LOCAL3,
	[LOG_FACILITY_LOCAL4] = LOG_LOCAL4, [LOG_FACILITY_LOCAL5] = LOG_LOCAL5,
	[LOG_FACILITY_LOCAL6] = LOG_LOCAL6, [LOG_FACILITY_LOCAL7] = LOG_LOCAL7,
};

/* The variable alone proves nothing, it is inherited by whatever we redirect.
 * Source: systemd.exec(5), $JOURNAL_STREAM. */
static bool stderr_is_the_journal(void)
{
	const char *stream = getenv("JOURNAL_STREAM");
	struct stat file;
	uintmax_t device, inode;
	int end = 0;

	if (stream == NULL || sscanf(stream, "%ju:%ju%n", &device, &inode, &end) != 2 ||
	    stream[end] != '\0' || fstat(STDERR_FILENO, &file) != 0)
		return false;
	return file.st_dev == device && file.st_ino == inode;
}

static enum status open_file(const char *path, struct log_sink *sink, struct error *err)
{
	/* Without O_NONBLOCK, a FIFO that nobody reads would be waited for here. */
	int fd =
		open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0640);
	if (fd < 0)
		return error_set(err, ERR_SYSTEM, "could not open log file \"%s\": %s", path,
				 strerror(errno));
	*sink = (struct log_sink) { .fd = fd, .owned = true };
	return OK;
}

static enum status open_syslog(enum log_facility facility, struct log_sink *sink, struct error *err)
{
	/* syslog() itself fails without a word. */
	if (access(SYSLOG_SOCKET, W_OK) != 0) {
		error_set(err, ERR_SYSTEM, "could not reach syslog at \"%s\": %s", SYSLOG_SOCKET,
			  strerror(errno));
		error_hint(err, "Start a syslog service, or set log_file or "
				"log_facility=STDERR.");
		return ERR_SYSTEM;
	}
	*sink = (struct log_sink) { .style = LOG_STYLE_SYSLOG,
				    .fd = -1,
				    .facility = facilities[facility] };
	return OK;
}

enum status log_sink_open(const struct log_target *target, struct log_sink *sink, struct error *err)
{
	if (target->file != NULL && target->file[0] != '\0')
		return open_file(target->file, sink, err);
	if (target->facility != LOG_FACILITY_STDERR)
		return open_syslog(target->facility, sink, err);
	*sink = (struct log_sink) {
		.style = stderr_is_the_journal() ? LOG_STYLE_JOURNAL : LOG_STYLE_STAMPED,
		.fd = STDERR_FILENO,
	};
	return OK;
}

void log_sink_begin(const struct log_sink *sink)
{
	if (sink->style == LOG_STYLE_SYSLOG)
		openlog(IDENT, LOG_PID | LOG_NDELAY, sink->facility);
}

void log_sink_close(struct log_sink *sink)
{
	/* syslog's connection stays: closelog() would wait for a syslog() that hangs */
	if (sink->owned)
		close(sink->fd);
}

/* Write all of it; how much was written. */
static size_t write_all(int fd, const char *bytes, size_t size)
{
	size_t done = 0;

	while (done < size) {
		ssize_t written = write(fd, bytes + done, size - done);
		if (written >= 0) {
			done += (size_t)written;
		} else if (errno == EAGAIN) {
			/* whoever shares our stderr may have made it non-blocking */
			struct pollfd room = { .fd = fd, .events = POLLOUT };
			poll(&room, 1, -1);
		} else if (errno != EINTR) {
			break;
		}
	}
	return done;
}

static const char *const part_tags[LOG_PARTS] = { "", "DETAIL", "HINT" };

static const char *tag_of(const struct log_message *message, unsigned part)
{
	return part == LOG_PART_TEXT ? log_level_name(message->level) : part_tags[part];
}

static bool write_to_file(struct log_sink *sink, const struct log_message *message)
{
	char memory[PIPE_BUF], stamp[CLOCK_STAMP_MAX];
	struct strbuf out = STRBUF(memory);

	clock_stamp(message->when, stamp);
	if (sink->torn)
		strbuf_add_char(&out, '\n');
	for (unsigned part = 0; part < LOG_PARTS; part++) {
		const char *text = message->texts + message->start[part];
		if (part != LOG_PART_TEXT && text[0] == '\0')
			continue;
		if (sink->style == LOG_STYLE_JOURNAL)
			strbuf_printf(&out, "<%d>", priorities[message->level]);
		else
			strbuf_printf(&out, "[%s] ", stamp);
		strbuf_printf(&out, "[%s] %s\n", tag_of(message, part), text);
	}
	assert(!out.cut);
	size_t done = write_all(sink->fd, out.text, out.length);
	if (done > 0)
		sink->torn = out.text[done - 1] != '\n';
	return done == out.length;
}

static void write_to_syslog(const struct log_message *message)
{
	for (unsigned part = 0; part < LOG_PARTS; part++) {
		const char *text = message->texts + message->start[part];
		if (part == LOG_PART_TEXT || text[0] != '\0')
			syslog(priorities[message->level], "[%s] %s", tag_of(message, part), text);
	}
}

static bool write_message(struct log_sink *sink, const struct log_message *message)
{
	if (sink->style != LOG_STYLE_SYSLOG)
		return write_to_file(sink, message);
	write_to_syslog(message);
	return true;
}

void log_sink_tell_lost(struct log_sink *sink)
{
	struct log_message note;

	if (sink->lost == 0)
		return;
	log_message_note(&note, LOG_LEVEL_WARNING,
			 "%" PRIu64 " message%s dropped because the log could not be written",
			 sink->lost, sink->lost == 1 ? " was" : "s were");
	if (write_message(sink, &note))
		sink->lost = 0;
}

bool log_sink_write(struct log_sink *sink, const struct log_message *message)
{
	log_sink_tell_lost(sink);
	bool written = sink->lost == 0 && write_message(sink, message);
	sink->lost += !written;
	return written;
}
