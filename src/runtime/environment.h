/* SPDX-License-Identifier: PostgreSQL */
/* environment.h - what a command finds in its environment: the BDRMON_ variables of
 * its job. The values may hold a password: never log them.
 */
#ifndef BDRMON_ENVIRONMENT_H
#define BDRMON_ENVIRONMENT_H

#include "bdrmon/executor.h"
#include "bdrmon/strbuf.h"

/* A job's texts, and room for the names and for the numbers. */
#define ENVIRONMENT_MAX (sizeof(struct job) + 1024)

/* Write the variables as texts "NAME=value", each with its NUL, for attempt number
 * ATTEMPT from 1 on. OUT has ENVIRONMENT_MAX bytes. */
void environment_write(struct strbuf *out, const struct job *job, int attempt);

#endif
