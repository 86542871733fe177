/* SPDX-License-Identifier: PostgreSQL */
/* Where repmgr would have read another value, the user is told. */
#include "../../../src/config/legacy.h"
#include "../../../src/config/quote.h"
#include "config_file.h"

#include "bdrmon/lookup.h"
#include "bdrmon/strbuf.h"

#define LINE_MAX_BYTES 256

/* repmgr 4.4 as its source has it: no ', nothing from # on, no blanks at the ends. */
static void read_as_repmgr4(const char *raw, char value[LINE_MAX_BYTES])
{
	struct strbuf out = strbuf_over(value, LINE_MAX_BYTES);

	for (const char *c = raw; *c != '\0' && *c != '#'; c++) {
		bool leading = out.length == 0 && strchr(" \t", *c) != NULL;
		if (*c != '\'' && !leading)
			strbuf_add_char(&out, *c);
	}
	while (out.length > 0 && strchr(" \t", out.text[out.length - 1]) != NULL)
		out.text[--out.length] = '\0';
}

static const char *trimmed(const char *text, char memory[LINE_MAX_BYTES])
{
	read_as_repmgr4(text, memory); /* of a text without ' and # that is all it does */
	return memory;
}

static uint32_t next(uint32_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 17;
	*seed ^= *seed << 5;
	return *seed;
}

static void a_value_that_repmgr_4_reads_otherwise_is_never_passed_in_silence(void **state)
{
	(void)state;
	static const char alphabet[] = "''##\\a b\t=x;";
	uint32_t seed = 7;
	unsigned same = 0, different = 0;

	for (unsigned i = 0; i < 200000; i++) {
		char raw[16], value[LINE_MAX_BYTES], theirs[LINE_MAX_BYTES], ours[LINE_MAX_BYTES];
		char explained[256];
		struct strbuf out = STRBUF(explained);
		size_t length = next(&seed) % (sizeof raw - 1);
		for (size_t c = 0; c < length; c++)
			raw[c] = alphabet[next(&seed) % (sizeof alphabet - 1)];
		raw[length] = '\0';
		const char *start = raw + strspn(raw, " \t"); /* inih gives it without */
		snprintf(value, sizeof value, "%s", start);
		if (quote_strip(value, QUOTES_OURS) != QUOTE_FINE)
			continue;
		legacy_explain(start, value, &out);
		read_as_repmgr4(start, theirs);
		if (strstr(explained, "repmgr 4") != NULL) {
			different++;
			continue;
		}
		same++;
		assert_string_equal(trimmed(value, ours), theirs);
	}
	assert_true(same > 1000 && different > 1000);
}

static void the_explanation_names_what_repmgr_does(void **state)
{
	(void)state;
	static const struct {
		const char *raw, *value, *explained;
	} cases[] = {
		{ "'a b'", "a b", "" },
		{ "5 # slow", "5", "" },
		{ "'it''s'", "it's", "repmgr 4 drops each '" },
		{ "h password='a'", "h password='a'", "repmgr 4 drops each '" },
		{ "'a # b'", "a # b", "repmgr 4 ends a value at any #" },
		{ "a#b", "a#b", "repmgr 4 ends a value at any #" },
		{ "a\\b", "a\\b", "" },
		{ "'a\\b'", "a\\b",
		  "repmgr 5 takes \\ inside '...' for the beginning of an escape" },
		{ "'a''#'", "a'#", "repmgr 4 drops each '; repmgr 4 ends a value at any #" },
		{ "\"it's # a\\b\"", "it's # a\\b", "" },
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char text[256];
		struct strbuf out = STRBUF(text);
		legacy_explain(cases[i].raw, cases[i].value, &out);
		assert_string_equal(text, cases[i].explained);
	}
}

static void lists_and_new_sections_are_not_compared(void **state)
{
	(void)state;
	static struct config config;
	static struct config_report report;
	assert_int_equal(read_text(MINIMUM "event_notification_command=/x\n"
					   "event_notifications='bdr_failover','bdr_recovery'\n"
					   "[cluster]\nname='it''s #1'\n",
				   &config, &report),
			 OK);
	assert_int_equal(report.count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_value_that_repmgr_4_reads_otherwise_is_never_passed_in_silence),
		cmocka_unit_test(the_explanation_names_what_repmgr_does),
		cmocka_unit_test(lists_and_new_sections_are_not_compared),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
