/* SPDX-License-Identifier: PostgreSQL */
/* board.h - what the threads show each other: cells, each with one writer for life,
 * published through RCU. Values are copied in and out, so that no RCU pointer leaves
 * board.c and no reader ever waits for a writer, however that one is stopped.
 */
#ifndef BDRMON_RUNTIME_BOARD_H
#define BDRMON_RUNTIME_BOARD_H

#include "bdrmon/doorbell.h"
#include "bdrmon/error.h"
#include "bdrmon/limits.h"

#include <stdbool.h>
#include <stddef.h>

enum cell {
	CELL_NODE_0,    /* struct worker_cell, by the worker of node 0 */
	CELL_NODE_1,    /* the same of node 1 */
	CELL_CLAIM_0,   /* struct claimant_cell, by the claimant on node 0 */
	CELL_CLAIM_1,   /* the same on node 1 */
	CELL_ARBITER_0, /* struct arbiter_cell, by the thread that speaks with that arbiter */
	CELL_ARBITER_1,
	CELL_ARBITER_2,
	CELL_PROXY_0, /* struct proxy_cell, by the thread of that proxy */
	CELL_PROXY_LAST = CELL_PROXY_0 + PROXIES_MAX - 1,
	CELL_DECIDER, /* struct decider_cell, by the decider */
	CELLS
};

struct board;

enum status board_new(struct board **board, struct error *err);

/* Ring BELL, which must outlive the board, at each post to CELL. Before the threads. */
void board_listen(struct board *board, enum cell cell, const struct doorbell *bell);

/* Free the board: no thread may use it any more. */
void board_free(struct board *board);

/* Show a copy of VALUE, SIZE bytes, which is the same for each post to one cell.
 * Blocks for the readers that are copying just now (microseconds). Returns false,
 * and the old value stays, when there is no memory. Threads: the cell's writer. */
bool board_post(struct board *board, enum cell cell, const void *value, size_t size);

/* Copy the value of CELL to VALUE; false if nothing was posted yet. Threads: between
 * board_enter() and board_leave(). */
bool board_read(struct board *board, enum cell cell, void *value, size_t size);

/* A thread that reads registers with RCU once, and unregisters before it ends. */
void board_enter(void);
void board_leave(void);

#endif
