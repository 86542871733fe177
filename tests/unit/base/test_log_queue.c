/* SPDX-License-Identifier: PostgreSQL */
#include "../../../src/base/log_queue.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static int new_queue(void **state)
{
	*state = calloc(1, sizeof(struct log_queue));
	return *state == NULL;
}

static int free_queue(void **state)
{
	free(*state);
	return 0;
}

/* Message NUMBER, of a length that differs from number to number. */
static bool put(struct log_queue *queue, unsigned number)
{
	struct log_message message;
	log_message_note(&message, LOG_LEVEL_INFO, "%u%*s", number, (int)(number % 997), "");
	return log_queue_put(queue, &message);
}

static bool take(struct log_queue *queue, unsigned *number, uint64_t *dropped)
{
	struct log_message message;
	if (!log_queue_take(queue, &message, dropped))
		return false;
	char *end;
	*number = (unsigned)strtoul(message.texts, &end, 10);
	assert_int_equal(strspn(end, " "), *number % 997);
	assert_int_equal(end[*number % 997], '\0');
	assert_string_equal(message.texts + message.start[LOG_PART_HINT], "");
	return true;
}

static void test_messages_come_out_whole_and_in_order_all_around_the_ring(void **state)
{
	struct log_queue *queue = *state;
	unsigned in = 0, out = 0, got = 0;
	uint64_t dropped;

	srand(1);
	while (in < 20000) {
		for (int i = rand() % 100; i > 0 && LOG_QUEUE_SIZE - queue->used > 2 * PIPE_BUF;
		     i--)
			assert_true(put(queue, in++));
		for (int i = rand() % 100; i > 0 && take(queue, &got, &dropped); i--) {
			assert_int_equal(got, out++);
			assert_int_equal(dropped, 0);
		}
	}
	while (take(queue, &got, &dropped))
		assert_int_equal(got, out++);
	assert_int_equal(out, in);
}

static void test_what_does_not_fit_is_counted_where_it_is_missing(void **state)
{
	struct log_queue *queue = *state;
	unsigned fitted = 0, got = 0;
	uint64_t dropped;

	while (put(queue, fitted))
		fitted++;
	assert_false(put(queue, fitted)); /* two did not fit */
	assert_true(take(queue, &got, &dropped) && take(queue, &got, &dropped));
	while (!put(queue, 7)) /* this one is longer than what was taken */
		assert_true(take(queue, &got, &dropped));
	for (unsigned next = got + 1; next < fitted; next++) {
		assert_true(take(queue, &got, &dropped));
		assert_int_equal(got, next);
		assert_int_equal(dropped, 0);
	}
	assert_true(take(queue, &got, &dropped));
	assert_int_equal(got, 7);
	assert_true(dropped >= 2);
}

static void test_an_empty_queue_still_tells_what_was_dropped(void **state)
{
	struct log_queue *queue = *state;
	unsigned fitted = 0, got;
	uint64_t dropped;

	while (put(queue, fitted))
		fitted++;
	for (unsigned i = 0; i < fitted; i++)
		assert_true(take(queue, &got, &dropped));
	assert_false(take(queue, &got, &dropped));
	assert_int_equal(dropped, 1);
	assert_false(take(queue, &got, &dropped));
	assert_int_equal(dropped, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			test_messages_come_out_whole_and_in_order_all_around_the_ring, new_queue,
			free_queue),
		cmocka_unit_test_setup_teardown(
			test_what_does_not_fit_is_counted_where_it_is_missing, new_queue,
			free_queue),
		cmocka_unit_test_setup_teardown(test_an_empty_queue_still_tells_what_was_dropped,
						new_queue, free_queue),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
