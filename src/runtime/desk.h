/* SPDX-License-Identifier: PostgreSQL */
/* desk.h - what the decider has before it. For decider.c; gather.c, which makes the view of
 * what all others have posted; and carry.c, which tells them what was decided. */
#ifndef BDRMON_RUNTIME_DESK_H
#define BDRMON_RUNTIME_DESK_H

#include "claimant.h"
#include "decider.h"
#include "places.h"
#include "scribe.h"

/* The decider's own state. */
struct desk {
	struct decider *decider;
	struct settings settings; /* in force; its orders are those that the workers have */
	struct settings reloaded; /* those that come next */
	uint64_t settings_seen, operator_seen;
	struct operator_word operator_word;
	struct memory memory;
	struct instant started;
	struct instant reminder; /* when to log next what is missing */

	/* What the others have posted: */
	struct worker_cell cell[NODES];
	struct claimant_cell claim[NODES];
	struct arbiter_cell arbiter[ARBITERS_MAX];
	struct proxy_cell proxy[PROXIES_MAX];
	struct record record[NODES]; /* by recorder; put together of both */
	struct places places;
	unsigned generation; /* of the peers' names */
	bool heard;          /* one of the peers was */
	struct instant heard_at[PEERS_MAX];
	struct peer_view peer[PEERS_MAX];
	bool settings_differ[PEERS_MAX]; /* a peer's shared settings; told once */

	/* What they were told last: */
	struct claimant_order claimant[NODES];
	unsigned arbiters; /* so many of them have been told something */
	unsigned proxies;  /* the same */
	struct scribe_order written;
	struct instant activated;   /* when a node was to be written active last */
	struct row recorded[NODES]; /* what is told with the record of that node's failure, next */
};

/* Make the view. */
void gather(struct desk *desk, struct view *view);

/* Tell all others what was decided. */
void carry_out(struct desk *desk, const struct view *view, const struct decision *decision);

/* Tell the worker of NODE its order. */
void carry_order(struct desk *desk, unsigned node);

#endif
