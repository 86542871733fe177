/* SPDX-License-Identifier: PostgreSQL */
/* look.h - from the cells of a board to what others may know of the cluster. */
#ifndef BDRMON_RUNTIME_LOOK_H
#define BDRMON_RUNTIME_LOOK_H

#include "bdrmon/cluster.h"
#include "board.h"

/* Fill SIGHT, which comes as zeroes, but for the executor's counters. Threads: as board_read(). */
void look(struct board *board, struct cluster_sight *sight);

#endif
