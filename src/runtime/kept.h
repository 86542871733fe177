/* SPDX-License-Identifier: PostgreSQL */
/* kept.h - what the decider must remember over a restart. Moments are by the wall
 * clock here, in microseconds since 1970: the monotonic clock does not outlive the host.
 */
#ifndef BDRMON_KEPT_H
#define BDRMON_KEPT_H

#include "bdrmon/decide.h"
#include "bdrmon/strbuf.h"

struct kept_node {
	int id; /* 0: not known */
	bool seen_up;
	bool failed;
	int64_t failed_since_us;
};

struct kept {
	struct kept_node node[NODES];
	uint64_t epoch;          /* the highest that was ever seen */
	int64_t paused_until_us; /* 0: not paused; INT64_MAX: until someone ends it */
};

/* Take from MEMORY and the operator's word what has changed; the nodes have these IDs, 0:
 * not known yet. True: something has. */
bool kept_update(struct kept *kept, const struct memory *memory, struct instant paused_until,
		 const int id[NODES]);

/* Give back what is kept of node ID, if anything is. */
void kept_restore(const struct kept *kept, int id, struct node_memory *memory);

/* Until when the operator paused the monitor, as operator_word.paused_until has it. */
struct instant kept_pause(const struct kept *kept);

/* As lines of text. kept_read() puts *TEXT behind them; false: there are none, and
 * *TEXT and *KEPT are as they were. */
#define KEPT_TEXT_MAX 512
void kept_write(struct strbuf *out, const struct kept *kept);
bool kept_read(const char **text, struct kept *kept);

#endif
