/* SPDX-License-Identifier: PostgreSQL */
/* The events that are still to be written. */
#include "../../../src/runtime/rows.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

static struct rows rows, read;

static void put(int64_t serial)
{
	struct row row = { .serial = serial,
			   .event = EVENT_BDR_RECOVERY,
			   .success = true,
			   .node_id = 2,
			   .tried = (int)(serial % 3) };
	COPY_TEXT(row.timestamp, "2026-11-25 10:00:00.000001+00");
	COPY_TEXT(row.details, "two\nlines with a \\");
	rows_put(&rows, &row);
}

static int begin(void **state)
{
	(void)state;
	memset(&rows, 0, sizeof rows);
	memset(&read, 0, sizeof read);
	return 0;
}

static void test_what_is_put_first_comes_first(void **state)
{
	(void)state;
	for (int i = 1; i <= 5; i++)
		put(i);
	rows_remove(&rows, 3);
	rows_remove(&rows, 1);
	rows_remove(&rows, 77);
	assert_int_equal(rows.count, 3);
	assert_int_equal(rows_at(&rows, 0)->serial, 2);
	assert_int_equal(rows_at(&rows, 1)->serial, 4);
	assert_int_equal(rows_at(&rows, 2)->serial, 5);
}

static void test_a_full_queue_loses_the_oldest_and_counts_it(void **state)
{
	(void)state;
	for (int i = 1; i <= ROWS_MAX + 3; i++)
		put(i);
	assert_int_equal(rows.count, ROWS_MAX);
	assert_int_equal(rows.lost, 3);
	assert_int_equal(rows_at(&rows, 0)->serial, 4);
	assert_int_equal(rows_at(&rows, ROWS_MAX - 1)->serial, ROWS_MAX + 3);
}

static void test_what_is_kept_is_read_as_it_was(void **state)
{
	static char text[ROWS_TEXT_MAX];
	struct strbuf out = STRBUF(text);
	const char *at = text;
	(void)state;
	for (int i = 1; i <= ROWS_MAX; i++)
		put(i);
	rows_write(&out, &rows);
	assert_false(out.cut);
	rows_read(&at, &read);
	assert_int_equal(*at, '\0');
	assert_int_equal(read.count, rows.count);
	for (unsigned i = 0; i < rows.count; i++)
		assert_memory_equal(rows_at(&read, i), rows_at(&rows, i), sizeof(struct row));
}

static void test_text_that_is_no_row_is_left_alone(void **state)
{
	const char *at = "row 1\ntried x\n", *text = at;
	(void)state;
	rows_read(&at, &read);
	assert_ptr_equal(at, text);
	assert_int_equal(read.count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_what_is_put_first_comes_first, begin),
		cmocka_unit_test_setup(test_a_full_queue_loses_the_oldest_and_counts_it, begin),
		cmocka_unit_test_setup(test_what_is_kept_is_read_as_it_was, begin),
		cmocka_unit_test_setup(test_text_that_is_no_row_is_left_alone, begin),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
