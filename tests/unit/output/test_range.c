/* SPDX-License-Identifier: PostgreSQL */
/* Thresholds of monitoring plugins, as their guidelines show them. */
#include "bdrmon/lookup.h"
#include "bdrmon/range.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

static void test_what_alerts(void **state)
{
	static const struct {
		const char *range;
		double quiet[3], alerts[3];
	} cases[] = {
		{ "10", { 0, 5, 10 }, { -1, 10.5, 1e9 } },
		{ "10:", { 10, 11, 1e9 }, { 9.9, 0, -1 } },
		{ "~:10", { -1e9, 0, 10 }, { 10.1, 11, 1e9 } },
		{ "10:20", { 10, 15, 20 }, { 9, 21, -1 } },
		{ "@10:20", { 9, 21, -1 }, { 10, 15, 20 } },
		{ "-5:-1.5", { -5, -2, -1.5 }, { -6, -1, 0 } },
		{ "0", { 0, 0, 0 }, { 1, 2, -1 } },
		{ ":3", { 0, 1, 3 }, { -1, 4, 5 } },
	};
	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(cases); i++) {
		struct range range;
		struct error err;
		assert_int_equal(range_parse(cases[i].range, &range, &err), OK);
		for (unsigned j = 0; j < 3; j++) {
			assert_false(range_alerts(&range, cases[i].quiet[j]));
			assert_true(range_alerts(&range, cases[i].alerts[j]));
		}
	}
}

static void test_what_is_no_range(void **state)
{
	static const char *const texts[] = {
		"",    "@",    "10x", "x",     "20:10", "1:2:3", "~",  "~10",  "1 ", " 1",
		"inf", "0x10", "nan", "1e999", "10:y",  "--1",   "1-", "@~:x", ":",  "5,6",
	};
	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(texts); i++) {
		struct range range = { 1, 2, true };
		struct error err;
		if (range_parse(texts[i], &range, &err) != ERR_CONFIG)
			fail_msg("\"%s\" was taken for a range", texts[i]);
		assert_true(range.start == 1 && range.end == 2 && range.inside);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_alerts),
		cmocka_unit_test(test_what_is_no_range),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
