/* SPDX-License-Identifier: PostgreSQL */
/* clock.h - the clock, for the layers that may read it (not core). Threads: any. */
#ifndef BDRMON_CLOCK_H
#define BDRMON_CLOCK_H

#include "bdrmon/instant.h"

#include <stddef.h>
#include <time.h>

/* Now, on CLOCK_MONOTONIC: it does not step with the wall clock. */
struct instant clock_now(void);

/* Now by the wall clock, in microseconds since 1970: for what outlives this run, and
 * never to measure a duration. */
int64_t clock_wall_us(void);

/* US microseconds as the C library's calls want them. */
struct timespec clock_timespec(int64_t us);

/* The rest of the time until DEADLINE, as ppoll() wants it: zero when it has passed.
 * Gives NULL, which means "without end", for NEVER. REST is the caller's memory. */
struct timespec *clock_rest(struct instant deadline, struct timespec *rest);

/* Write WHEN in local time and repmgr's form "2017-07-27 21:09:23". */
#define CLOCK_STAMP_MAX 32
void clock_stamp(time_t when, char stamp[CLOCK_STAMP_MAX]);

/* Write the wall clock's time in the same form, with microseconds and time zone, "2017-07-27
 * 21:09:23.123456+02": what PostgreSQL prints for a timestamptz, and repmgr hands to %t. */
#define CLOCK_TIMESTAMP_MAX 64
void clock_timestamp(char timestamp[CLOCK_TIMESTAMP_MAX]);

#endif
