/* SPDX-License-Identifier: PostgreSQL */
/* doorbell.h - wake a thread that sleeps in ppoll(): an eventfd. Ringing twice
 * before the sleeper looks counts once.
 */
#ifndef BDRMON_DOORBELL_H
#define BDRMON_DOORBELL_H

#include "bdrmon/error.h"

struct doorbell {
	int fd; /* readable while it rings */
};

enum status doorbell_open(struct doorbell *bell, struct error *err);
void doorbell_close(struct doorbell *bell);

/* Threads: any. Never blocks. */
void doorbell_ring(const struct doorbell *bell);

/* Silence the bell. Call it before looking at what it announces, not after. */
void doorbell_quiet(const struct doorbell *bell);

#endif
