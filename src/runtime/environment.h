/* SPDX-License-Identifier: PostgreSQL */
/* environment.h - what a command finds in its environment: bdrmon's own and the
 * BDRMON_ variables of its job. The values may hold a password: never log them.
 */
#ifndef BDRMON_ENVIRONMENT_H
#define BDRMON_ENVIRONMENT_H

#include "bdrmon/executor.h"

/* Gives one piece of memory, for free(); NULL if there is none. OURS is borrowed
 * as long as the result lives; BDRMON_ variables in it are left out. */
char **environment_build(char *const ours[], const struct job *job);

#endif
