/* SPDX-License-Identifier: PostgreSQL */
/* Each file NAME.ini of tests/golden/config and its folders gives exactly the messages of
 * NAME.expected. Those in real are made after the patterns of users' files; those in
 * mistakes have one mistake each, and say in their first line which and where. */
#include "config_file.h"
#include "golden.h"

#include "bdrmon/strbuf.h"

#include <glob.h>

#define FOLDER       SOURCE_DIR "/tests/golden/config"
#define CANARY       "hunter2" /* the password in all these files */
#define OTHERS_MIN   30
#define REAL_MIN     40
#define MISTAKES_MIN 50

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

/* What holds for each file, whatever stands in it. */
static void check_any(const char *ini, enum status st, const struct config_report *report)
{
	assert_int_equal(st == OK, report->errors == 0);
	for (unsigned i = 0; i < report->count; i++) {
		const struct config_message *message = &report->message[i];
		assert_int_equal(strncmp(message->text, ini, strlen(ini)), 0);
		assert_null(strstr(message->text, CANARY));
		assert_null(strstr(message->hint, CANARY));
		if (message->severity == CONFIG_ERROR && message->hint[0] == '\0')
			fail_msg("what should one do? %s", message->text);
	}
}

static void check_real(const char *ini, enum status st, const struct config_report *report)
{
	(void)ini;
	(void)report;
	assert_int_equal(st, OK);
}

/* The first line is "# mistake: line 5, WORDS" or, without a line, "# mistake: WORDS". */
static void check_mistake(const char *ini, enum status st, const struct config_report *report)
{
	char head[256], place[64];
	int line = 0, words = 0;
	FILE *file = fopen(ini, "r");
	assert_non_null(file);
	assert_non_null(fgets(head, sizeof head, file));
	fclose(file);
	head[strcspn(head, "\n")] = '\0';
	if (sscanf(head, "# mistake: line %d, %n", &line, &words) != 1)
		words = (int)strlen("# mistake: ");
	if (line > 0)
		snprintf(place, sizeof place, "%s:%d: ", ini, line);
	else
		snprintf(place, sizeof place, "%s: ", ini);

	assert_int_equal(st, ERR_CONFIG);
	assert_int_equal(report->errors, 1);
	const struct config_message *error = report->message;
	while (error->severity != CONFIG_ERROR)
		error++;
	if (strncmp(error->text, place, strlen(place)) != 0 ||
	    strstr(error->text, head + words) == NULL)
		fail_msg("%s: %s", head, error->text);
}

typedef void check_fn(const char *ini, enum status st, const struct config_report *report);

static void try_folder(const char *folder, size_t least, check_fn *check)
{
	static char memory[GOLDEN_TEXT_MAX];
	static struct config config;
	static struct config_report report;
	glob_t found;

	assert_int_equal(chdir(folder), 0); /* so that messages name the file without path */
	assert_int_equal(glob("*.ini", 0, NULL, &found), 0);
	assert_true(found.gl_pathc >= least);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		const char *ini = found.gl_pathv[i];
		char name[256];
		struct strbuf got = STRBUF(memory);
		enum status st = config_read(ini, &config, &report);
		print_report(st, &report, &got);
		assert_false(got.cut);
		snprintf(name, sizeof name, "%.*s.expected", (int)(strlen(ini) - strlen(".ini")),
			 ini);
		golden_compare(name, got.text);
		check_any(ini, st, &report);
		if (check != NULL)
			check(ini, st, &report);
	}
	globfree(&found);
}

static void each_file_gives_exactly_its_messages(void **state)
{
	(void)state;
	try_folder(FOLDER, OTHERS_MIN, NULL);
}

static void what_users_write_is_accepted(void **state)
{
	(void)state;
	try_folder(FOLDER "/real", REAL_MIN, check_real);
}

static void one_mistake_is_one_error_that_names_its_place_and_a_way_out(void **state)
{
	(void)state;
	try_folder(FOLDER "/mistakes", MISTAKES_MIN, check_mistake);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_file_gives_exactly_its_messages),
		cmocka_unit_test(what_users_write_is_accepted),
		cmocka_unit_test(one_mistake_is_one_error_that_names_its_place_and_a_way_out),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
