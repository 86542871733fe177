/* SPDX-License-Identifier: PostgreSQL */
#include "../../../src/runtime/retry.h"

#include "bdrmon/lookup.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void only_what_may_pass_by_itself_is_tried_again(void **state)
{
	static const struct {
		struct fate fate;
		enum sequel first, last; /* after the first attempt of two, and the last one */
	} cases[] = {
		{ { FATE_EXITED, 0 }, SEQUEL_DONE, SEQUEL_DONE },
		{ { FATE_EXITED, 1 }, SEQUEL_FAILED, SEQUEL_FAILED },
		{ { FATE_EXITED, 75 }, SEQUEL_RETRY, SEQUEL_FAILED },
		{ { FATE_EXITED, 127 }, SEQUEL_FAILED, SEQUEL_FAILED },
		{ { FATE_SIGNALED, SIGKILL }, SEQUEL_RETRY, SEQUEL_FAILED },
		{ { FATE_LATE, 0 }, SEQUEL_FAILED, SEQUEL_FAILED },
		{ { FATE_STUCK, 1 }, SEQUEL_FAILED, SEQUEL_FAILED },
		{ { FATE_NOT_STARTED, 11 }, SEQUEL_RETRY, SEQUEL_FAILED },
		{ { FATE_LOST, 0 }, SEQUEL_RETRY, SEQUEL_FAILED },
	};
	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(cases); i++) {
		assert_int_equal(retry_sequel(cases[i].fate, 1, 1), cases[i].first);
		assert_int_equal(retry_sequel(cases[i].fate, 2, 1), cases[i].last);
		assert_int_equal(retry_sequel(cases[i].fate, 1, 0), cases[i].last);
	}
}

static void the_pause_doubles_up_to_a_minute(void **state)
{
	static const int64_t pauses_ms[] = { 1000, 2000, 4000, 8000, 16000, 32000, 60000, 60000 };
	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(pauses_ms); i++)
		assert_int_equal(retry_pause_ms((int)i + 1), pauses_ms[i]);
	assert_int_equal(retry_pause_ms(100), 60000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_what_may_pass_by_itself_is_tried_again),
		cmocka_unit_test(the_pause_doubles_up_to_a_minute),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
