/* SPDX-License-Identifier: PostgreSQL */
/* probe_result.h - one question to a node and its answer. Pure. */
#ifndef BDRMON_PROBE_RESULT_H
#define BDRMON_PROBE_RESULT_H

#include "bdrmon/instant.h"
#include "bdrmon/limits.h"

enum outcome {
	OUTCOME_NONE, /* not asked yet */
	OUTCOME_OK,
	OUTCOME_REFUSED,     /* nobody listens */
	OUTCOME_UNREACHABLE, /* the network says that it cannot be reached */
	OUTCOME_TIMEOUT,     /* silence until the deadline */
	OUTCOME_BROKEN,      /* the session was cut, or the answer was no answer */
	OUTCOME_STARTING,
	OUTCOME_STOPPING,
	OUTCOME_DENIED,               /* login refused: password, role, database, pg_hba */
	OUTCOME_TOO_MANY_CONNECTIONS, /* the server runs and has no session left for us */
	OUTCOME_READ_ONLY,            /* it answers, and refuses to write */
	OUTCOME_NOT_BDR,              /* it answers, and is no node of this cluster */
	OUTCOMES
};

/* A set of outcomes, one bit each. */
typedef uint32_t outcome_set;

static inline outcome_set outcome_bit(enum outcome outcome)
{
	return (outcome_set)1 << outcome;
}

/* What an outcome says about the node. */
enum outcome_class {
	CLASS_NOTHING,   /* says nothing */
	CLASS_ALIVE,     /* it works */
	CLASS_FAULT,     /* it speaks, but not as it should: to be reported, not failed over */
	CLASS_TRANSIENT, /* it speaks and says "not now": counts towards down after restart_grace */
	CLASS_FAILED     /* counts towards down */
};

/* How far the probe got. */
enum step {
	STEP_NONE,
	STEP_RESOLVE, /* from the host's name to an address */
	STEP_CONNECT,
	STEP_TLS,
	STEP_LOGIN,
	STEP_QUERY,
	STEPS
};

struct probe_result {
	enum outcome outcome;
	enum step step;          /* where it ended; STEP_QUERY for OK */
	struct instant asked;    /* evidence is as old as its question */
	struct instant answered; /* or given up */
	bool fresh;              /* over a new connection */
	char reason[REASON_MAX]; /* for people, one line; empty for OK */
};

const char *outcome_name(enum outcome outcome); /* "refused" */

/* Find the outcome NAME; false, and *outcome untouched, if there is none. */
bool outcome_by_name(const char *name, enum outcome *outcome);

enum outcome_class outcome_class(enum outcome outcome);
const char *step_name(enum step step); /* "connect" */

#endif
