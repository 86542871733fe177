/* SPDX-License-Identifier: PostgreSQL */
/* decide.h - what to do: a pure function of memory, view and time.
 *
 * votes_count() counts what all vantages say, view_facts() reduces it to a few facts, the
 * tables of node rules, stages and routes say what follows from them, decide() turns that
 * into orders and remembers.
 *
 * Orders are levels, not edges: they say how things should be, are repeated with each
 * decision until the view shows that it is so, and whoever carries them out looks whether
 * it is so already. Only the actions are told once.
 */
#ifndef BDRMON_DECIDE_H
#define BDRMON_DECIDE_H

#include "bdrmon/explanation.h"
#include "bdrmon/memory.h"
#include "bdrmon/move.h"
#include "bdrmon/routes.h"
#include "bdrmon/rules.h"
#include "bdrmon/stages.h"
#include "bdrmon/view.h"

/* An event, and what is to be done with it. */
struct action {
	enum event_kind event;
	unsigned node;    /* the subject; of a route: where the proxy points now */
	unsigned proxy;   /* of a route */
	const char *rule; /* the name of the rule that asked for it, */
	const char *why;  /* and what it means */
	bool confirmed;   /* for a failover: by a majority */
	int64_t after_ms; /* how long the node was in doubt or failed, or the move took */
	/* Of a failover under the claim: the run of its command, which must be reported as
	 * view's `run', and must have begun before that moment or not at all. 0, and never,
	 * without a claim. */
	uint64_t epoch;
	unsigned run;
	struct instant begin_before;
};

#define ACTIONS_MAX (NODES * 3 + PROXIES_MAX)

/* How the record on RECORDER should be. Write it over the very session that holds the claim
 * if it differs, or was sent before AFTER. The stages comprise more than the row:
 *
 *   commanded  active=false for the failed node on the recorder, in the same transaction, and
 *              a new deadline: now + command_ms + lease_ms by the recorder's clock
 *   abandoned  active=true for it
 */
struct record_order {
	bool wanted;
	unsigned recorder;
	uint64_t epoch;
	enum stage stage;
	unsigned runs;
	bool confirmed;     /* stage `claimed': by a majority, */
	int64_t started_us; /* and of the failed node's postmaster, as seen last */
	bool success;       /* stage `done': the command has ended well */
	struct instant after;
};

struct proxy_order {
	struct instant ask; /* test both nodes after that moment; never: no need */
	enum login_retry login_retry;
	bool pause; /* hold the clients of a node that is in doubt, or down, back (early_pause) */
	/* Begin only if no later look has ended than the one that it was decided by. */
	struct move_order move;
};

struct decision {
	struct action action[ACTIONS_MAX];
	unsigned actions;
	struct instant made; /* as the view */
	struct explanation node[NODES];
	unsigned proxies;
	struct route_explanation proxy[PROXIES_MAX];

	/* For the workers: */
	struct instant ask[NODES]; /* this node must be asked after that moment; never: no need */
	bool hurry;                /* read what the other monitors see each HURRY_MS */
	struct proxy_order order[PROXIES_MAX];

	/* For the claimant: */
	bool claim; /* have the claim for a failure of CLAIM_FAILED; else have none */
	unsigned claim_failed;
	struct record_order record;
	bool activate[NODES]; /* set active=true for this node on both nodes */
	bool acknowledge;     /* mark the failures recorded so far as acknowledged */

	/* For the arbiters: */
	struct arbiter_key reserve;               /* epoch 0: nothing */
	struct arbiter_key give_up[ARBITERS_MAX]; /* delete it if it is still this one */

	struct instant again; /* call again then, even if nothing new is seen */
};

/* The longest time between two decisions; lateness is noticed against it. */
#define DECIDE_AGAIN_MS 1000

/* While a node is in doubt the relay must not be the slowest step. */
#define HURRY_MS 20

/* While another monitor may have the claim, my own evidence is to be as young as that. */
#define STAND_BY_MS 50

/* Decide. MEMORY is the decider's only state; it is updated as if each action was
 * done. */
void decide(struct memory *memory, const struct view *view, const struct decide_policy *policy,
	    struct decision *decision);

#endif
