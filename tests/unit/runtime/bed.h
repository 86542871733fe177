/* SPDX-License-Identifier: PostgreSQL */
/* bed.h - where the tests of commands lie: a directory of their own, the log in
 * memory, and FIFOs by which a command says that it runs and is told to go on. So
 * no test has to sleep. */
#ifndef BED_H
#define BED_H

#include "bdrmon/clock.h"
#include "bdrmon/log.h"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define PATIENCE_MS 20000 /* for what has to happen; a failing test takes so long */
#define SOON_MS     1000  /* a deadline: long enough for a command to be up on a busy machine */
#define TEXT_MAX    (256 * 1024)

struct bed {
	char directory[64];
	int log;
	int up, gate, alive; /* FIFOs; alive is open for reading only, to see its end */
	char text[TEXT_MAX];
};

static inline int bed_open(void **state)
{
	struct bed *bed = calloc(1, sizeof *bed);
	assert_non_null(bed);
	strcpy(bed->directory, "/tmp/bdrmon-runtime-XXXXXX");
	assert_non_null(mkdtemp(bed->directory));
	assert_int_equal(chdir(bed->directory), 0);
	assert_int_equal(mkfifo("up", 0600) | mkfifo("gate", 0600) | mkfifo("alive", 0600), 0);
	bed->up = open("up", O_RDWR | O_CLOEXEC | O_NONBLOCK);
	bed->gate = open("gate", O_RDWR | O_CLOEXEC);
	bed->alive = open("alive", O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct log_target target = { .level = LOG_LEVEL_DEBUG, .file = "log" };
	struct error err;
	assert_int_equal(log_open(&target, &err), OK);
	bed->log = open("log", O_RDONLY | O_CLOEXEC);
	assert_true(bed->up >= 0 && bed->gate >= 0 && bed->alive >= 0 && bed->log >= 0);
	*state = bed;
	return 0;
}

static inline int bed_close(void **state)
{
	struct bed *bed = *state;
	struct log_target target = { .level = LOG_LEVEL_INFO };
	struct error err;
	assert_int_equal(log_open(&target, &err), OK);
	close(bed->up);
	close(bed->gate);
	close(bed->alive);
	close(bed->log);
	DIR *directory = opendir(".");
	for (struct dirent *entry; (entry = readdir(directory)) != NULL;) {
		if (entry->d_name[0] != '.')
			unlink(entry->d_name);
	}
	closedir(directory);
	int failure = chdir("/");
	failure |= rmdir(bed->directory);
	free(bed);
	return failure;
}

static inline const char *bed_text(struct bed *bed, int fd)
{
	ssize_t got = pread(fd, bed->text, TEXT_MAX - 1, 0);
	assert_true(got >= 0);
	bed->text[got] = '\0';
	return bed->text;
}

/* All that was logged so far. */
static inline const char *bed_log(struct bed *bed)
{
	return bed_text(bed, bed->log);
}

static inline const char *bed_file(struct bed *bed, const char *name)
{
	int fd = open(name, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return "";
	bed_text(bed, fd);
	close(fd);
	return bed->text;
}

/* How many files of the bed begin with PREFIX. */
static inline unsigned bed_count(const char *prefix)
{
	unsigned count = 0;
	DIR *directory = opendir(".");
	for (struct dirent *entry; (entry = readdir(directory)) != NULL;)
		count += strncmp(entry->d_name, prefix, strlen(prefix)) == 0;
	closedir(directory);
	return count;
}

static inline unsigned count_text(const char *in, const char *text)
{
	unsigned count = 0;
	while ((in = strstr(in, text)) != NULL) {
		count++;
		in += strlen(text);
	}
	return count;
}

/* Wait until a command writes to the FIFO, and take one character. 0 at its end. */
static inline char bed_await(int fifo)
{
	struct pollfd fds = { .fd = fifo, .events = POLLIN };
	char c = 0;

	assert_int_equal(poll(&fds, 1, PATIENCE_MS), 1);
	ssize_t got = read(fifo, &c, 1);
	assert_true(got >= 0);
	return got == 0 ? '\0' : c;
}

/* Wait until all that had the FIFO "alive" open for writing are gone, to the last. */
static inline void bed_await_death(struct bed *bed)
{
	char c;
	while ((c = bed_await(bed->alive)) != '\0')
		assert_int_equal(c, '.');
}

/* Let one command go on that waits in "read x <gate". */
static inline void bed_release(struct bed *bed)
{
	assert_int_equal(write(bed->gate, "\n", 1), 1);
}

static inline unsigned count_descriptors(void)
{
	unsigned count = 0;
	DIR *directory = opendir("/proc/self/fd");
	while (readdir(directory) != NULL)
		count++;
	closedir(directory);
	return count;
}

static inline int64_t ms_since(struct instant start)
{
	return ms_between(start, clock_now());
}

#endif
