/* SPDX-License-Identifier: PostgreSQL */
#include "../../../src/runtime/board.h"
#include "bdrmon/thread.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <poll.h>

#define POSTS  20000
#define FIELDS 64

struct picture {
	uint64_t field[FIELDS]; /* all alike */
};

struct writer {
	struct board *board;
	enum cell cell;
	pthread_t thread;
};

static void *post_many(void *argument)
{
	struct writer *writer = argument;
	for (uint64_t n = 1; n <= POSTS; n++) {
		struct picture picture;
		for (unsigned i = 0; i < FIELDS; i++)
			picture.field[i] = n;
		assert_true(board_post(writer->board, writer->cell, &picture, sizeof picture));
	}
	return NULL;
}

static void test_a_reader_never_sees_half_a_picture_nor_an_older_one(void **state)
{
	struct doorbell bell;
	struct error err;
	struct writer writer[CELLS];
	uint64_t seen[CELLS] = { 0 };
	(void)state;

	assert_int_equal(doorbell_open(&bell, &err), OK);
	struct board *board = NULL;
	assert_int_equal(board_new(&board, &err), OK);
	for (unsigned c = 0; c < CELLS; c++) {
		board_listen(board, c, &bell);
		writer[c] = (struct writer) { .board = board, .cell = c };
		assert_int_equal(
			thread_start(&writer[c].thread, "writer", post_many, &writer[c], &err), OK);
	}
	board_enter();
	while (seen[0] < POSTS || seen[1] < POSTS) {
		for (unsigned c = 0; c < CELLS; c++) {
			struct picture picture;
			if (!board_read(board, c, &picture, sizeof picture))
				continue;
			for (unsigned i = 1; i < FIELDS; i++)
				assert_int_equal(picture.field[i], picture.field[0]);
			assert_true(picture.field[0] >= seen[c]);
			seen[c] = picture.field[0];
		}
	}
	board_leave();
	for (unsigned c = 0; c < CELLS; c++)
		pthread_join(writer[c].thread, NULL);
	board_free(board);
	doorbell_close(&bell);
}

static void test_a_post_rings_and_an_empty_cell_says_so(void **state)
{
	struct doorbell bell;
	struct error err;
	struct board *board = NULL;
	int value = 7, read = 0;
	(void)state;

	assert_int_equal(doorbell_open(&bell, &err), OK);
	assert_int_equal(board_new(&board, &err), OK);
	board_listen(board, CELL_NODE_1, &bell);
	board_enter();
	assert_false(board_read(board, CELL_NODE_1, &read, sizeof read));
	assert_true(board_post(board, CELL_NODE_1, &value, sizeof value));
	struct pollfd fd = { .fd = bell.fd, .events = POLLIN };
	assert_int_equal(poll(&fd, 1, 0), 1);
	assert_true(board_read(board, CELL_NODE_1, &read, sizeof read));
	assert_int_equal(read, 7);
	assert_false(board_read(board, CELL_NODE_0, &read, sizeof read));
	board_leave();
	board_free(board);
	doorbell_close(&bell);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_reader_never_sees_half_a_picture_nor_an_older_one),
		cmocka_unit_test(test_a_post_rings_and_an_empty_cell_says_so),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
