/* SPDX-License-Identifier: PostgreSQL */
/* descendants.h - what a command has started. A guard inherits each orphan among them,
 * so that in the end all of them are its children. */
#ifndef BDRMON_GUARD_DESCENDANTS_H
#define BDRMON_GUARD_DESCENDANTS_H

#include <sys/types.h>

/* Reap the guard's children that have ended, but not LEADER: so the number of its
 * process group cannot belong to anybody else. Gives one that lives on, 0 if there is
 * none. */
pid_t descendants_reap(pid_t leader);

/* Send SIGNAL to LEADER's process group and to all other children. */
void descendants_signal(pid_t leader, int signal);

#endif
