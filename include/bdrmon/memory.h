/* SPDX-License-Identifier: PostgreSQL */
/* memory.h - what decide() remembers from one call to the next. A monitor that starts
 * anew begins with zeroes, `seen_up' and `epoch' apart, which it keeps on disk. Pure.
 */
#ifndef BDRMON_MEMORY_H
#define BDRMON_MEMORY_H

#include "bdrmon/view.h"

/* A run of a command that somebody else has ordered, as it stands in a record. */
struct foreign_run {
	uint64_t epoch;
	unsigned run;
	int64_t until_ms;
	struct instant seen; /* for the first time, on my clock: its deadline counts from here */
};

/* What the decider remembers of one node. */
struct node_memory {
	bool seen_up;
	bool failed;                 /* a failure is open; only without the claim */
	struct instant failed_since; /* when its doubt began */
	unsigned reconnects;         /* that have been told */
	uint64_t epoch;              /* chosen under the claim that I hold; 0: none yet */
	uint64_t started;            /* the epoch of the command that I started last, */
	unsigned started_run;        /* and the number of its run */
	uint64_t recovered;          /* the epoch of the failure whose recovery has been told */
	uint32_t told;               /* the rules that have been told since the node was well */
	const struct rule *rule;     /* which held last time */
	const struct stage_rule *stage_rule;
	struct foreign_run run; /* of its failure's command */
};

struct proxy_memory {
	unsigned moves;                /* that have been told */
	struct instant obeyed;         /* the end of the operator's word that it has followed */
	const struct route_rule *rule; /* which held last time */
};

struct memory {
	struct node_memory node[NODES];
	struct proxy_memory proxy[PROXIES_MAX];
	struct instant again; /* when the last decision asked to be called again */
	struct instant late;  /* since when I am not to be trusted; never: I am */
	struct instant awake; /* since when I am again, after I was late; never: all the time */
	uint64_t epoch;       /* the highest that was ever seen */
};

/* Is a failure of NODE open, by what I remember, or by what the other node has recorded? RECORD is
 * by recorder. */
static inline bool failure_open(const struct memory *memory, const struct record record[NODES],
				unsigned node)
{
	return memory->node[node].failed || record_open(&record[other_node(node)]);
}

#endif
