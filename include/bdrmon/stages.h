/* SPDX-License-Identifier: PostgreSQL */
/* stages.h - from the verdict about a node to its failure's record: claim, look again,
 * record, command, done; take over what another monitor has begun; close after recovery.
 * One table, the first rule that holds is the one; each call gives one step, and the next
 * view shows what has come of it. Pure. (two-node rules, Acting)
 */
#ifndef BDRMON_STAGES_H
#define BDRMON_STAGES_H

#include "bdrmon/rules.h"

/* The verdict of the node rules under the claim is that of evidence younger than the claim:
 * this is how everything is looked at again. One bit for each enum verdict. */
enum fact_claim {
	CLAIM_NEEDLESS = 1, /* none is configured */
	CLAIM_FREE = 2,     /* I do not have it */
	CLAIM_MINE = 4
};

/* The record on the other node, one bit: */
enum fact_record {
	RECORD_NONE = 1, /* none that is open */
	RECORD_CLAIMED = 2,
	RECORD_COMMANDED = 4,
	RECORD_DONE = 8
};

/* At stage `commanded', the command: */
enum fact_run {
	RUN_IS_NONE = 1,     /* another stage */
	RUN_IS_READY = 2,    /* I wrote the stage under this claim, and have not started it */
	RUN_IS_MINE = 4,     /* I run it */
	RUN_IS_OVER = 8,     /* I have run it */
	RUN_IS_FOREIGN = 16, /* somebody else may be running it */
	RUN_IS_PAST = 32     /* it cannot be running any more, or was in vain */
};

/* Only members of type unsigned. */
struct stage_facts {
	unsigned verdict; /* 1 << enum verdict */
	unsigned claim;
	unsigned known; /* YES: the record was read under my claim */
	unsigned record;
	unsigned run;
	unsigned fresh; /* YES: `commanded' was sent less than half a lease ago */
	unsigned again; /* YES: the command may be run once more */
	/* YES: both nodes said under my claim, and since I wrote the record last, that the failed
	 * node is active */
	unsigned active;
};

enum deed {
	DEED_NOTHING,
	DEED_AT_ONCE,   /* without a claim: the event and its command */
	DEED_RECOVERED, /* without a claim: the event */
	DEED_CLAIM,     /* ask for the claim */
	DEED_KEEP,      /* keep the claim, and wait */
	DEED_RECORD,    /* begin a record, with a new epoch: stage `claimed' */
	DEED_COMMAND,   /* stage `commanded', for the next run */
	DEED_RENEW, /* write `commanded' again for the same run, which has another deadline then */
	DEED_RUN,   /* start the command */
	DEED_DONE,  /* stage `done' */
	DEED_ABANDON,  /* close the record: `abandoned' */
	DEED_ACTIVATE, /* set active=true on both nodes */
	DEED_CLOSE,    /* close the record, and tell the recovery */
	DEED_RELEASE   /* give the claim back */
};

/* In a condition 0 means any. */
struct stage_rule {
	const char *name; /* stable */
	struct stage_facts when;
	enum deed then;
	const char *why;
};

const struct stage_rule *stages_match(const struct stage_facts *facts);
const struct stage_rule *stages_table(unsigned *count);

/* So often is a command run at most, if it is not known to have ended. */
#define RUNS_MAX 3

struct stage_facts stage_facts(const struct memory *memory, const struct view *view,
			       enum verdict verdict, unsigned subject,
			       const struct decide_policy *policy);

#endif
