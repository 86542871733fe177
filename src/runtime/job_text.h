/* SPDX-License-Identifier: PostgreSQL */
/* job_text.h - a job that is not finished, as lines of text for the state file. Pure.
 * The text may hold a password.
 */
#ifndef BDRMON_JOB_TEXT_H
#define BDRMON_JOB_TEXT_H

#include "bdrmon/executor.h"
#include "bdrmon/strbuf.h"

/* A job's text is at most so long: each byte of a value may need two. */
#define JOB_TEXT_MAX (2 * sizeof(struct job) + 512)

void job_write(struct strbuf *out, const struct kept_job *kept);

/* Read one job at *TEXT, and put *TEXT behind it. False: there is none, and *TEXT and
 * *KEPT are as they were. */
bool job_read(const char **text, struct kept_job *kept);

#endif
