/* SPDX-License-Identifier: PostgreSQL */
#include "../../../src/base/log_repeat.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define AT_MS(ms) ((struct instant) { 1000 + 1000 * (int64_t)(ms) })

static struct log_message message(const char *text)
{
	struct log_message made;
	log_message_note(&made, LOG_LEVEL_ERROR, "%s", text);
	return made;
}

static void test_a_repetition_is_counted_until_the_window_is_over(void **state)
{
	struct log_repeat repeat = { .count = 0 };
	struct log_message a = message("a"), note;
	(void)state;
	assert_false(log_repeat_count(&repeat, &a, AT_MS(0)));
	log_repeat_begin(&repeat, &a, AT_MS(0));
	assert_false(instant_is_set(log_repeat_due(&repeat)));
	assert_true(log_repeat_count(&repeat, &a, AT_MS(1)));
	assert_true(log_repeat_count(&repeat, &a, AT_MS(LOG_REPEAT_WINDOW_MS - 1)));
	assert_int_equal(log_repeat_due(&repeat).us, AT_MS(LOG_REPEAT_WINDOW_MS).us);
	assert_false(log_repeat_count(&repeat, &a, AT_MS(LOG_REPEAT_WINDOW_MS)));
	assert_true(log_repeat_end(&repeat, &note));
	assert_string_equal(note.texts, "last message repeated 2 times");
	assert_int_equal(note.level, LOG_LEVEL_ERROR);
}

static void test_once_is_not_times(void **state)
{
	struct log_repeat repeat = { .count = 0 };
	struct log_message a = message("a"), note;
	(void)state;
	log_repeat_begin(&repeat, &a, AT_MS(0));
	assert_true(log_repeat_count(&repeat, &a, AT_MS(1)));
	assert_true(log_repeat_end(&repeat, &note));
	assert_string_equal(note.texts, "last message repeated 1 time");
}

static void test_what_differs_in_anything_is_no_repetition(void **state)
{
	struct log_repeat repeat = { .count = 0 };
	struct log_message a = message("attempt 1 of 6"), b = message("attempt 2 of 6"), note;
	struct log_message milder = a;
	(void)state;
	milder.level = LOG_LEVEL_WARNING;
	log_repeat_begin(&repeat, &a, AT_MS(0));
	assert_false(log_repeat_count(&repeat, &b, AT_MS(1)));
	assert_false(log_repeat_count(&repeat, &milder, AT_MS(1)));
	assert_false(log_repeat_end(&repeat, &note));
}

static void test_after_the_end_nothing_is_a_repetition(void **state)
{
	struct log_repeat repeat = { .count = 0 };
	struct log_message a = message("a"), note;
	(void)state;
	log_repeat_begin(&repeat, &a, AT_MS(0));
	assert_false(log_repeat_end(&repeat, &note));
	assert_false(log_repeat_count(&repeat, &a, AT_MS(1)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_repetition_is_counted_until_the_window_is_over),
		cmocka_unit_test(test_once_is_not_times),
		cmocka_unit_test(test_what_differs_in_anything_is_no_repetition),
		cmocka_unit_test(test_after_the_end_nothing_is_a_repetition),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
