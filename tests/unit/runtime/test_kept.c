/* SPDX-License-Identifier: PostgreSQL */
#include "../../../src/runtime/kept.h"

#include "bdrmon/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#define SECOND_US INT64_C(1000000)

static const int both[NODES] = { 1, 2 };

static void only_what_has_changed_is_told(void **state)
{
	struct kept kept = { 0 };
	struct memory memory = { 0 };
	(void)state;

	assert_true(kept_update(&kept, &memory, NEVER, both)); /* the IDs */
	assert_false(kept_update(&kept, &memory, NEVER, both));
	memory.node[0].seen_up = true;
	assert_true(kept_update(&kept, &memory, NEVER, both));
	assert_false(kept_update(&kept, &memory, NEVER, both));
	memory.node[1].failed = true;
	memory.node[1].failed_since = clock_now();
	assert_true(kept_update(&kept, &memory, NEVER, both));
	assert_false(kept_update(&kept, &memory, NEVER, both));
	memory.node[1].failed = false;
	assert_true(kept_update(&kept, &memory, NEVER, both));
	assert_int_equal(kept.node[1].failed_since_us, 0);
}

static void a_node_that_is_not_known_yet_is_left_out(void **state)
{
	const int one[NODES] = { 1, 0 };
	struct kept kept = { .node[1] = { .id = 2, .seen_up = true } };
	struct memory memory = { 0 };
	(void)state;

	kept_update(&kept, &memory, NEVER, one);
	assert_int_equal(kept.node[1].id, 2);
	assert_true(kept.node[1].seen_up);
}

static void a_moment_comes_back_at_the_same_distance(void **state)
{
	struct kept kept = { 0 };
	struct memory memory = { 0 };
	struct node_memory back = { 0 };
	struct instant hour_ago = instant_add_ms(clock_now(), -3600000);
	(void)state;

	memory.node[1] = (struct node_memory) { .failed = true, .failed_since = hour_ago };
	kept_update(&kept, &memory, NEVER, both);
	kept_restore(&kept, 1, &back);
	assert_false(back.failed);
	kept_restore(&kept, 3, &back);
	assert_false(back.failed);
	kept_restore(&kept, 2, &back);
	assert_true(back.failed);
	assert_true(llabs(us_between(hour_ago, back.failed_since)) < SECOND_US);
}

static void a_pause_comes_back(void **state)
{
	struct kept kept = { 0 };
	struct memory memory = { 0 };
	struct instant paused_until = NEVER;
	(void)state;

	kept_update(&kept, &memory, NEVER, both);
	assert_false(instant_is_set(kept_pause(&kept)));
	paused_until = FOR_EVER;
	assert_true(kept_update(&kept, &memory, paused_until, both));
	assert_false(kept_update(&kept, &memory, paused_until, both));
	assert_true(kept_pause(&kept).us == FOR_EVER.us);
	paused_until = instant_add_ms(clock_now(), 60000);
	assert_true(kept_update(&kept, &memory, paused_until, both));
	assert_false(kept_update(&kept, &memory, paused_until, both));
	assert_true(llabs(us_between(paused_until, kept_pause(&kept))) < SECOND_US);
	paused_until = NEVER;
	assert_true(kept_update(&kept, &memory, paused_until, both));
	assert_int_equal(kept.paused_until_us, 0);
}

static void the_text_comes_back_and_a_cut_one_does_not(void **state)
{
	char memory[KEPT_TEXT_MAX];
	struct strbuf text = STRBUF(memory);
	struct kept got, kept = {
		.node = { { INT32_MAX, true, false, INT64_MIN },
			  { INT32_MIN, false, true, INT64_MIN } },
		.paused_until_us = INT64_MAX,
	};
	const char *at = memory;
	(void)state;

	kept_write(&text, &kept);
	assert_false(text.cut);
	assert_true(kept_read(&at, &got));
	assert_string_equal(at, "");
	assert_memory_equal(&got, &kept, sizeof kept);
	for (size_t line = 0; line < 2; line++) {
		memory[text.length / 2 - line] = '\0';
		at = memory;
		assert_false(kept_read(&at, &got));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_what_has_changed_is_told),
		cmocka_unit_test(a_node_that_is_not_known_yet_is_left_out),
		cmocka_unit_test(a_moment_comes_back_at_the_same_distance),
		cmocka_unit_test(a_pause_comes_back),
		cmocka_unit_test(the_text_comes_back_and_a_cut_one_does_not),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
