/* SPDX-License-Identifier: PostgreSQL */
#include "bdrmon/lookup.h"
#include "bdrmon/statefile.h"

#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define BODY "one\ntwo \xc3\xa4\nthree\n"

static const struct statefile file = { "state", "bdrmon test", 3 };

static int make_bed(void **state)
{
	char *directory = strdup("/tmp/bdrmon-statefile-XXXXXX");
	if (directory == NULL || mkdtemp(directory) == NULL || chdir(directory) != 0)
		return -1;
	*state = directory;
	return 0;
}

static int clear_bed(void **state)
{
	DIR *directory = opendir(".");
	for (struct dirent *entry; (entry = readdir(directory)) != NULL;)
		unlink(entry->d_name);
	closedir(directory);
	int failure = chdir("/") | rmdir(*state);
	free(*state);
	return failure;
}

static void save(const char *body)
{
	struct error err;
	assert_int_equal(statefile_save(&file, body, &err), OK);
}

/* The text of the file, or NULL if it is not accepted. */
static char *load(struct error *err)
{
	char *body = NULL;
	return statefile_load(&file, &body, err) == OK ? body : NULL;
}

static unsigned count_files(const char *prefix)
{
	unsigned count = 0;
	DIR *directory = opendir(".");
	for (struct dirent *entry; (entry = readdir(directory)) != NULL;)
		count += strncmp(entry->d_name, prefix, strlen(prefix)) == 0;
	closedir(directory);
	return count;
}

static void what_was_saved_last_is_loaded(void **state)
{
	static const char *const bodies[] = { BODY, "", "short\n", BODY };
	struct error err;
	struct stat status;
	(void)state;

	for (unsigned i = 0; i < ARRAY_LEN(bodies); i++) {
		save(bodies[i]);
		char *body = load(&err);
		assert_non_null(body);
		assert_string_equal(body, bodies[i]);
		free(body);
	}
	assert_int_equal(stat("state", &status), 0);
	assert_int_equal(status.st_mode & 0777, 0600); /* it may hold a password */
	assert_int_equal(count_files("state"), 1);
}

static void no_file_is_no_error(void **state)
{
	struct error err;
	char *body = (char[]) { "untouched" };
	(void)state;
	assert_int_equal(statefile_load(&file, &body, &err), OK);
	assert_null(body);
}

/* The file's bytes as they should be; Python's zlib.crc32 gave the number. */
static void the_form_of_the_file_is_fixed(void **state)
{
	char bytes[64];
	(void)state;
	save("a\n");
	int fd = open("state", O_RDONLY);
	ssize_t got = read(fd, bytes, sizeof bytes - 1);
	close(fd);
	assert_true(got > 0);
	bytes[got] = '\0';
	assert_string_equal(bytes, "bdrmon test, format 3\na\nchecksum d92dd1ce\n");
}

static void a_file_cut_anywhere_is_set_aside(void **state)
{
	struct error err;
	struct stat status;
	(void)state;

	save(BODY);
	assert_int_equal(stat("state", &status), 0);
	for (off_t length = status.st_size - 1; length >= 0; length--) {
		save(BODY);
		assert_int_equal(truncate("state", length), 0);
		assert_null(load(&err));
		assert_non_null(strstr(err.text, "\"state.damaged-"));
		assert_int_equal(access("state", F_OK), -1);
	}
}

static void a_file_with_any_bit_flipped_is_set_aside(void **state)
{
	struct error err;
	struct stat status;
	(void)state;

	save(BODY);
	assert_int_equal(stat("state", &status), 0);
	for (off_t at = 0; at < status.st_size; at++) {
		char byte;
		save(BODY);
		int fd = open("state", O_RDWR);
		assert_int_equal(pread(fd, &byte, 1, at), 1);
		byte = (char)(byte ^ 1 << (at % 8));
		assert_int_equal(pwrite(fd, &byte, 1, at), 1);
		close(fd);
		assert_null(load(&err));
		assert_non_null(strstr(err.text, "it is now \"state.damaged-"));
	}
}

static void of_the_files_set_aside_a_few_are_kept(void **state)
{
	struct error err;
	char name[64];
	(void)state;

	for (int day = 1; day <= 9; day++) {
		snprintf(name, sizeof name, "state.damaged-2026010%dT000000", day);
		close(open(name, O_WRONLY | O_CREAT, 0600));
	}
	close(open("state", O_WRONLY | O_CREAT, 0600));
	assert_null(load(&err));
	assert_int_equal(count_files("state.damaged-"), STATEFILE_DAMAGED_KEPT);
	assert_int_equal(access("state.damaged-20260109T000000", F_OK), 0);
}

static void another_kind_or_format_is_told_apart_from_damage(void **state)
{
	struct statefile other = file;
	struct error err;
	char *body;
	(void)state;

	save(BODY);
	other.format = 4;
	assert_int_equal(statefile_load(&other, &body, &err), ERR_SYSTEM);
	assert_non_null(strstr(err.text, "file \"state\" is of another kind or format"));
}

/* As after a crash in the middle of writing. */
static void a_half_written_new_file_does_no_harm(void **state)
{
	struct error err;
	(void)state;

	save(BODY);
	int fd = open("state.new", O_WRONLY | O_CREAT, 0600);
	assert_int_equal(write(fd, "bdr", 3), 3);
	close(fd);
	char *body = load(&err);
	assert_non_null(body);
	free(body);
	save("more\n");
	assert_int_equal(count_files("state"), 1);
}

static void a_full_disk_leaves_the_old_text(void **state)
{
	struct error err;
	(void)state;

	save(BODY);
	assert_int_equal(symlink("/dev/full", "state.new"), 0);
	assert_int_equal(statefile_save(&file, "more\n", &err), ERR_SYSTEM);
	assert_string_equal(err.text,
			    "could not write file \"state.new\": No space left on device");
	unlink("state.new");
	char *body = load(&err);
	assert_string_equal(body, BODY);
	free(body);
}

#define WITH_BED(test) cmocka_unit_test_setup_teardown(test, make_bed, clear_bed)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_BED(what_was_saved_last_is_loaded),
		WITH_BED(no_file_is_no_error),
		WITH_BED(the_form_of_the_file_is_fixed),
		WITH_BED(a_file_cut_anywhere_is_set_aside),
		WITH_BED(a_file_with_any_bit_flipped_is_set_aside),
		WITH_BED(of_the_files_set_aside_a_few_are_kept),
		WITH_BED(another_kind_or_format_is_told_apart_from_damage),
		WITH_BED(a_half_written_new_file_does_no_harm),
		WITH_BED(a_full_disk_leaves_the_old_text),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
