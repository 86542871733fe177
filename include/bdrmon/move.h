/* SPDX-License-Identifier: PostgreSQL */
/* move.h - moving one proxy, step by step. A pure machine: it says what is to be done next,
 * whoever drives it does that and tells the answer. (two-node rules, Acting)
 *
 * The file is replaced by compare-and-set, and only within a window of time after it was
 * read: a late or stale writer loses, whatever it believes.
 */
#ifndef BDRMON_MOVE_H
#define BDRMON_MOVE_H

#include "bdrmon/view.h"

enum move {
	MOVE_NONE,
	MOVE_AWAY,   /* to the other node, if that can be used and this one cannot */
	MOVE_FENCE,  /* to the other node, if that can be used; this one answers, after a restart */
	MOVE_SWITCH, /* to the other node, if that can be used: a planned switchover */
	MOVE_WRITE_BACK, /* what runs can be used: the file shall say so */
	MOVES
};

const char *move_name(enum move move); /* "away" */

struct move_order {
	enum move move;
	unsigned from;            /* where the proxy points */
	unsigned to;              /* where it shall point: what the file will say */
	uint64_t honoured[NODES]; /* by recorder: the failures that the new file heeds */
	struct proxy_file file;   /* as it was when this was decided */
	struct instant looked;    /* the look that it was decided by */
	const char *rule;         /* that asks for it */
	bool patient; /* I do not see the node that it leaves down myself: test a "no" twice */
};

struct move_policy {
	int64_t retest_ms; /* at least so long has the node that failed to answer once more */
	/* From the last look at the proxy, the read of the file or the check after the last chance
	 * of the node that failed, to the file's replacement. */
	int64_t write_window_ms;
	int64_t test_ms; /* deadline of a test query through an alias */
};

/* What is to be done next. */
enum move_step {
	/* A test query through the probe alias of the node that it goes to. It comes first: a
	 * node may answer slower than the window is wide. */
	MOVE_STEP_TEST_TO,
	/* A RELOAD turns clients away whose login it ends: see to it that none is under way. Not
	 * between the file and its RELOAD: who finds them apart meanwhile would undo it. */
	MOVE_STEP_CALM,
	/* The file, its host's monotonic clock, and SHOW STATS; and before the old node is tested,
	 * server_login_retry is made low, so that a "no" is not an old one. */
	MOVE_STEP_READ,
	MOVE_STEP_TEST_FROM, /* the same test of the node that it leaves */
	/* For who sees that node up himself, and is told "no": a while, and the test once more. A
	 * "no" may be the late end of a login that had hung before, and is said for
	 * server_login_retry. A hang is of now. */
	MOVE_STEP_WAIT,
	MOVE_STEP_TEST_AGAIN,
	/* SHOW STATS again: does the console still answer, and has no transaction ended through
	 * the applications' alias since the file was read? */
	MOVE_STEP_CHECK,
	MOVE_STEP_WRITE, /* replace the file by compare-and-set */
	MOVE_STEP_RELOAD,
	MOVE_STEP_SHOW,  /* SHOW DATABASES, and the file again */
	MOVE_STEP_PROVE, /* a test query through the applications' alias */
	MOVE_STEP_END,   /* nothing: see `end' */
	MOVE_STEPS
};

const char *move_step_name(enum move_step step); /* "write" */

/* How it ended. */
enum move_end {
	MOVE_RUNS,       /* not yet */
	MOVE_DONE,       /* with proof */
	MOVE_CHANGED,    /* the file is another one by now: look again */
	MOVE_USABLE,     /* the proxy can use the node that it should leave */
	MOVE_NO_TARGET,  /* it cannot use the one that it should go to */
	MOVE_LATE,       /* a step came too late after the file was read */
	MOVE_SUPERSEDED, /* somebody else has moved it meanwhile: no error */
	MOVE_FAILED,     /* a step could not be done */
	MOVE_UNPROVEN,   /* loaded, but nothing has shown yet that it leads to the node */
	MOVE_ENDS
};

const char *move_end_name(enum move_end end); /* "superseded" */

struct move_progress {
	struct move_order order;
	enum move_step step;
	enum move_end end;
	int64_t good_ms;
	struct instant begun;
	struct instant looked;      /* when the read of the file, or the check after it, began */
	struct proxy_file old, new; /* the file as read, and as it is to be written */
	uint64_t count;             /* of transactions, as read with it */
	int64_t host_until_us;      /* the write must land before, on the host's clock */
};

/* The answer to a step. */
struct move_answer {
	bool done;              /* false: it failed, or there was no answer in time */
	bool works;             /* TEST_*, PROVE: the query went through to the right server; */
	bool silent;            /* there was no answer of any kind */
	bool won;               /* WRITE: the file was still the old one, and is replaced; */
	bool late;              /* it is not, since the window was over */
	struct proxy_file file; /* READ, SHOW */
	int64_t host_us;        /* READ: the host's monotonic clock */
	/* READ: the console was asked, too, and traffic_fold() found a passive yes for the node
	 * that it leaves: it is slow, but applications work through it. */
	bool used;
	uint64_t count; /* READ, CHECK: the transactions that applications have ended */
	unsigned route; /* SHOW */
};

/* Begin at NOW. GOOD_MS: how long the last good answer through the proxy from the node that it
 * leaves took, 0 if not known. */
void move_begin(struct move_progress *move, const struct move_order *order, int64_t good_ms,
		struct instant now);

/* The time that the present step has, from its begin. */
int64_t move_step_ms(const struct move_progress *move, const struct move_policy *policy);

/* Take the answer to the present step, at NOW; the next one is in move->step. */
void move_answer(struct move_progress *move, const struct move_answer *answer, struct instant now,
		 const struct move_policy *policy);

/* For so long after its last look before the write may a mover still send RELOAD, so for so
 * long is a file that names another node than what runs nobody else's. */
int64_t move_reload_ms(int64_t write_window_ms);

/* So long does step WAIT last: longer than server_login_retry as READ has set it. */
#define MOVE_WAIT_MS 250

/* How long to look again before a next move begins, after one that ended so. Orders are
 * levels: without a pause one that cannot be carried out would be tried all the time, and
 * leave no time for the look that ends it. */
int64_t move_pause_ms(enum move_end end);
#define MOVE_PAUSE_MS 200

/* The compare-and-set on the proxy's host: may NEW replace the file ON_DISK, when OLD was
 * read? SAME: byte for byte the same. HOST_US is the host's monotonic clock. */
bool move_may_replace(const struct proxy_file *on_disk, bool same, const struct proxy_file *new,
		      int64_t host_us, int64_t until_us);

#endif
