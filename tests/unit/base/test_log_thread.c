/* SPDX-License-Identifier: PostgreSQL */
/* The log while its thread runs: who logs never waits, and nothing is lost unsaid. */
#include "bdrmon/thread.h"
#include "log_bed.h"
#include "patience.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>

#define PATIENCE_MS 20000

/* Nobody reads what is written to stderr. */
static int stuff_stderr(void)
{
	int ends[2];
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	assert_int_equal(dup2(ends[1], STDERR_FILENO), STDERR_FILENO);
	close(ends[1]);
	return ends[0];
}

/* Log the numbers from FIRST to below END; the longest time that one of them took. */
static int64_t log_numbers(unsigned first, unsigned end)
{
	int64_t longest_us = 0;
	for (unsigned i = first; i < end; i++) {
		struct instant start = clock_now();
		log_info("number %u", i);
		int64_t took_us = us_between(start, clock_now());
		longest_us = took_us > longest_us ? took_us : longest_us;
	}
	return longest_us;
}

/* Read from FD until TEXT has come. */
static void read_until(struct bed *bed, int fd, const char *text)
{
	size_t length = 0;
	struct pollfd fds = { .fd = fd, .events = POLLIN };

	bed->text[0] = '\0';
	while (strstr(bed->text, text) == NULL) {
		assert_int_equal(poll(&fds, 1, PATIENCE_MS), 1);
		ssize_t got = read(fd, bed->text + length, TEXT_MAX - 1 - length);
		assert_true(got > 0);
		length += (size_t)got;
		bed->text[length] = '\0';
	}
}

/* The numbers in TEXT rise, and the remarks on what was dropped fill the gaps: how many
 * numbers there are with what was dropped. */
static unsigned count_numbers(const char *text)
{
	unsigned next = 0, dropped, number;
	int end;

	for (const char *line = text; *line != '\0'; line += strcspn(line, "\n") + 1) {
		const char *words = strchr(line, ']') + 2;
		if (sscanf(words, "[WARNING] %u messages were dropped%n", &dropped, &end) == 1) {
			next += dropped;
			continue;
		}
		assert_int_equal(sscanf(words, "[INFO] number %u", &number), 1);
		assert_int_equal(number, next++);
	}
	return next;
}

static void test_a_pipe_that_nobody_reads_holds_nobody_up(void **state)
{
	struct log_counters before, after;
	enum { MANY = 20000 };
	int fd = stuff_stderr();

	log_counters(&before);
	open_stderr_log();
	start_writer();
	int64_t longest_us = log_numbers(0, MANY);
	print_message("longest of %d calls: %d us\n", MANY, (int)longest_us);
	assert_in_range(longest_us, 0, 1000000); /* the pipe would block for ever */
	log_counters(&after);
	assert_true(after.lost > before.lost);

	read_until(*state, fd, " dropped");
	log_info("number %d", MANY);
	struct bed *bed = *state;
	char *rest = bed->text + strlen(bed->text);
	struct bed *more = calloc(1, sizeof *more);
	char last[32];
	snprintf(last, sizeof last, "number %d\n", MANY);
	read_until(more, fd, last);
	strcpy(rest, more->text);
	free(more);
	assert_int_equal(count_numbers(bed->text), MANY + 1);
	close(fd);
}

static void test_a_log_that_hangs_does_not_hold_up_the_end(void **state)
{
	int fd = stuff_stderr();
	(void)state;
	/* In a process of its own: its thread stays for ever. */
	pid_t pid = fork();
	if (pid == 0) {
		open_stderr_log();
		start_writer();
		log_numbers(0, 5000);
		struct instant start = clock_now();
		log_close();
		_exit(ms_between(start, clock_now()) < patience_ms(200) ? 0 : 1);
	}
	int status;
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	close(fd);
}

static void test_all_that_waits_is_written_at_the_end(void **state)
{
	open_file_log("log");
	start_writer();
	log_numbers(0, 1000);
	log_close();
	log_info("number 1000"); /* now without the thread again */
	assert_int_equal(count_numbers(bed_read(*state, "log")), 1001);
}

static void test_a_non_blocking_stderr_loses_nothing(void **state)
{
	int fd = stuff_stderr();
	fcntl(STDERR_FILENO, F_SETFL, O_NONBLOCK);
	open_stderr_log();
	start_writer();
	log_numbers(0, 2000); /* more than a pipe holds, less than the queue does */
	read_until(*state, fd, "number 1999\n");
	struct bed *bed = *state;
	assert_int_equal(count_numbers(bed->text), 2000);
	close(fd);
}

static void *log_from_thread(void *argument)
{
	(void)argument;
	log_numbers(0, 2000); /* as many as the queue holds at most */
	return NULL;
}

/* Of both files, as soon as LAST is in one of them. */
static void read_both(struct bed *bed, const char *last, char *text, size_t size)
{
	struct instant deadline = instant_add_ms(clock_now(), PATIENCE_MS);
	struct bed *second = calloc(1, sizeof *second);

	assert_non_null(second);
	do {
		assert_true(instant_before(clock_now(), deadline));
		poll(NULL, 0, 1);
		snprintf(text, size, "%s%s", bed_read(bed, "log"), bed_read(second, "log.1"));
	} while (strstr(text, last) == NULL);
	free(second);
}

static void test_a_change_of_the_target_loses_nothing(void **state)
{
	struct error err;
	pthread_t thread;
	char all[2 * 2000 * 64];

	open_file_log("log");
	start_writer();
	assert_int_equal(thread_start(&thread, "logs", log_from_thread, NULL, &err), OK);
	for (int i = 0; i < 200; i++)
		open_file_log(i % 2 == 0 ? "log.1" : "log");
	assert_true(thread_join(thread, instant_add_ms(clock_now(), PATIENCE_MS)));
	/* log_close() does not wait for so many. */
	read_both(*state, " number 1999\n", all, sizeof all);
	log_close();
	for (unsigned i = 0; i < 2000; i++) {
		char line[32];
		snprintf(line, sizeof line, " number %u\n", i);
		assert_int_equal(count_text(all, line), 1);
	}
}

static void test_two_threads_do_not_mix_their_lines(void **state)
{
	struct error err;
	pthread_t thread;

	open_file_log("log");
	start_writer();
	assert_int_equal(thread_start(&thread, "logs", log_from_thread, NULL, &err), OK);
	for (int i = 0; i < 500; i++)
		log_write(LOG_LEVEL_NOTICE, "The detail.", "The hint.", "message %d", i);
	assert_true(thread_join(thread, instant_add_ms(clock_now(), PATIENCE_MS)));
	log_close();
	for (const char *line = bed_read(*state, "log"); *line != '\0';) {
		const char *words = strchr(line, ']') + 2;
		bool first = strncmp(words, "[NOTICE]", strlen("[NOTICE]")) == 0;
		line += strcspn(line, "\n") + 1;
		if (!first)
			continue;
		assert_memory_equal(strchr(line, ']') + 2, "[DETAIL]", strlen("[DETAIL]"));
		line += strcspn(line, "\n") + 1;
		assert_memory_equal(strchr(line, ']') + 2, "[HINT]", strlen("[HINT]"));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LOG_TEST(test_a_pipe_that_nobody_reads_holds_nobody_up),
		LOG_TEST(test_a_log_that_hangs_does_not_hold_up_the_end),
		LOG_TEST(test_all_that_waits_is_written_at_the_end),
		LOG_TEST(test_a_non_blocking_stderr_loses_nothing),
		LOG_TEST(test_a_change_of_the_target_loses_nothing),
		LOG_TEST(test_two_threads_do_not_mix_their_lines),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
