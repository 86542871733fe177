/* SPDX-License-Identifier: PostgreSQL */
#include "bdrmon/trace.h"

#include "bdrmon/clock.h"
#include "bdrmon/strbuf.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define TRACE_TEXT_MAX    256
#define TRACE_TRIES       100 /* names that are taken already */
#define START_TO_SCAN     "job %" SCNd64 " attempt %d process %d until %" SCNd64 "\n"
#define START_TO_PRINT    "job %" PRId64 " attempt %d process %d until %" PRId64 "\n"
#define FATE_NAME_TO_SCAN "%15[a-z-] %d\n"

/* A lock on the whole file that belongs to the open file, and not to a process. */
static int lock(int fd, int command, struct flock *lock)
{
	*lock = (struct flock) { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	return fcntl(fd, command, lock);
}

enum status trace_create(const char *directory, const char *label, char path[PATH_TEXT_MAX],
			 int *fd, struct error *err)
{
	int64_t number = clock_wall_us();
	struct flock whole;
	int made = -1;

	for (int i = 0; made < 0 && i < TRACE_TRIES; i++) {
		struct strbuf out = strbuf_over(path, PATH_TEXT_MAX);
		strbuf_printf(&out, "%s/" TRACE_PREFIX "%s-%" PRId64, directory, label, number + i);
		made = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
		if (made < 0 && errno != EEXIST)
			break;
	}
	if (made < 0)
		return error_set(err, ERR_SYSTEM, "could not create file \"%s\": %s", path,
				 strerror(errno));
	if (lock(made, F_OFD_SETLK, &whole) != 0) {
		error_set(err, ERR_SYSTEM, "could not lock file \"%s\": %s", path, strerror(errno));
		close(made);
		unlink(path);
		return ERR_SYSTEM;
	}
	*fd = made;
	return OK;
}

static void write_line(int fd, const struct strbuf *line)
{
	ssize_t written = write(fd, line->text, line->length);
	(void)written; /* a trace that cannot be written has nowhere to say so */
}

void trace_write_start(int fd, const struct trace *trace)
{
	char text[TRACE_TEXT_MAX];
	struct strbuf line = STRBUF(text);

	strbuf_printf(&line, START_TO_PRINT, trace->serial, trace->attempt, trace->process,
		      trace->until_s);
	write_line(fd, &line);
}

void trace_write_end(int fd, struct fate fate)
{
	char text[TRACE_TEXT_MAX];
	struct strbuf line = STRBUF(text);
	struct flock whole = { .l_type = F_UNLCK, .l_whence = SEEK_SET };

	strbuf_printf(&line, "%s %d\n", fate_name(fate.kind), fate.code);
	write_line(fd, &line);
	fcntl(fd, F_OFD_SETLK, &whole);
}

/* The line at TEXT, and where the next one begins; NULL: it is not whole. */
static char *next_line(char *text)
{
	char *end = strchr(text, '\n');
	return end == NULL ? NULL : end + 1;
}

static void parse(char *text, struct trace *trace)
{
	char name[16];
	char *second = next_line(text);

	if (second == NULL)
		return;
	trace->started = sscanf(text, START_TO_SCAN, &trace->serial, &trace->attempt,
				&trace->process, &trace->until_s) == 4;
	trace->ended = trace->started && next_line(second) != NULL &&
		       sscanf(second, FATE_NAME_TO_SCAN, name, &trace->fate.code) == 2 &&
		       fate_by_name(name, &trace->fate.kind);
}

enum status trace_read(const char *path, struct trace *trace, struct error *err)
{
	char text[TRACE_TEXT_MAX];
	struct flock other;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return error_set(err, ERR_SYSTEM, "could not open file \"%s\": %s", path,
				 strerror(errno));
	*trace = (struct trace) { 0 };
	/* First the lock: what is written after it was freed is nothing of use. */
	trace->held = lock(fd, F_OFD_GETLK, &other) == 0 && other.l_type != F_UNLCK;
	ssize_t got = read(fd, text, sizeof text - 1);
	if (got < 0)
		error_set(err, ERR_SYSTEM, "could not read file \"%s\": %s", path, strerror(errno));
	close(fd);
	if (got < 0)
		return ERR_SYSTEM;
	text[got] = '\0';
	parse(text, trace);
	return OK;
}
