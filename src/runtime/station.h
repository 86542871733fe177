/* SPDX-License-Identifier: PostgreSQL */
/* station.h - the place of a thread that is told what it must know by orders, and shows what it
 * knows in a cell of the board: a worker, a claimant, the thread of an arbiter.
 */
#ifndef BDRMON_RUNTIME_STATION_H
#define BDRMON_RUNTIME_STATION_H

#include "bdrmon/doorbell.h"
#include "bdrmon/instant.h"
#include "board.h"
#include "mailbox.h"

#include <pthread.h>

struct station {
	struct board *board;
	enum cell cell;
	const struct doorbell *stop; /* rings, and is never quieted, when all must end */
	struct mailbox orders;       /* with the memory of whose station it is */
	struct doorbell bell;        /* rings when there is a new order */
	pthread_t thread;
	bool runs;
};

/* Let it take orders like *ORDER, which is borrowed. The caller has set board, cell and stop,
 * and goes on with station_start(). */
#define STATION_OPEN(station, order, err) station_open((station), (order), sizeof *(order), (err))
enum status station_open(struct station *station, void *order, size_t size, struct error *err);

/* Start the thread; it is ended by ringing stop, then station_join() and station_close(). After
 * an error there is nothing to close. */
enum status station_start(struct station *station, const char *name, void *(*run)(void *),
			  void *argument, struct error *err);

/* True: it does not run, or has ended by DEADLINE. */
bool station_join(struct station *station, struct instant deadline);
void station_close(struct station *station);

#endif
