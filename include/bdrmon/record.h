/* SPDX-License-Identifier: PostgreSQL */
/* record.h - a failure as it is recorded: its stages, its epoch, and what reserves it at
 * an arbiter. Pure.
 *
 * A failure of node X is recorded on the other node, Y: with two nodes the recorder tells
 * who failed. Rows are written and closed only on the node in their key, so that two
 * sides of a partition never conflict. (two-node rules, Acting)
 *
 *   none -> claimed -> commanded -> done -> closed
 *              |            |         (recovered)
 *              +------------+--> abandoned (the failure was none after all)
 */
#ifndef BDRMON_RECORD_H
#define BDRMON_RECORD_H

#include "bdrmon/instant.h"
#include "bdrmon/limits.h"

enum stage {
	STAGE_NONE,
	STAGE_CLAIMED,   /* somebody holds the claim, and decided under it */
	STAGE_COMMANDED, /* the failed node's `active' is false; the command may be running */
	STAGE_DONE,      /* the command has ended */
	STAGE_ABANDONED, /* closed: it was no failure; `active' is true again */
	STAGE_CLOSED,    /* closed: the node has recovered */
	STAGES
};

const char *stage_name(enum stage stage); /* "commanded" */
bool stage_by_name(const char *name, enum stage *stage);

/* The node that records a failure of FAILED, and the one whose failure RECORDER records. */
static inline unsigned other_node(unsigned node)
{
	return NODES - 1 - node;
}

/* The latest failure that one node has recorded of the other one, as last read there. What
 * was read stays true while the node cannot be read: it does not age. */
struct record {
	/* When the question was asked, or the write that made it so was sent; never: not read
	 * yet. Under a claim it counts once it was read again: the claimant does so at once. */
	struct instant read;
	uint64_t epoch; /* 0: it has recorded none */
	enum stage stage;
	unsigned runs;      /* of the command that have been ordered, this one included */
	int64_t until_ms;   /* when a run has ended for certain, by the recorder's clock: each
			     * write of `commanded' has another one. Only compared with itself. */
	int64_t started_us; /* of the failed node's postmaster, as the claimant saw it last; 0: not
			     * known. Server's time, only compared with itself. */
	/* When the write that made it so was sent, if I sent it under the claim that I hold;
	 * never: it is somebody else's. */
	struct instant sent;
	/* Failures recorded here within max_failovers_within which nobody has acknowledged; an
	 * open one and abandoned ones apart. */
	unsigned recent;
};

bool record_open(const struct record *record);

/* What one cluster has reserved at an arbiter: the failure that it consents to. */
struct arbiter_key {
	unsigned recorder; /* NODES: neither of ours */
	uint64_t epoch;    /* 0: nothing is reserved */
};

static inline bool key_is(const struct arbiter_key *a, const struct arbiter_key *b)
{
	return a->epoch == b->epoch && a->recorder == b->recorder;
}

#endif
