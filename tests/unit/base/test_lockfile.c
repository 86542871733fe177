/* SPDX-License-Identifier: PostgreSQL */
#include "bdrmon/lockfile.h"

#include "bdrmon/lookup.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static int enter_directory(void **state)
{
	char *directory = strdup("/tmp/bdrmon-lock-XXXXXX");
	*state = directory;
	return mkdtemp(directory) == NULL || chdir(directory) != 0;
}

static int leave_directory(void **state)
{
	char *directory = *state;
	unlink("pid");
	unlink("pid.moved");
	int failure = chdir("/");
	failure |= rmdir(directory);
	free(directory);
	return failure;
}

static void take(struct lockfile *lock)
{
	struct error err = { .text = "" };
	if (lockfile_take(lock, "pid", &err) != OK)
		fail_msg("%s", err.text);
}

static void write_file(const char *text)
{
	FILE *file = fopen("pid", "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static void assert_content(const char *expected)
{
	char text[64] = "";
	FILE *file = fopen("pid", "r");
	assert_non_null(file);
	size_t got = fread(text, 1, sizeof text - 1, file);
	fclose(file);
	text[got] = '\0';
	assert_string_equal(text, expected);
}

static void assert_our_pid(void)
{
	char pid[16];
	snprintf(pid, sizeof pid, "%d\n", (int)getpid());
	assert_content(pid);
}

/* A child named NAME that has done THIS and then waits to be killed. */
static pid_t start_child(const char *name, void (*this)(void))
{
	int ready[2];
	char byte;

	assert_int_equal(pipe2(ready, O_CLOEXEC), 0);
	pid_t pid = fork();
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		prctl(PR_SET_NAME, name);
		this();
		if (write(ready[1], "x", 1) == 1)
			pause();
		_exit(1);
	}
	assert_int_equal(read(ready[0], &byte, 1), 1);
	close(ready[0]);
	close(ready[1]);
	return pid;
}

static void end_child(pid_t pid)
{
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static void take_and_keep(void)
{
	struct lockfile lock; /* the descriptor stays */
	take(&lock);
}

static void write_own_pid(void)
{
	char pid[16];
	snprintf(pid, sizeof pid, "%d\n", (int)getpid());
	write_file(pid);
}

static void assert_refused(const char *program, pid_t pid)
{
	struct lockfile lock = LOCKFILE_NONE;
	struct error err;
	char expected[128];

	assert_int_equal(lockfile_take(&lock, "pid", &err), ERR_TAKEN);
	snprintf(expected, sizeof expected,
		 "file \"pid\" is held by %s, which is running with PID %d", program, (int)pid);
	assert_string_equal(err.text, expected);
	assert_int_not_equal(err.hint[0], '\0');
	assert_int_equal(lock.fd, -1);
	snprintf(expected, sizeof expected, "%d\n", (int)pid);
	assert_content(expected);
}

static void test_who_has_it_is_named_to_the_second_one(void **state)
{
	(void)state;
	pid_t other = start_child("bdrmon", take_and_keep);
	assert_refused("another bdrmon", other);
	end_child(other);
}

static void test_a_file_whose_holder_was_killed_blocks_nobody(void **state)
{
	struct lockfile lock;
	(void)state;
	end_child(start_child("bdrmon", take_and_keep));
	take(&lock);
	assert_our_pid();
	lockfile_release(&lock);
}

static void test_the_pid_of_a_living_stranger_blocks_nobody(void **state)
{
	struct lockfile lock;
	(void)state;
	pid_t stranger = start_child("sleep", write_own_pid);
	take(&lock);
	assert_our_pid();
	lockfile_release(&lock);
	end_child(stranger);
}

static void test_the_pid_file_of_a_running_repmgrd_is_left_to_it(void **state)
{
	struct lockfile lock;
	(void)state;
	pid_t repmgrd = start_child("repmgrd", write_own_pid);
	assert_refused("repmgrd", repmgrd);
	end_child(repmgrd);
	take(&lock);
	assert_our_pid();
	lockfile_release(&lock);
}

static void test_a_file_that_is_no_pid_file_is_not_touched(void **state)
{
	static const char *const contents[] = {
		"node_id=1\n", "12 34\n", "12\n34\n", "-5\n",
		"111111111111111111111111111111111111111111111111111\n"
	};
	struct lockfile lock = LOCKFILE_NONE;
	struct error err;
	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(contents); i++) {
		write_file(contents[i]);
		assert_int_equal(lockfile_take(&lock, "pid", &err), ERR_SYSTEM);
		assert_string_equal(err.text, "file \"pid\" is not a pid file");
		assert_content(contents[i]);
	}
}

static void test_it_is_removed_at_the_end(void **state)
{
	struct lockfile lock;
	(void)state;
	take(&lock);
	lockfile_release(&lock);
	assert_int_equal(access("pid", F_OK), -1);
	lockfile_release(&lock); /* once more does nothing */
}

static void test_a_file_of_somebody_else_under_our_name_is_not_removed(void **state)
{
	struct lockfile lock;
	(void)state;
	take(&lock);
	assert_int_equal(rename("pid", "pid.moved"), 0);
	write_file("77\n");
	lockfile_release(&lock);
	assert_content("77\n");
}

static void test_no_child_inherits_the_lock(void **state)
{
	struct lockfile lock;
	(void)state;
	take(&lock);
	assert_int_equal(fcntl(lock.fd, F_GETFD), FD_CLOEXEC);
	lockfile_release(&lock);
}

static void test_a_directory_that_does_not_exist_is_named(void **state)
{
	struct lockfile lock;
	struct error err;
	(void)state;
	assert_int_equal(lockfile_take(&lock, "/nowhere/pid", &err), ERR_SYSTEM);
	assert_string_equal(err.text,
			    "could not open file \"/nowhere/pid\": No such file or directory");
}

/* Take and release, again and again, against others that do the same. */
static void compete(void)
{
	for (int i = 0; i < 2000; i++) {
		struct lockfile lock;
		struct error err;
		enum status st = lockfile_take(&lock, "pid", &err);
		if (st == ERR_TAKEN)
			continue;
		if (st != OK)
			_exit(1);
		/* a second holder would not leave this alone */
		if (mkdir("held", 0700) != 0 || rmdir("held") != 0)
			_exit(2);
		lockfile_release(&lock);
	}
	_exit(0);
}

static void test_of_several_that_compete_one_at_a_time_holds_it(void **state)
{
	enum { COMPETITORS = 4 };
	int status;
	(void)state;
	for (int i = 0; i < COMPETITORS; i++) {
		if (fork() == 0)
			compete();
	}
	for (int i = 0; i < COMPETITORS; i++) {
		assert_true(wait(&status) > 0);
		assert_int_equal(status, 0);
	}
}

#define LOCK_TEST(function)                                                                        \
	cmocka_unit_test_setup_teardown(function, enter_directory, leave_directory)

int main(void)
{
	const struct CMUnitTest tests[] = {
		LOCK_TEST(test_who_has_it_is_named_to_the_second_one),
		LOCK_TEST(test_a_file_whose_holder_was_killed_blocks_nobody),
		LOCK_TEST(test_the_pid_of_a_living_stranger_blocks_nobody),
		LOCK_TEST(test_the_pid_file_of_a_running_repmgrd_is_left_to_it),
		LOCK_TEST(test_a_file_that_is_no_pid_file_is_not_touched),
		LOCK_TEST(test_it_is_removed_at_the_end),
		LOCK_TEST(test_a_file_of_somebody_else_under_our_name_is_not_removed),
		LOCK_TEST(test_no_child_inherits_the_lock),
		LOCK_TEST(test_a_directory_that_does_not_exist_is_named),
		LOCK_TEST(test_of_several_that_compete_one_at_a_time_holds_it),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
