/* SPDX-License-Identifier: PostgreSQL */
/* wait.h - the one place of this folder where a thread sleeps. */
#ifndef BDRMON_PG_WAIT_H
#define BDRMON_PG_WAIT_H

#include "bdrmon/session.h"

/* Wait until FD is ready for EVENTS, as poll() names them.
 *
 * Errors:  ERR_TIMEOUT  also if FD is ready but the deadline has passed: a peer that
 *                       always has one more byte to say must not hold us for ever
 *          ERR_STOPPED  the stop descriptor is readable
 *          ERR_SYSTEM   errno says why
 */
enum status wait_for(int fd, short events, const struct pg_wait *wait);

/* Write what wait_for() gave, other than OK, to FAILURE, as having happened at STEP.
 * Gives the status that a caller outside of this folder should see. */
enum status wait_failed(enum status st, enum step step, struct pg_failure *failure);

#endif
