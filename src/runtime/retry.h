/* SPDX-License-Identifier: PostgreSQL */
/* retry.h - whether a command that has ended is run again, and when. Pure. */
#ifndef BDRMON_RETRY_H
#define BDRMON_RETRY_H

#include "bdrmon/fate.h"

#include <stdbool.h>
#include <stdint.h>

/* The exit code by which a command asks to be run again: EX_TEMPFAIL of sysexits.h. */
#define RETRY_EXIT_CODE 75

/* The pause before attempt 2; it doubles from attempt to attempt, up to the bound. */
#define RETRY_FIRST_MS 1000
#define RETRY_MAX_MS   60000

enum sequel {
	SEQUEL_DONE,   /* it succeeded */
	SEQUEL_FAILED, /* and that is the end of it */
	SEQUEL_RETRY
};

/* What follows when attempt number ATTEMPT, from 1 on, had this FATE. Run again is a
 * command that asks for it, one that could not start, and one that was ended by a signal
 * that is not ours. Not: one whose deadline passed. */
enum sequel retry_sequel(struct fate fate, int attempt, int retries);

/* The same of a run that stands in a failure's record (record.h), which has runs of its own and
 * not attempts: also one whose deadline passed is run again, since it has not done what it
 * should have. Not: one that could not be ended, for it may still run. */
bool retry_run(struct fate fate);

int64_t retry_pause_ms(int attempt); /* after attempt number ATTEMPT */

#endif
