/* SPDX-License-Identifier: PostgreSQL */
#include "../../../src/config/options.h"
#include "../../../src/config/values.h"
#include "config_file.h"
#include "golden.h"

#include "bdrmon/strbuf.h"

static bool is_number(const struct option *option)
{
	return option->type == TYPE_COUNT || option->type == TYPE_DURATION ||
	       option->type == TYPE_SIZE;
}

static void each_default_parses_and_is_within_its_bounds(void **state)
{
	(void)state;
	for (size_t i = 0; i < option_count; i++) {
		static struct config config; /* larger than what a named section has */
		struct error err = { .text = "" };
		const struct option *option = &options[i];
		if (value_parse(option, option->preset, &config, &err) != OK)
			fail_msg("%s: %s", option->name, err.text);
		if (is_number(option))
			assert_true(option->min < option->max);
		if (is_number(option)) {
			assert_true(value_number(option, &config) >= option->min);
			assert_true(value_number(option, &config) <= option->max);
		}
	}
}

static void each_value_is_printed_as_the_parser_reads_it(void **state)
{
	(void)state;
	for (size_t i = 0; i < option_count; i++) {
		static struct config config, again;
		const struct option *option = &options[i];
		char text[COMMAND_MAX];
		struct error err;
		struct strbuf out = STRBUF(text);
		memset(&config, 0, sizeof config);
		memset(&again, 0, sizeof again);
		assert_int_equal(value_parse(option, option->preset, &config, &err), OK);
		value_print(option, &config, &out);
		assert_int_equal(value_parse(option, text, &again, &err), OK);
		assert_memory_equal(&config, &again, sizeof config);
		if (!is_number(option)) /* "60s" becomes "1min" */
			assert_string_equal(text, option->preset);
	}
}

static void each_number_below_or_above_its_bounds_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < option_count; i++) {
		static struct config config;
		char text[64];
		struct error err;
		const struct option *option = &options[i];
		if (!is_number(option))
			continue;
		const char *unit = option->type == TYPE_DURATION ? "ms" : "";
		snprintf(text, sizeof text, "%lld%s", (long long)option->min - 1, unit);
		assert_int_equal(value_parse(option, text, &config, &err), ERR_CONFIG);
		assert_non_null(strstr(err.text, "is outside the valid range ("));
		snprintf(text, sizeof text, "%lld%s", (long long)option->max + 1, unit);
		assert_int_equal(value_parse(option, text, &config, &err), ERR_CONFIG);
		assert_non_null(strstr(err.text, option->name));
	}
}

static void each_option_is_there_once_and_its_section_too(void **state)
{
	(void)state;
	for (size_t i = 0; i < option_count; i++) {
		assert_ptr_equal(option_find(options[i].section, options[i].name), &options[i]);
		assert_non_null(section_find(options[i].section));
		assert_true(options[i].help[0] != '\0');
	}
}

static void levels_are_those_of_the_log(void **state)
{
	(void)state;
	const struct option *option = option_find("", "log_level");
	for (unsigned i = 0; i < LOG_LEVELS; i++)
		assert_string_equal(option->words[i], log_level_name((enum log_level)i));
	assert_null(option->words[LOG_LEVELS]);
}

/* What WRITE writes; for free(). */
static char *text_of(void (*write)(FILE *out))
{
	char *text = NULL;
	size_t length;
	FILE *out = open_memstream(&text, &length);
	assert_non_null(out);
	write(out);
	fclose(out);
	return text;
}

static char *sample_text(void)
{
	return text_of(config_sample);
}

static void the_sample_reads_without_a_word(void **state)
{
	(void)state;
	static struct config config;
	static struct config_report report;
	char *text = sample_text();
	assert_int_equal(read_text(text, &config, &report), OK);
	assert_int_equal(report.count, 0);
	free(text);
}

/* Take the # off each "#name = value" and "#[section]"; a remark is "# text". */
static void uncomment(char *text)
{
	char *to = text;
	for (const char *from = text; *from != '\0'; from++) {
		bool first = from == text || from[-1] == '\n';
		if (!(first && from[0] == '#' && from[1] != ' ' && from[1] != '\n'))
			*to++ = *from;
	}
	*to = '\0';
}

static void the_sample_uncommented_sets_each_option_without_an_error(void **state)
{
	(void)state;
	static struct config config;
	char *text = sample_text();
	uncomment(text);
	for (size_t i = 0; i < option_count; i++) {
		char line[128];
		snprintf(line, sizeof line, "\n%s = ", options[i].name);
		assert_non_null(strstr(text, line));
	}
	read_good(text, &config);
	assert_int_equal(config.node[1].id, 2);
	assert_string_equal(config.node[1].name, "node2");
	assert_int_equal(config.pgbouncers, 1);
	assert_string_equal(config.pgbouncer[0].name, "bouncer1");
	assert_string_equal(config.pgbouncer[0].aliases, "bdrtest");
	assert_int_equal(config.arbiters, 1);
	assert_string_equal(config.arbiter[0].name, "third");
	free(text);
}

static void the_sample_in_the_repository_is_up_to_date(void **state)
{
	(void)state;
	char *text = sample_text();
	golden_compare(SOURCE_DIR "/config/repmgr.ini", text);
	free(text);
}

static void the_document_in_the_repository_is_up_to_date(void **state)
{
	(void)state;
	char *text = text_of(config_document);
	golden_compare(SOURCE_DIR "/docs/configuration.md", text);
	for (size_t i = 0; i < option_count; i++) {
		char row[128];
		snprintf(row, sizeof row, "\n| `%s` | ", options[i].name);
		assert_non_null(strstr(text, row));
	}
	free(text);
}

/* The value that a file without it has, for each option with a fixed default. */
static void a_file_without_an_option_has_its_default(void **state)
{
	(void)state;
	static struct config config, expected;
	read_good(MINIMUM, &config);
	for (size_t i = 0; i < option_count; i++) {
		const struct option *option = &options[i];
		char want[COMMAND_MAX], have[COMMAND_MAX];
		struct strbuf a = STRBUF(want), b = STRBUF(have);
		struct error err;
		if ((option->flags & EXAMPLE) != 0 || strcmp(option->name, "stale") == 0 ||
		    section_find(option->section)->named != NULL)
			continue;
		assert_int_equal(value_parse(option, option->preset, &expected, &err), OK);
		value_print(option, &expected, &a);
		value_print(option, &config, &b);
		assert_string_equal(want, have);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_default_parses_and_is_within_its_bounds),
		cmocka_unit_test(each_value_is_printed_as_the_parser_reads_it),
		cmocka_unit_test(each_number_below_or_above_its_bounds_is_refused),
		cmocka_unit_test(each_option_is_there_once_and_its_section_too),
		cmocka_unit_test(levels_are_those_of_the_log),
		cmocka_unit_test(the_sample_reads_without_a_word),
		cmocka_unit_test(the_sample_uncommented_sets_each_option_without_an_error),
		cmocka_unit_test(the_sample_in_the_repository_is_up_to_date),
		cmocka_unit_test(the_document_in_the_repository_is_up_to_date),
		cmocka_unit_test(a_file_without_an_option_has_its_default),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
