/* SPDX-License-Identifier: PostgreSQL */
#include "bdrmon/rival.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void test_a_session_counts_when_it_is_older_than_any_commands(void **state)
{
	struct instant begin = { 1000 };
	struct rival rival = { .pid = 7, .since = begin }, none = { 0 };
	(void)state;
	assert_false(rival_is_daemon(&rival, begin));
	assert_false(rival_is_daemon(&rival, instant_add_ms(begin, RIVAL_AGE_MS - 1)));
	assert_true(rival_is_daemon(&rival, instant_add_ms(begin, RIVAL_AGE_MS)));
	assert_false(rival_is_daemon(&none, instant_add_ms(begin, RIVAL_AGE_MS)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_session_counts_when_it_is_older_than_any_commands),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
