/* SPDX-License-Identifier: PostgreSQL */
#include "board.h"

#include "rcu.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct posted {
	size_t size;
	max_align_t value[]; /* never changed after it was posted */
};

struct board {
	struct posted *cell[CELLS];
	const struct doorbell *bell[CELLS]; /* NULL: nobody waits for this cell */
};

enum status board_new(struct board **board, struct error *err)
{
	struct board *made = calloc(1, sizeof *made);
	if (made == NULL)
		return error_set(err, ERR_SYSTEM, "out of memory");
	*board = made;
	return OK;
}

void board_listen(struct board *board, enum cell cell, const struct doorbell *bell)
{
	assert(cell < CELLS);
	board->bell[cell] = bell;
}

void board_free(struct board *board)
{
	if (board == NULL)
		return;
	for (unsigned i = 0; i < CELLS; i++)
		free(board->cell[i]);
	free(board);
}

bool board_post(struct board *board, enum cell cell, const void *value, size_t size)
{
	assert(cell < CELLS);
	struct posted *posted = malloc(sizeof *posted + size);
	if (posted == NULL)
		return false;
	posted->size = size;
	memcpy(posted->value, value, size);
	struct posted *old = __atomic_exchange_n(&board->cell[cell], posted, __ATOMIC_ACQ_REL);
	if (board->bell[cell] != NULL)
		doorbell_ring(board->bell[cell]);
	if (old != NULL) {
		rcu_wait_for_readers();
		free(old);
	}
	return true;
}

bool board_read(struct board *board, enum cell cell, void *value, size_t size)
{
	assert(cell < CELLS);
	rcu_enter();
	const struct posted *posted = __atomic_load_n(&board->cell[cell], __ATOMIC_ACQUIRE);
	if (posted != NULL) {
		assert(posted->size == size);
		memcpy(value, posted->value, size);
	}
	rcu_leave();
	return posted != NULL;
}

void board_enter(void)
{
	urcu_memb_register_thread();
}

void board_leave(void)
{
	urcu_memb_unregister_thread();
}
