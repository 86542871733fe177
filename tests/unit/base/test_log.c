/* SPDX-License-Identifier: PostgreSQL */
#include "bdrmon/lookup.h"
#include "log_bed.h"

#include <errno.h>
#include <limits.h>
#include <regex.h>
#include <sys/stat.h>

#define STAMP "[[][0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}[]] "

static void assert_matches(const char *text, const char *pattern)
{
	regex_t compiled;
	assert_int_equal(regcomp(&compiled, pattern, REG_EXTENDED | REG_NOSUB), 0);
	int failure = regexec(&compiled, text, 0, NULL, 0);
	regfree(&compiled);
	if (failure != 0)
		fail_msg("/%s/ does not match:\n%s", pattern, text);
}

static void test_a_message_has_repmgrs_format(void **state)
{
	open_file_log("log");
	log_write(LOG_LEVEL_WARNING, "It is late.", "Wait.", "node \"%s\" is down", "node2");
	log_notice("bare");
	assert_matches(bed_read(*state, "log"),
		       "^" STAMP "[[]WARNING[]] node \"node2\" is down\n" STAMP
		       "[[]DETAIL[]] It is late[.]\n" STAMP "[[]HINT[]] Wait[.]\n" STAMP
		       "[[]NOTICE[]] bare\n$");
}

static void test_each_level_is_written_from_itself_on(void **state)
{
	struct bed *bed = *state;
	for (enum log_level wanted = LOG_LEVEL_DEBUG; wanted < LOG_LEVELS; wanted++) {
		open_target(wanted, LOG_FACILITY_STDERR, "log");
		for (enum log_level level = LOG_LEVEL_DEBUG; level < LOG_LEVELS; level++)
			log_write(level, NULL, NULL, "from %d on", (int)wanted);
		char text[32];
		snprintf(text, sizeof text, "from %d on\n", (int)wanted);
		assert_int_equal(count_text(bed_read(bed, "log"), text), LOG_LEVELS - wanted);
	}
}

static void test_a_line_stays_a_line_whatever_it_holds(void **state)
{
	open_file_log("log");
	log_write(LOG_LEVEL_INFO, "b\033[2Jc\nd", NULL, "a\n[ERROR] forged");
	assert_matches(bed_read(*state, "log"), "^" STAMP "[[]INFO[]] a [[]ERROR[]] forged\n" STAMP
						"[[]DETAIL[]] b[?][[]2Jc d\n$");
}

static void test_no_password_is_written_whoever_logs_it(void **state)
{
	open_file_log("log");
	log_write(LOG_LEVEL_INFO, "postgresql://u:s3cret@h/d", "PGPASSWORD='s3cret x'",
		  "output: host=h password=%s user=u", "s3cret");
	assert_matches(bed_read(*state, "log"),
		       "^" STAMP "[[]INFO[]] output: host=h password=[*]{3} user=u\n" STAMP
		       "[[]DETAIL[]] postgresql://u:[*]{3}@h/d\n" STAMP
		       "[[]HINT[]] PGPASSWORD=[*]{3}\n$");
}

static void test_a_message_that_is_too_long_is_cut_but_ends_its_line(void **state)
{
	static char text[3 * PIPE_BUF];
	memset(text, 'x', sizeof text - 1);
	open_file_log("log");
	log_write(LOG_LEVEL_INFO, text, text, "%s", text);
	log_info("next");
	const char *log = bed_read(*state, "log");
	assert_matches(log, "^" STAMP "[[]INFO[]] x+\n" STAMP "[[]INFO[]] next\n$");
	assert_in_range(strlen(log), PIPE_BUF - 256, PIPE_BUF);
}

static void test_a_renamed_file_is_left_at_a_reopening(void **state)
{
	struct error err;
	struct stat file;
	open_file_log("log");
	log_info("before");
	assert_int_equal(rename("log", "log.1"), 0);
	log_info("still there");
	assert_int_equal(log_reopen(&err), OK);
	log_info("after");
	assert_matches(bed_read(*state, "log"), "^" STAMP "[[]INFO[]] after\n$");
	assert_int_equal(count_text(bed_read(*state, "log.1"), "[INFO]"), 2);
	assert_int_equal(stat("log", &file), 0);
	assert_int_equal(file.st_mode & 07137, 0); /* not for everybody */
}

static void test_when_the_file_cannot_be_opened_again_the_old_one_stays(void **state)
{
	struct error err;
	open_file_log("log");
	assert_int_equal(rename("log", "log.1") | mkdir("log", 0700), 0);
	assert_int_equal(log_reopen(&err), ERR_SYSTEM);
	assert_string_equal(err.text, "could not open log file \"log\": Is a directory");
	log_info("goes on");
	assert_int_equal(count_text(bed_read(*state, "log.1"), "goes on"), 1);
	assert_int_equal(rmdir("log"), 0);
}

static void test_a_fifo_that_nobody_reads_is_an_error_and_no_wait(void **state)
{
	struct log_target target = { .file = "log" };
	struct error err;
	(void)state;
	assert_int_equal(mkfifo("log", 0600), 0);
	assert_int_equal(log_open(&target, &err), ERR_SYSTEM);
	assert_string_equal(err.text, "could not open log file \"log\": No such device or address");
}

/* Make stderr a pipe and give its other end. */
static int pipe_stderr(void)
{
	int ends[2];
	assert_int_equal(pipe2(ends, O_CLOEXEC | O_NONBLOCK), 0);
	assert_int_equal(dup2(ends[1], STDERR_FILENO), STDERR_FILENO);
	close(ends[1]);
	return ends[0];
}

static void read_pipe(int fd, char *text, size_t size)
{
	ssize_t got = read(fd, text, size - 1);
	text[got < 0 ? 0 : got] = '\0';
}

static void test_in_the_journal_each_line_has_a_priority_and_no_time(void **state)
{
	static const struct {
		enum log_level level;
		int priority;
	} cases[] = {
		{ LOG_LEVEL_EMERG, 0 }, { LOG_LEVEL_ALERT, 1 },   { LOG_LEVEL_CRIT, 2 },
		{ LOG_LEVEL_ERROR, 3 }, { LOG_LEVEL_WARNING, 4 }, { LOG_LEVEL_NOTICE, 5 },
		{ LOG_LEVEL_INFO, 6 },  { LOG_LEVEL_DEBUG, 7 },
	};
	char stream[64], text[1024], expected[1024];
	struct stat file;
	int fd = pipe_stderr();
	(void)state;

	assert_int_equal(fstat(STDERR_FILENO, &file), 0);
	snprintf(stream, sizeof stream, "%ju:%ju", (uintmax_t)file.st_dev, (uintmax_t)file.st_ino);
	setenv("JOURNAL_STREAM", stream, 1);
	open_target(LOG_LEVEL_DEBUG, LOG_FACILITY_STDERR, "");
	for (unsigned i = 0; i < ARRAY_LEN(cases); i++) {
		log_write(cases[i].level, NULL, "Do.", "text");
		read_pipe(fd, text, sizeof text);
		snprintf(expected, sizeof expected, "<%d>[%s] text\n<%d>[HINT] Do.\n",
			 cases[i].priority, log_level_name(cases[i].level), cases[i].priority);
		assert_string_equal(text, expected);
	}
	unsetenv("JOURNAL_STREAM");
	close(fd);
}

static void test_a_journal_that_is_not_our_stderr_changes_nothing(void **state)
{
	static const struct {
		const char *before, *after; /* the numbers that would be right */
	} cases[] = { { "", "0" }, { "", " " }, { "", ":" }, { "x", "" }, { "1:2 ", "" } };
	char text[1024], stream[64];
	struct stat file;
	int fd = pipe_stderr();
	(void)state;

	assert_int_equal(fstat(STDERR_FILENO, &file), 0);
	for (unsigned i = 0; i < ARRAY_LEN(cases); i++) {
		snprintf(stream, sizeof stream, "%s%ju:%ju%s", cases[i].before,
			 (uintmax_t)file.st_dev, (uintmax_t)file.st_ino, cases[i].after);
		setenv("JOURNAL_STREAM", stream, 1);
		open_stderr_log();
		log_info("text %u", i);
		read_pipe(fd, text, sizeof text);
		assert_matches(text, "^" STAMP "[[]INFO[]] text");
	}
	unsetenv("JOURNAL_STREAM");
	close(fd);
}

static void test_repetitions_are_counted_and_told_before_the_next_message(void **state)
{
	open_file_log("log");
	for (int i = 0; i < 4; i++)
		log_error("out of memory");
	log_info("other");
	log_info("other");
	log_close();
	assert_matches(bed_read(*state, "log"),
		       "^" STAMP "[[]ERROR[]] out of memory\n" STAMP
		       "[[]ERROR[]] last message repeated 3 times\n" STAMP
		       "[[]INFO[]] other\n" STAMP "[[]INFO[]] last message repeated 1 time\n$");
}

static void test_messages_are_counted_by_level(void **state)
{
	struct log_counters before, after;
	(void)state;
	open_file_log("log");
	log_counters(&before);
	log_debug("not wanted");
	log_info("one");
	log_error("two");
	log_error("two");
	log_counters(&after);
	assert_int_equal(after.messages[LOG_LEVEL_DEBUG], before.messages[LOG_LEVEL_DEBUG]);
	assert_int_equal(after.messages[LOG_LEVEL_INFO], before.messages[LOG_LEVEL_INFO] + 1);
	assert_int_equal(after.messages[LOG_LEVEL_ERROR], before.messages[LOG_LEVEL_ERROR] + 2);
	assert_int_equal(after.repeated, before.repeated + 1);
	assert_int_equal(after.lost, before.lost);
}

static void test_what_a_full_disk_swallowed_is_told_when_it_can_be(void **state)
{
	struct log_counters before, after;
	log_counters(&before);
	open_file_log("/dev/full");
	log_info("one");
	log_info("two");
	open_file_log("log");
	log_info("three");
	assert_matches(bed_read(*state, "log"),
		       "^" STAMP
		       "[[]WARNING[]] 2 messages were dropped because the log could not be "
		       "written\n" STAMP "[[]INFO[]] three\n$");
	log_counters(&after);
	assert_int_equal(after.lost, before.lost + 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LOG_TEST(test_a_message_has_repmgrs_format),
		LOG_TEST(test_each_level_is_written_from_itself_on),
		LOG_TEST(test_a_line_stays_a_line_whatever_it_holds),
		LOG_TEST(test_no_password_is_written_whoever_logs_it),
		LOG_TEST(test_a_message_that_is_too_long_is_cut_but_ends_its_line),
		LOG_TEST(test_a_renamed_file_is_left_at_a_reopening),
		LOG_TEST(test_when_the_file_cannot_be_opened_again_the_old_one_stays),
		LOG_TEST(test_a_fifo_that_nobody_reads_is_an_error_and_no_wait),
		LOG_TEST(test_in_the_journal_each_line_has_a_priority_and_no_time),
		LOG_TEST(test_a_journal_that_is_not_our_stderr_changes_nothing),
		LOG_TEST(test_repetitions_are_counted_and_told_before_the_next_message),
		LOG_TEST(test_messages_are_counted_by_level),
		LOG_TEST(test_what_a_full_disk_swallowed_is_told_when_it_can_be),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
