/* SPDX-License-Identifier: PostgreSQL */
/* What config_read() says and leaves behind when a file is refused. */
#include "config_file.h"

#include "bdrmon/lookup.h"
#include "bdrmon/strbuf.h"

#include <errno.h>

static void a_file_that_cannot_be_read_is_one_message_with_the_reason(void **state)
{
	(void)state;
	static struct config config;
	static struct config_report report;
	static char deep[5000];
	memset(deep, 'x', sizeof deep - 1);
	static const struct {
		const char *path;
		int reason;
	} cases[] = { { "/nonexistent/repmgr.ini", ENOENT },
		      { "/tmp", EISDIR },
		      { deep, ENAMETOOLONG } };

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		assert_int_equal(config_read(cases[i].path, &config, &report), ERR_SYSTEM);
		assert_int_equal(report.count, 1);
		assert_int_equal(report.errors, 1);
		if (cases[i].path != deep)
			assert_true(says(&report, strerror(cases[i].reason)));
	}
}

static void a_refused_file_leaves_the_configuration_untouched(void **state)
{
	(void)state;
	static struct config config, before;
	static struct config_report report;
	memset(&config, 'c', sizeof config);
	memset(&before, 'c', sizeof before);
	assert_int_equal(read_text("priority=x\n", &config, &report), ERR_CONFIG);
	assert_memory_equal(&config, &before, sizeof config);
}

static void a_directory_of_the_environment_is_taken_whole_or_not_at_all(void **state)
{
	(void)state;
	static struct config config;
	static struct config_report report;
	static char given[3000];
	memset(given, 'd', sizeof given - 1);

	given[PATH_TEXT_MAX - 1] = ':';
	setenv("STATE_DIRECTORY", given, 1);
	assert_int_equal(read_text(MINIMUM, &config, &report), OK);
	assert_int_equal(strlen(config.state_directory), PATH_TEXT_MAX - 1);
	given[PATH_TEXT_MAX - 1] = 'd';
	setenv("STATE_DIRECTORY", given, 1);
	assert_int_equal(read_text(MINIMUM, &config, &report), ERR_CONFIG);
	assert_true(says(&report, "in the environment variable \"STATE_DIRECTORY\" is too long"));
	unsetenv("STATE_DIRECTORY");
}

static void a_file_without_end_is_refused(void **state)
{
	(void)state;
	static struct config config;
	static struct config_report report;
	assert_int_equal(config_read("/dev/zero", &config, &report), ERR_CONFIG);
	assert_true(says(&report, "file is larger than 1 MB"));
}

static void errors_take_the_place_of_warnings_when_there_is_too_much_to_say(void **state)
{
	(void)state;
	static struct config config;
	static struct config_report report;
	static char text[20000];
	struct strbuf out = STRBUF(text);

	for (int i = 0; i < 60; i++)
		strbuf_add(&out, "loglevel=x\n");
	for (int i = 0; i < 30; i++)
		strbuf_add(&out, "reconect_attempts=1\n");
	assert_int_equal(read_text(text, &config, &report), ERR_CONFIG);
	assert_int_equal(report.count, CONFIG_MESSAGES_MAX);
	assert_int_equal(report.errors, 33);
	assert_int_equal(report.warnings, 60);
	unsigned errors = 0;
	for (unsigned i = 0; i < report.count - 1; i++)
		errors += report.message[i].severity == CONFIG_ERROR;
	assert_int_equal(errors, 33);
	assert_non_null(strstr(report.message[report.count - 1].text, "44 further messages"));
}

static void messages_are_in_the_order_of_lines(void **state)
{
	(void)state;
	static struct config config;
	static struct config_report report;
	assert_int_equal(read_text("[executor]\nkill_after=5min\ndeadline=1s\nsize=0\n"
				   "[node b]\n[probe]\nx=1\n",
				   &config, &report),
			 ERR_CONFIG);
	int last = 0;
	for (unsigned i = 0; i < report.count; i++) {
		const char *text = report.message[i].text;
		int line = atoi(strchr(text, ':') + 1);
		if (line == 0)
			line = 1000;
		assert_true(line >= last);
		last = line;
	}
	assert_int_equal(last, 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_that_cannot_be_read_is_one_message_with_the_reason),
		cmocka_unit_test(a_refused_file_leaves_the_configuration_untouched),
		cmocka_unit_test(a_directory_of_the_environment_is_taken_whole_or_not_at_all),
		cmocka_unit_test(a_file_without_end_is_refused),
		cmocka_unit_test(errors_take_the_place_of_warnings_when_there_is_too_much_to_say),
		cmocka_unit_test(messages_are_in_the_order_of_lines),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
