/* SPDX-License-Identifier: PostgreSQL */
/* log_bed.h - where the tests of the log lie: an empty directory, and the log on
 * stderr again at the end. */
#ifndef LOG_BED_H
#define LOG_BED_H

#include "bdrmon/clock.h"
#include "bdrmon/log.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define TEXT_MAX (4 * 1024 * 1024)

struct bed {
	char directory[64];
	int saved_stderr;
	char text[TEXT_MAX];
};

static inline void open_target(enum log_level level, enum log_facility facility, const char *file)
{
	struct log_target target = { level, facility, file };
	struct error err = { .text = "" };
	if (log_open(&target, &err) != OK)
		fail_msg("%s", err.text);
}

static inline void open_file_log(const char *file)
{
	open_target(LOG_LEVEL_INFO, LOG_FACILITY_STDERR, file);
}

static inline void open_stderr_log(void)
{
	open_target(LOG_LEVEL_INFO, LOG_FACILITY_STDERR, "");
}

static inline void start_writer(void)
{
	struct error err = { .text = "" };
	if (log_start(&err) != OK)
		fail_msg("%s", err.text);
}

static inline int bed_open(void **state)
{
	struct bed *bed = calloc(1, sizeof *bed);
	assert_non_null(bed);
	strcpy(bed->directory, "/tmp/bdrmon-log-XXXXXX");
	assert_non_null(mkdtemp(bed->directory));
	assert_int_equal(chdir(bed->directory), 0);
	bed->saved_stderr = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
	*state = bed;
	return 0;
}

static inline int bed_close(void **state)
{
	struct bed *bed = *state;
	log_close();
	dup2(bed->saved_stderr, STDERR_FILENO);
	close(bed->saved_stderr);
	open_stderr_log();
	unlink("log");
	unlink("log.1");
	int failure = chdir("/");
	failure |= rmdir(bed->directory);
	free(bed);
	return failure;
}

/* What the file holds. */
static inline const char *bed_read(struct bed *bed, const char *name)
{
	int fd = open(name, O_RDONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	ssize_t got = read(fd, bed->text, TEXT_MAX - 1);
	close(fd);
	assert_true(got >= 0);
	bed->text[got] = '\0';
	return bed->text;
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

#define LOG_TEST(function) cmocka_unit_test_setup_teardown(function, bed_open, bed_close)

#endif
