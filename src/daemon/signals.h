/* SPDX-License-Identifier: PostgreSQL */
/* signals.h - signals as something to poll: there are no handlers. */
#ifndef BDRMON_DAEMON_SIGNALS_H
#define BDRMON_DAEMON_SIGNALS_H

#include "bdrmon/error.h"

struct signals {
	int fd; /* readable when a signal waits; -1: not open */
};

/* Block all signals, for this thread and those it starts, but for those that say that
 * the program itself is broken. Errors: ERR_SYSTEM */
enum status signals_open(struct signals *signals, struct error *err);

/* The next signal that waits; 0 if there is none. */
int signals_take(const struct signals *signals);

void signals_close(struct signals *signals);

#endif
