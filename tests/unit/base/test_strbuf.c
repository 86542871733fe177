/* SPDX-License-Identifier: PostgreSQL */
#include "bdrmon/clock.h"
#include "bdrmon/strbuf.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

static void test_what_does_not_fit_is_cut_and_said_so(void **state)
{
	char memory[6];
	struct strbuf buf = STRBUF(memory);
	(void)state;
	strbuf_add(&buf, "abc");
	assert_false(buf.cut);
	strbuf_printf(&buf, "%d", 12345);
	assert_true(buf.cut);
	assert_string_equal(memory, "abc12");
	strbuf_add_char(&buf, 'x');
	assert_string_equal(memory, "abc12");
	assert_int_equal(buf.length, 5);
}

static void test_an_exact_fit_is_not_a_cut(void **state)
{
	char memory[4];
	struct strbuf buf = STRBUF(memory);
	(void)state;
	strbuf_printf(&buf, "%s", "abc");
	assert_false(buf.cut);
	assert_string_equal(memory, "abc");
}

static void test_a_copied_line_has_no_white_space_but_single_blanks(void **state)
{
	char line[64];
	(void)state;
	assert_true(COPY_LINE(line, "\n one\t\n two  three\n"));
	assert_string_equal(line, "one two three");
	assert_true(COPY_LINE(line, " \n\t"));
	assert_string_equal(line, "");
}

static void test_a_copied_line_is_utf_8_whatever_it_was_made_of(void **state)
{
	static const struct {
		const char *text, *line;
	} cases[] = {
		{ "f\xc3\xa4hrt \xe2\x82\xac \xf0\x9f\x90\x98",
		  "f\xc3\xa4hrt \xe2\x82\xac \xf0\x9f\x90\x98" },
		{ "f\xe4hrt", "f?hrt" },               /* Latin-1 */
		{ "\xff\xfe|\x80", "??|?" },           /* no character begins so */
		{ "\xc0\xaf \xe0\x80\xaf", "?? ???" }, /* longer than need be */
		{ "\xed\xa0\x80", "???" },             /* half of a pair */
		{ "\xf4\x90\x80\x80 \xf5", "???? ?" }, /* behind the last one */
		{ "\xe2\x82", "??" },                  /* the end is missing */
	};
	char line[64], narrow[5];
	(void)state;
	for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		assert_true(COPY_LINE(line, cases[i].text));
		assert_string_equal(line, cases[i].line);
	}
	assert_false(COPY_LINE(narrow, "abc\xc3\xa4"));
	assert_string_equal(narrow, "abc");
	assert_false(COPY_LINE(narrow, "abcde"));
	assert_string_equal(narrow, "abcd");
}

static void test_a_decimal_has_its_sign_in_front_and_all_its_places(void **state)
{
	static const struct {
		int64_t number;
		int places;
		const char *text;
	} cases[] = {
		{ 0, 3, "0.000" },          { 7, 3, "0.007" },      { -7, 3, "-0.007" },
		{ 1500, 3, "1.500" },       { -1500, 3, "-1.500" }, { 1000002, 6, "1.000002" },
		{ -30000, 6, "-0.030000" },
	};
	char text[32];
	(void)state;
	for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct strbuf out = STRBUF(text);
		strbuf_add_decimal(&out, cases[i].number, cases[i].places);
		assert_string_equal(text, cases[i].text);
	}
}

static void test_a_timestamp_looks_like_a_timestamptz(void **state)
{
	static const struct {
		const char *zone, *end;
	} cases[] = { { "UTC0", "+00" }, { "XST-5:30", "+05:30" }, { "XST3", "-03" } };
	char timestamp[CLOCK_TIMESTAMP_MAX];
	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		setenv("TZ", cases[i].zone, 1);
		tzset();
		clock_timestamp(timestamp);
		assert_int_equal(strlen(timestamp), 26 + strlen(cases[i].end));
		assert_string_equal(timestamp + 26, cases[i].end);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_does_not_fit_is_cut_and_said_so),
		cmocka_unit_test(test_an_exact_fit_is_not_a_cut),
		cmocka_unit_test(test_a_copied_line_has_no_white_space_but_single_blanks),
		cmocka_unit_test(test_a_copied_line_is_utf_8_whatever_it_was_made_of),
		cmocka_unit_test(test_a_decimal_has_its_sign_in_front_and_all_its_places),
		cmocka_unit_test(test_a_timestamp_looks_like_a_timestamptz),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
