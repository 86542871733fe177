/* SPDX-License-Identifier: PostgreSQL */
/* output.h - a command's output on its way to bdrmon, up to a bound. What is over
 * the bound, or is not taken, is read all the same, counted and thrown away. */
#ifndef BDRMON_GUARD_OUTPUT_H
#define BDRMON_GUARD_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct output {
	int fd;       /* does not block; -1: all who could write are gone */
	int64_t room; /* bytes that may still be sent */
	int64_t dropped;
	bool deaf; /* bdrmon takes no more */
};

/* Read once; gives the number of bytes, 0 if there are none now. */
size_t output_read(struct output *output);

/* Read what is there now, and not what a process in the background may go on to
 * write. */
void output_read_rest(struct output *output);

#endif
