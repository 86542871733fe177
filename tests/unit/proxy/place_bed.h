/* SPDX-License-Identifier: PostgreSQL */
/* place_bed.h - a directory with the file "proxy's file" in it, and both ways to that. */
#ifndef PLACE_BED_H
#define PLACE_BED_H

#include "bdrmon/clock.h"
#include "bdrmon/file_place.h"
#include "bdrmon/lookup.h"
#include "bdrmon/strbuf.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define FILE_NAME "proxy's file"
#define OLD       "[databases]\nshop = host=a\n"
#define NEW       "[databases]\nshop = host=b\n; more\n"
#define SOON_MS   300
#define FAR_MS    20000
#define FAR_US    (FAR_MS * INT64_C(1000))

/* Commands before the script: none, and one that only passes everything on. */
static const char *const ways[] = { "", "env" };

struct bed {
	struct file_place place;
	struct file_copy copy; /* as file_place_read() gave it */
	struct error err;
	enum replaced end;
	char directory[64];
};

static inline void put(const char *name, const char *bytes, size_t length)
{
	int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0640);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, length), length);
	close(fd);
}

static inline bool holds(const char *name, const char *bytes, size_t length)
{
	static char seen[PROXY_TEXT_MAX + 1];
	int fd = open(name, O_RDONLY);
	ssize_t got = fd < 0 ? -1 : read(fd, seen, sizeof seen);
	close(fd);
	return got == (ssize_t)length && memcmp(seen, bytes, length) == 0;
}

#define PUT(name, text)   put(name, text, strlen(text))
#define HOLDS(name, text) holds(name, text, strlen(text))

static inline int make_bed(void **state)
{
	struct bed *bed = calloc(1, sizeof *bed);
	if (bed == NULL)
		return -1;
	COPY_TEXT(bed->directory, "/tmp/bdrmon-place-XXXXXX");
	if (mkdtemp(bed->directory) == NULL || chdir(bed->directory) != 0)
		return -1;
	snprintf(bed->place.file, sizeof bed->place.file, "%s/" FILE_NAME, bed->directory);
	PUT(FILE_NAME, OLD);
	*state = bed;
	return 0;
}

static inline int clear_bed(void **state)
{
	struct bed *bed = *state;
	char command[256];

	snprintf(command, sizeof command, "chmod u+w %s; rm -rf %s", bed->directory,
		 bed->directory);
	int failure = chdir("/") | system(command);
	free(bed);
	/* Whatever was started is waited for. */
	return failure | (waitpid(-1, NULL, WNOHANG) != -1);
}

static inline struct pg_wait within(int64_t ms)
{
	return (struct pg_wait) { instant_add_ms(clock_now(), ms), -1 };
}

static inline void use(struct bed *bed, const char *command)
{
	COPY_TEXT(bed->place.command, command);
}

static inline enum status read_it(struct bed *bed)
{
	struct pg_wait wait = within(FAR_MS);
	bed->err = (struct error) { 0 };
	return file_place_read(&bed->place, &wait, &bed->copy, &bed->err);
}

/* Replace what was read, WINDOW_US after that at the latest. */
static inline enum status replace_by(struct bed *bed, const char *text, size_t length,
				     int64_t window_us)
{
	struct pg_wait wait = within(FAR_MS);
	bed->err = (struct error) { 0 };
	bed->end = REPLACED_LOST;
	return file_place_replace(&bed->place, &bed->copy, text, length,
				  bed->copy.host_us + window_us, &wait, &bed->end, &bed->err);
}

/* The same with a text, and a deadline. */
static inline enum status replace_within(struct bed *bed, int64_t window_us, struct pg_wait wait)
{
	bed->end = REPLACED_LOST;
	return file_place_replace(&bed->place, &bed->copy, NEW, strlen(NEW),
				  bed->copy.host_us + window_us, &wait, &bed->end, &bed->err);
}

#define REPLACE(bed) replace_by(bed, NEW, strlen(NEW), FAR_US)

static inline void assert_done(struct bed *bed, enum status st)
{
	if (st != OK)
		print_error("%s\n", bed->err.text);
	assert_int_equal(st, OK);
}

static inline void assert_error(struct bed *bed, enum status st, const char *part)
{
	assert_int_equal(st, ERR_SYSTEM);
	if (strstr(bed->err.text, part) == NULL)
		print_error("%s\n", bed->err.text);
	assert_non_null(strstr(bed->err.text, part));
}

/* Nothing but the file and its lock. */
static inline void assert_nothing_left(void)
{
	assert_int_not_equal(access(FILE_NAME ".bdrmon.new", F_OK), 0);
}

#define WITH_BED(test) cmocka_unit_test_setup_teardown(test, make_bed, clear_bed)

#endif
