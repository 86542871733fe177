/* SPDX-License-Identifier: PostgreSQL */
/* Each file NAME.ini of tests/golden/config gives exactly the messages of
 * NAME.expected. */
#include "config_file.h"
#include "golden.h"

#include "bdrmon/strbuf.h"

#include <glob.h>

#define GOLDEN_MIN 25

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

static void compare(const char *ini)
{
	static char memory[GOLDEN_TEXT_MAX];
	static struct config config;
	static struct config_report report;
	struct strbuf got = STRBUF(memory);
	char name[256];

	print_report(config_read(ini, &config, &report), &report, &got);
	assert_false(got.cut);
	snprintf(name, sizeof name, "%.*s.expected", (int)(strlen(ini) - strlen(".ini")), ini);
	golden_compare(name, got.text);
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
	static char text[GOLDEN_TEXT_MAX];
	glob_t found;
	assert_int_equal(glob(SOURCE_DIR "/tests/golden/config/*.expected", 0, NULL, &found), 0);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		golden_read(found.gl_pathv[i], text);
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
