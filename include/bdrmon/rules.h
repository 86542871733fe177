/* SPDX-License-Identifier: PostgreSQL */
/* rules.h - the node rules: is a node to be treated as failed? One table, the first rule
 * that holds is the one. They are written once, for a subject and its other node, and
 * asked for each node. Pure. (two-node rules, Node rules)
 */
#ifndef BDRMON_RULES_H
#define BDRMON_RULES_H

#include "bdrmon/event.h"
#include "bdrmon/memory.h"
#include "bdrmon/votes.h"

/* Facts: one bit each, so that a rule can name several of them. */
enum fact_yes_no { NO = 1, YES = 2 };

enum fact_failed {
	FAILED_NO = 1,
	FAILED_OPEN = 2, /* a failure of the subject is recorded, and its command not done */
	FAILED_DONE = 4
};

enum fact_subject {
	SUBJECT_UNKNOWN = 1,
	SUBJECT_UP = 2,
	SUBJECT_FAULTY = 4, /* answers, but not as it should */
	SUBJECT_RECOVERING = 8,
	SUBJECT_SUSPECT = 16,
	SUBJECT_STARTING = 32, /* all attempts say that it is starting or stopping */
	SUBJECT_DOWN = 64
};

enum fact_other {
	OTHER_UP = 1,         /* asked after the subject's evidence: it can take over */
	OTHER_UP_BEFORE = 2,  /* up, but asked too early to say so now */
	OTHER_RECOVERING = 4, /* or up with a failure of its own still open */
	OTHER_DOWN = 8,
	OTHER_UNUSABLE = 16 /* unknown, suspect, or with a fault */
};

/* What all but me say of the two nodes together. */
enum fact_others {
	OTHERS_SILENT = 1,
	OTHERS_AGREE = 2, /* somebody has an opinion, and nobody sees a node up */
	OTHERS_SEE_UP = 4
};

/* By what right the subject may be failed over. */
enum fact_mandate {
	MANDATE_NONE = 1,
	MANDATE_ACT = 2,     /* on_no_quorum=act, where it reaches */
	MANDATE_MAJORITY = 4 /* of failure domains, or the operator's word */
};

/* Only members of type unsigned: a table's conditions are compared field by field. */
struct facts {
	unsigned awake;     /* YES: I was not stopped lately */
	unsigned paused;    /* YES: by the operator, or the subject is in maintenance */
	unsigned rival;     /* YES: a repmgrd acts already */
	unsigned crowded;   /* YES: there are more than two nodes */
	unsigned both_seen; /* YES: each node was seen up once */
	unsigned failed;
	unsigned subject;
	unsigned level;   /* YES: the subject replicates both ways and has caught up */
	unsigned overdue; /* YES: it has answered for bdr_recovery_timeout */
	unsigned other;
	unsigned others;
	unsigned awaited; /* YES: evidence that counts is older than it must be, and is renewed */
	unsigned vetoed;  /* YES: somebody sees the subject up, after my first failed probe */
	unsigned forced;  /* YES: the operator says that no veto counts */
	unsigned mandate;
	unsigned ours;     /* YES: a failure of the subject is this monitor's business */
	unsigned flapping; /* YES: too many failures within a short time */
};

enum verdict {
	VERDICT_HOLD, /* do nothing */
	VERDICT_ASK,  /* ask again what may be needed soon */
	VERDICT_WAIT, /* the same, and keep the claim meanwhile */
	VERDICT_FAILOVER,
	VERDICT_RECOVER, /* close the failure */
	VERDICTS
};

const char *verdict_name(enum verdict verdict); /* "failover" */

/* In a condition 0 means any. */
struct rule {
	const char *name; /* stable: stands in logs, events and tests */
	struct facts when;
	enum verdict then;
	bool alarm; /* an operator should hear of it */
	bool tells; /* an event, once until the node is well again: */
	enum event_kind event;
	const char *why;
};

const struct rule *rules_match(const struct facts *facts);
const struct rule *rules_table(unsigned *count);

/* Reduce MEMORY and VIEW to the facts about SUBJECT; VOTES are those about both nodes. */
struct facts view_facts(const struct memory *memory, const struct view *view,
			const struct votes votes[NODES], unsigned subject,
			const struct decide_policy *policy);

#endif
