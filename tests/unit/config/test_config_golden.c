/* SPDX-License-Identifier: PostgreSQL */
/* Each file NAME.ini of tests/golden/config gives exactly the messages of
 * NAME.expected. With WRITE_GOLDEN=1 in the environment the test writes these files
 * anew; look at the difference before committing it. */
#include "config_file.h"

#include "bdrmon/strbuf.h"

#include <glob.h>

#define GOLDEN_MIN 25
#define TEXT_MAX   65536

static void print_report(enum status st, const struct config_report *report, struct strbuf *out)
{
	static const char *const severities[] = { "ERROR", "WARNING" };

	for (unsigned i = 0; i < report->count; i++) {
		const struct config_message *message = &report->message[i];
		strbuf_printf(out, "%s: %s\n", severities[message->severity], message->text);
		if (message->hint[0] != '\0')
			strbuf_printf(out, "HINT: %s\n", message->hint);
	}
	strbuf_add(out, st == OK ? "accepted\n" : "refused\n");
}

static void read_expected(const char *name, char text[TEXT_MAX])
{
	FILE *file = fopen(name, "r");
	if (file == NULL)
		fail_msg("%s is missing", name);
	text[fread(text, 1, TEXT_MAX - 1, file)] = '\0';
	fclose(file);
}

static void compare(const char *ini)
{
	static char expected[TEXT_MAX], memory[TEXT_MAX];
	static struct config config;
	static struct config_report report;
	struct strbuf got = STRBUF(memory);
	char name[256];

	print_report(config_read(ini, &config, &report), &report, &got);
	assert_false(got.cut);
	snprintf(name, sizeof name, "%.*s.expected", (int)(strlen(ini) - strlen(".ini")), ini);
	if (getenv("WRITE_GOLDEN") != NULL) {
		FILE *file = fopen(name, "w");
		assert_non_null(file);
		fputs(got.text, file);
		fclose(file);
	}
	read_expected(name, expected);
	if (strcmp(got.text, expected) != 0)
		print_error("%s:\n%s", ini, got.text);
	assert_string_equal(got.text, expected);
}

static void each_file_gives_exactly_its_messages(void **state)
{
	(void)state;
	glob_t found;
	assert_int_equal(chdir(SOURCE_DIR "/tests/golden/config"), 0);
	assert_int_equal(glob("*.ini", 0, NULL, &found), 0);
	assert_true(found.gl_pathc >= GOLDEN_MIN);
	for (size_t i = 0; i < found.gl_pathc; i++)
		compare(found.gl_pathv[i]);
	globfree(&found);
}

static void no_message_shows_a_password(void **state)
{
	(void)state;
	static char text[TEXT_MAX];
	glob_t found;
	assert_int_equal(glob(SOURCE_DIR "/tests/golden/config/*.expected", 0, NULL, &found), 0);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		read_expected(found.gl_pathv[i], text);
		assert_null(strstr(text, "hunter2"));
	}
	globfree(&found);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_file_gives_exactly_its_messages),
		cmocka_unit_test(no_message_shows_a_password),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
