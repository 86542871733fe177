/* SPDX-License-Identifier: PostgreSQL */
/* decide.h - what to do: a pure function of memory, view and time.
 *
 * view_facts() reduces what is seen to a few facts, the rule table says what
 * follows from them, decide() turns that into actions and remembers. The rules
 * are the node rules of facts/two-node-rules.md, Node rules, as far as they speak
 * of one monitor without other vantages. They are written once, for a subject and
 * its other node, and asked for each node.
 */
#ifndef BDRMON_DECIDE_H
#define BDRMON_DECIDE_H

#include "bdrmon/event.h"
#include "bdrmon/health.h"

#include <stdbool.h>

/* What a worker knows of its node: its latest result and its history. */
struct observation {
	struct history history;
	struct probe_result last;
};

/* One immutable picture of all observations. */
struct view {
	struct instant made;
	bool rival; /* a repmgrd watches the same nodes */
	struct observation node[NODES];
};

struct decide_policy {
	struct health_policy health;
	int64_t stale_ms;
	int64_t tilt_ms;
	bool act_without_majority; /* on_no_quorum=act */
	bool only[NODES];          /* act on a failure of this node, and of no other; none: all */
};

/* Facts: one bit each, so that a rule can name several of them. */
enum fact_yes_no { NO = 1, YES = 2 };

enum fact_subject {
	SUBJECT_UNKNOWN = 1,
	SUBJECT_UP = 2,
	SUBJECT_FAULTY = 4, /* answers, but not as it should */
	SUBJECT_RECOVERING = 8,
	SUBJECT_SUSPECT = 16,
	SUBJECT_DOWN = 32
};

enum fact_other {
	OTHER_UP = 1,         /* asked after the subject's evidence: it can take over */
	OTHER_UP_BEFORE = 2,  /* up, but asked too early to say so now */
	OTHER_RECOVERING = 4, /* or up with a failure of its own still open */
	OTHER_DOWN = 8,
	OTHER_UNUSABLE = 16 /* unknown, suspect, or with a fault */
};

struct facts {
	unsigned awake;     /* YES: I was not stopped lately */
	unsigned paused;    /* YES: by the operator */
	unsigned rival;     /* YES: a repmgrd acts already */
	unsigned both_seen; /* YES: each node was seen up once */
	unsigned failed;    /* YES: a failure of the subject is open and done */
	unsigned subject;
	unsigned other;
	unsigned majority; /* YES: a majority of failure domains sees the subject down */
	unsigned may_act;  /* YES: on_no_quorum=act */
	unsigned ours;     /* YES: a failure of the subject is this monitor's business */
};

enum verdict {
	VERDICT_HOLD, /* do nothing */
	VERDICT_ASK,  /* ask the other node again, to know by the time of need */
	VERDICT_FAILOVER,
	VERDICT_RECOVER /* close the failure */
};

/* In a condition 0 means any. The first rule that holds is the one. */
struct rule {
	const char *name; /* stable: stands in logs, events and tests */
	struct facts when;
	enum verdict then;
	bool alarm; /* an operator should hear of it */
	const char *why;
};

const struct rule *rules_match(const struct facts *facts);
const struct rule *rules_table(unsigned *count);

/* What the decider remembers of one node. */
struct node_memory {
	bool seen_up;
	bool failed;                 /* a failure is open */
	struct instant failed_since; /* when its doubt began */
	unsigned reconnects;         /* that have been told */
	const struct rule *rule;     /* which held last time */
};

struct memory {
	struct node_memory node[NODES];
	struct instant again;        /* when the last decision asked to be called again */
	struct instant late;         /* since when I am not to be trusted; never: I am */
	struct instant paused_until; /* the operator's word; never: no pause */
};

struct action {
	enum event_kind event;
	unsigned node; /* the subject */
	const struct rule *rule;
	bool confirmed;   /* for a failover: by a majority */
	int64_t after_ms; /* how long the node was in doubt or failed */
};

#define ACTIONS_MAX (NODES * 2)

struct decision {
	struct action action[ACTIONS_MAX];
	unsigned actions;
	const struct rule *rule[NODES];
	const struct rule *would[NODES]; /* the rule that would hold without a pause */
	bool rule_changed[NODES];
	struct instant ask[NODES]; /* this node must be asked after that moment; never: no need */
	struct instant again;      /* call again then, even if nothing new is seen */
};

/* A pause that only the operator ends. */
#define FOR_EVER ((struct instant) { INT64_MAX })

/* The longest time between two decisions; lateness is noticed against it. */
#define DECIDE_AGAIN_MS 1000

/* The health of a node as it counts at VIEW's time: unknown if the observation is
 * too old to say. */
enum health view_health(const struct view *view, unsigned node, const struct decide_policy *policy);

struct facts view_facts(const struct memory *memory, const struct view *view, unsigned subject,
			const struct decide_policy *policy);

/* Decide. MEMORY is the decider's only state; it is updated as if each action was
 * done. */
void decide(struct memory *memory, const struct view *view, const struct decide_policy *policy,
	    struct decision *decision);

#endif
