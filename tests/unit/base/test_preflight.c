/* SPDX-License-Identifier: PostgreSQL */
#include "bdrmon/preflight.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* Each of these runs in a process of its own, because the limit and the user stay. */
static void in_child(int (*test)(void))
{
	int status;
	pid_t pid = fork();
	if (pid == 0)
		_exit(test());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static rlim_t soft_limit(void)
{
	struct rlimit limit;
	getrlimit(RLIMIT_NOFILE, &limit);
	return limit.rlim_cur;
}

static int raise_what_may_be_raised(void)
{
	struct rlimit limit = { 100, 500 };
	struct error err;
	if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
		return 1;
	if (preflight_descriptors(100, &err) != OK || soft_limit() != 100)
		return 2;
	if (preflight_descriptors(101, &err) != OK || soft_limit() != 101)
		return 3;
	return preflight_descriptors(500, &err) == OK && soft_limit() == 500 ? 0 : 4;
}

static void test_the_soft_limit_is_raised_as_far_as_needed(void **state)
{
	(void)state;
	in_child(raise_what_may_be_raised);
}

static int refuse_what_may_not_be_raised(void)
{
	struct rlimit limit = { 100, 200 };
	struct error err;
	if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
		return 1;
	if (preflight_descriptors(201, &err) != ERR_SYSTEM || soft_limit() != 100)
		return 2;
	if (strcmp(err.text, "201 open files are needed, but only 200 are allowed") != 0)
		return 3;
	return strstr(err.hint, "LimitNOFILE") != NULL ? 0 : 4;
}

static void test_a_hard_limit_that_is_too_low_is_an_error_with_a_hint(void **state)
{
	(void)state;
	in_child(refuse_what_may_not_be_raised);
}

static void test_each_user_adds_to_the_need(void **state)
{
	struct descriptor_users none = { 0, 0, 0 }, worker = { 1, 0, 0 }, command = { 0, 1, 0 },
				client = { 0, 0, 1 }, all = { 2, 3, 4 };
	(void)state;
	unsigned fixed = preflight_descriptors_needed(&none);
	unsigned workers = preflight_descriptors_needed(&worker) - fixed;
	unsigned commands = preflight_descriptors_needed(&command) - fixed;
	unsigned clients = preflight_descriptors_needed(&client) - fixed;
	assert_true(workers > 0 && commands > 0 && clients > 0);
	assert_int_equal(preflight_descriptors_needed(&all),
			 fixed + 2 * workers + 3 * commands + 4 * clients);
}

static char directory[] = "/tmp/bdrmon-preflight-XXXXXX";

static int use_directory_of_another_user(void)
{
	struct error err;
	if (geteuid() == 0 && setresuid(65534, 65534, 65534) != 0)
		return 1;
	if (preflight_directory(directory, &err) != ERR_SYSTEM)
		return 2;
	return strstr(err.text, "Permission denied") != NULL ? 0 : 3;
}

static void test_a_directory_is_usable_if_files_can_be_made_in_it(void **state)
{
	char file[64];
	struct error err;
	(void)state;
	assert_non_null(mkdtemp(directory));
	assert_int_equal(preflight_directory(directory, &err), OK);
	strcat(strcpy(file, directory), "/file");
	close(open(file, O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
	assert_int_equal(preflight_directory(file, &err), ERR_SYSTEM);
	assert_non_null(strstr(err.text, "is not a directory"));
	unlink(file);
	assert_int_equal(chmod(directory, 0500), 0);
	in_child(use_directory_of_another_user);
	rmdir(directory);
	assert_int_equal(preflight_directory(directory, &err), ERR_SYSTEM);
	assert_non_null(strstr(err.text, "No such file or directory"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_soft_limit_is_raised_as_far_as_needed),
		cmocka_unit_test(test_a_hard_limit_that_is_too_low_is_an_error_with_a_hint),
		cmocka_unit_test(test_each_user_adds_to_the_need),
		cmocka_unit_test(test_a_directory_is_usable_if_files_can_be_made_in_it),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
