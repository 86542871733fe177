/* SPDX-License-Identifier: PostgreSQL */
#include "bdrmon/harmless.h"

#include "bdrmon/lookup.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

static void test_what_could_steer_a_terminal_becomes_question_marks(void **state)
{
	static const struct {
		const char *raw, *harmless;
	} cases[] = {
		{ "a\tb", "a b" },
		{ "\x1b[31m\x07\x7f", "?[31m??" },
		{ "\xc3\xa4\xe2\x82\xac\xf0\x9f\x90\x98", "\xc3\xa4\xe2\x82\xac\xf0\x9f\x90\x98" },
		{ "\xc2\x9b"
		  "31m",
		  "??31m" }, /* CSI as one character */
		{ "\xc3(\xff\x80z", "?(??z" },
		{ "\xc0\xaf \xe0\x80\xaf \xed\xa0\x80", "?? ??? ???" }, /* no shortest form */
		{ "cut \xe2\x82", "cut ??" },
		{ "\xf4\x90\x80\x80", "????" },
	};
	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(cases); i++) {
		char text[64];
		strcpy(text, cases[i].raw);
		text_make_harmless(text, strlen(text));
		assert_string_equal(text, cases[i].harmless);
	}
}

static void test_a_text_of_several_lines_becomes_one(void **state)
{
	char text[] = "one\r\n[ERROR] two\n";
	(void)state;
	text_make_harmless(text, strlen(text));
	assert_string_equal(text, "one  [ERROR] two ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_could_steer_a_terminal_becomes_question_marks),
		cmocka_unit_test(test_a_text_of_several_lines_becomes_one),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
