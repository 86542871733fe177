/* SPDX-License-Identifier: PostgreSQL */
/* Both ways to a file do the same. */
#include "../base/patience.h"
#include "place_bed.h"

#include <sys/resource.h>

static void the_bytes_of_the_file_are_read(void **state)
{
	static char large[PROXY_TEXT_MAX + 1];
	static const struct {
		const char *bytes;
		size_t length;
	} cases[] = {
		{ OLD, sizeof OLD - 1 },
		{ "", 0 },
		{ "\n", 1 },
		{ "no line feed", 12 },
		{ "\0 \xff\r\n\0", 6 },
		{ large, PROXY_TEXT_MAX },
	};
	struct bed *bed = *state;

	for (size_t i = 0; i < sizeof large; i++)
		large[i] = (char)(i * 31 + i / 251);
	for (unsigned w = 0; w < ARRAY_LEN(ways); w++) {
		use(bed, ways[w]);
		for (unsigned i = 0; i < ARRAY_LEN(cases); i++) {
			put(FILE_NAME, cases[i].bytes, cases[i].length);
			assert_done(bed, read_it(bed));
			assert_int_equal(bed->copy.length, cases[i].length);
			assert_memory_equal(bed->copy.text, cases[i].bytes, cases[i].length);
			/* and written as they are */
			PUT(FILE_NAME, OLD);
			assert_done(bed, read_it(bed));
			assert_done(bed, replace_by(bed, cases[i].bytes, cases[i].length, FAR_US));
			assert_int_equal(bed->end, REPLACED_WON);
			assert_true(holds(FILE_NAME, cases[i].bytes, cases[i].length));
		}
		put(FILE_NAME, large, sizeof large);
		assert_error(bed, read_it(bed), "is larger than 256 kB");
	}
}

static void the_clock_is_the_hosts_and_runs(void **state)
{
	struct bed *bed = *state;
	struct timespec now;

	for (unsigned w = 0; w < ARRAY_LEN(ways); w++) {
		use(bed, ways[w]);
		clock_gettime(CLOCK_BOOTTIME, &now);
		int64_t before_us = (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
		assert_done(bed, read_it(bed));
		/* rounded down to what /proc/uptime counts in */
		assert_true(bed->copy.host_us > before_us - 10000);
		assert_true(bed->copy.host_us < before_us + FAR_US);
	}
}

static void a_replaced_file_keeps_its_mode_and_owner(void **state)
{
	static const mode_t modes[] = { 0640, 0600, 0444, 0664, 02755 };
	struct bed *bed = *state;
	struct stat before, after;

	for (unsigned w = 0; w < ARRAY_LEN(ways); w++) {
		use(bed, ways[w]);
		for (unsigned i = 0; i < ARRAY_LEN(modes); i++) {
			unlink(FILE_NAME);
			PUT(FILE_NAME, OLD);
			assert_int_equal(chmod(FILE_NAME, modes[i]), 0);
			assert_int_equal(stat(FILE_NAME, &before), 0);
			assert_done(bed, read_it(bed));
			assert_done(bed, REPLACE(bed));
			assert_true(bed->end == REPLACED_WON && HOLDS(FILE_NAME, NEW));
			assert_int_equal(stat(FILE_NAME, &after), 0);
			assert_int_equal(after.st_mode, before.st_mode);
			assert_int_equal(after.st_uid, before.st_uid);
			assert_int_equal(after.st_gid, before.st_gid);
			assert_nothing_left();
		}
	}
}

static void another_writer_was_first(void **state)
{
	static const char *const others[] = { NEW, "", OLD "\n", "[databases]\nshop = host=c\n" };
	struct bed *bed = *state;

	for (unsigned w = 0; w < ARRAY_LEN(ways); w++) {
		use(bed, ways[w]);
		for (unsigned i = 0; i < ARRAY_LEN(others); i++) {
			PUT(FILE_NAME, OLD);
			assert_done(bed, read_it(bed));
			PUT(FILE_NAME, others[i]);
			assert_done(bed, replace_by(bed, "mine\n", 5, FAR_US));
			assert_int_equal(bed->end, REPLACED_LOST);
			assert_true(HOLDS(FILE_NAME, others[i]));
			assert_nothing_left();
		}
	}
}

static void who_comes_too_late_changes_nothing(void **state)
{
	static const int64_t windows_us[] = { 0, -1, -FAR_US };
	struct bed *bed = *state;

	for (unsigned w = 0; w < ARRAY_LEN(ways); w++) {
		use(bed, ways[w]);
		assert_done(bed, read_it(bed));
		for (unsigned i = 0; i < ARRAY_LEN(windows_us); i++) {
			assert_done(bed, replace_by(bed, NEW, strlen(NEW), windows_us[i]));
			assert_int_equal(bed->end, REPLACED_LATE);
			assert_true(HOLDS(FILE_NAME, OLD));
			assert_nothing_left();
		}
	}
}

/* By the window it was too late, by the deadline it is an error. */
static void while_another_one_holds_the_lock_nothing_is_written(void **state)
{
	struct bed *bed = *state;

	int lock = open(FILE_NAME ".bdrmon.lock", O_RDWR | O_CREAT, 0600);
	for (unsigned w = 0; w < ARRAY_LEN(ways); w++) {
		use(bed, ways[w]);
		assert_int_equal(flock(lock, LOCK_EX), 0);
		assert_done(bed, read_it(bed));
		struct instant begun = clock_now();
		assert_done(bed, replace_within(bed, SOON_MS * 1000, within(FAR_MS)));
		assert_int_equal(bed->end, REPLACED_LATE);
		assert_int_equal(replace_within(bed, FAR_US, within(SOON_MS)), ERR_TIMEOUT);
		assert_true(ms_between(begun, clock_now()) < patience_ms(SOON_MS + SOON_MS));
		assert_int_equal(flock(lock, LOCK_UN), 0);
		assert_true(HOLDS(FILE_NAME, OLD));
		assert_nothing_left();
	}
	close(lock);
}

static void a_stop_ends_the_wait_for_the_lock(void **state)
{
	struct bed *bed = *state;
	struct pg_wait wait = within(FAR_MS);

	int lock = open(FILE_NAME ".bdrmon.lock", O_RDWR | O_CREAT, 0600);
	assert_int_equal(flock(lock, LOCK_EX), 0);
	wait.stop_fd = eventfd(1, 0);
	for (unsigned w = 0; w < ARRAY_LEN(ways); w++) {
		use(bed, ways[w]);
		assert_done(bed, read_it(bed));
		struct instant begun = clock_now();
		assert_int_equal(replace_within(bed, FAR_US, wait), ERR_STOPPED);
		assert_true(ms_between(begun, clock_now()) < patience_ms(SOON_MS));
	}
	close(wait.stop_fd);
	close(lock);
}

static void a_symbolic_link_is_followed(void **state)
{
	struct bed *bed = *state;
	struct stat status;

	assert_int_equal(mkdir("elsewhere", 0755), 0);
	assert_int_equal(unlink(FILE_NAME), 0);
	assert_int_equal(symlink("elsewhere/link", FILE_NAME), 0);
	assert_int_equal(symlink("real file", "elsewhere/link"), 0);
	for (unsigned w = 0; w < ARRAY_LEN(ways); w++) {
		use(bed, ways[w]);
		PUT("elsewhere/real file", OLD);
		assert_done(bed, read_it(bed));
		assert_done(bed, REPLACE(bed));
		assert_true(bed->end == REPLACED_WON && HOLDS("elsewhere/real file", NEW));
		assert_int_equal(lstat(FILE_NAME, &status), 0);
		assert_true(S_ISLNK(status.st_mode));
		/* whoever comes by another link takes the same lock */
		assert_int_equal(access("elsewhere/real file.bdrmon.lock", F_OK), 0);
	}
}

static void what_was_left_behind_does_no_harm(void **state)
{
	struct bed *bed = *state;

	for (unsigned w = 0; w < ARRAY_LEN(ways); w++) {
		use(bed, ways[w]);
		for (unsigned is_link = 0; is_link < 2; is_link++) {
			PUT(FILE_NAME, OLD);
			PUT("bystander", OLD);
			if (is_link)
				assert_int_equal(symlink("bystander", FILE_NAME ".bdrmon.new"), 0);
			else
				PUT(FILE_NAME ".bdrmon.new", "half a te");
			assert_done(bed, read_it(bed));
			assert_done(bed, REPLACE(bed));
			assert_true(bed->end == REPLACED_WON && HOLDS(FILE_NAME, NEW));
			assert_true(HOLDS("bystander", OLD));
			assert_nothing_left();
		}
	}
}

/* To root no directory is read-only: so it is tried as another user, in another process. */
static void in_a_directory_that_is_read_only_it_is_an_error(void **state)
{
	struct bed *bed = *state;
	int ending;

	assert_int_equal(chmod(FILE_NAME, 0666), 0);
	assert_int_equal(chmod(".", 0555), 0);
	for (unsigned w = 0; w < ARRAY_LEN(ways); w++) {
		use(bed, ways[w]);
		pid_t child = fork();
		if (child == 0) {
			if (geteuid() == 0 && setuid(65534) != 0)
				_exit(2);
			bool right = read_it(bed) == OK && REPLACE(bed) == ERR_SYSTEM &&
				     strstr(bed->err.text, ".bdrmon.lock\"") != NULL &&
				     (w > 0 || strstr(bed->err.hint, "sudo") != NULL);
			if (!right)
				print_error("%s\n", bed->err.text);
			_exit(right ? 0 : 1);
		}
		assert_int_equal(waitpid(child, &ending, 0), child);
		assert_int_equal(ending, 0);
		assert_true(HOLDS(FILE_NAME, OLD));
	}
}

static void on_a_full_disk_the_old_file_stays(void **state)
{
	static char large[65536];
	struct bed *bed = *state;
	struct rlimit limit, small;

	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
	for (unsigned w = 0; w < ARRAY_LEN(ways); w++) {
		use(bed, ways[w]);
		assert_done(bed, read_it(bed));
		small = (struct rlimit) { 4096, limit.rlim_max };
		assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
		enum status st = replace_by(bed, large, sizeof large, FAR_US);
		assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
		assert_int_equal(st, ERR_SYSTEM);
		assert_true(HOLDS(FILE_NAME, OLD));
		assert_nothing_left();
	}
}

static void where_there_is_no_such_file_it_is_an_error(void **state)
{
	struct bed *bed = *state;
	char lock[128];

	for (unsigned w = 0; w < ARRAY_LEN(ways); w++) {
		use(bed, ways[w]);
		assert_done(bed, read_it(bed));
		snprintf(bed->place.file, sizeof bed->place.file, "%s/gone/file", bed->directory);
		assert_error(bed, read_it(bed), w == 0 ? "No such file" : "no such file");
		assert_error(bed, REPLACE(bed), w == 0 ? "No such file" : "no such file");
		COPY_TEXT(bed->place.file, bed->directory);
		assert_error(bed, read_it(bed), "no regular file");
		assert_error(bed, REPLACE(bed), "no regular file");
		snprintf(lock, sizeof lock, "%s.bdrmon.lock", bed->directory);
		assert_int_not_equal(access(lock, F_OK), 0);
		COPY_TEXT(bed->place.file, FILE_NAME);
		assert_error(bed, read_it(bed), "absolute path");
		assert_error(bed, REPLACE(bed), "absolute path");
		snprintf(bed->place.file, sizeof bed->place.file, "%s/" FILE_NAME, bed->directory);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_BED(the_bytes_of_the_file_are_read),
		WITH_BED(the_clock_is_the_hosts_and_runs),
		WITH_BED(a_replaced_file_keeps_its_mode_and_owner),
		WITH_BED(another_writer_was_first),
		WITH_BED(who_comes_too_late_changes_nothing),
		WITH_BED(while_another_one_holds_the_lock_nothing_is_written),
		WITH_BED(a_stop_ends_the_wait_for_the_lock),
		WITH_BED(a_symbolic_link_is_followed),
		WITH_BED(what_was_left_behind_does_no_harm),
		WITH_BED(in_a_directory_that_is_read_only_it_is_an_error),
		WITH_BED(on_a_full_disk_the_old_file_stays),
		WITH_BED(where_there_is_no_such_file_it_is_an_error),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
