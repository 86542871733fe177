/* SPDX-License-Identifier: PostgreSQL */
/* proxy_lint.h - what would go wrong with a proxy when a node fails, found while all is well. To
 * look is one thing, to judge what was seen another; that is pure.
 */
#ifndef BDRMON_PROXY_LINT_H
#define BDRMON_PROXY_LINT_H

#include "bdrmon/proxy.h"

/* Settings of PgBouncer, as SHOW CONFIG has them. */
enum lint_setting {
	LINT_LOGIN_RETRY,      /* s */
	LINT_CONNECT_TIMEOUT,  /* s */
	LINT_TCP_USER_TIMEOUT, /* ms */
	LINT_QUERY_WAIT,       /* s */
	LINT_SETTINGS
};

const char *lint_setting_name(enum lint_setting setting); /* "tcp_user_timeout" */

/* A test query that is meant for one node. */
struct lint_test {
	char alias[NAME_TEXT_MAX]; /* empty: it was not asked */
	bool says;                 /* what came of it speaks of the node */
	enum outcome outcome;
	char reason[REASON_MAX];
};

/* What was seen. */
struct lint_facts {
	bool answers;                  /* the console does; if not, only the file was looked at */
	char reason[REASON_MAX];       /* why not */
	bool read_only;                /* its user is one of stats_users, not of admin_users */
	char host[TARGET_HOST_MAX];    /* where the console is; empty, or a directory: this host */
	double setting[LINT_SETTINGS]; /* negative: this PgBouncer has none of that name */
	unsigned route;                /* as what runs has it; NODES: neither node, or both */
	bool probes;                   /* what runs has both probe aliases */
	char odd[REASON_MAX];          /* why the route is neither */
	struct lint_test test[NODES];
	enum status file; /* OK: it was read; ERR_CONFIG: PgBouncer would refuse it */
	char file_reason[REASON_MAX];
	struct proxy_said said;
	/* On this host: the directory in which the file is replaced may not be written to, and why;
	 * empty: it may, or that is not known. */
	char closed[REASON_MAX];
};

/* Look at PROXY, which was opened and not used yet. Nothing is changed, neither there nor in its
 * file. It takes about eight times the deadline of one test at most, and needs nobody to stop it.
 * Threads: any. */
void proxy_lint_look(struct proxy *proxy, struct lint_facts *facts);

/* One thing that is wrong. An error: bdrmon cannot do its work with it. Else a warning: it can,
 * and applications wait longer than they must. */
struct lint_finding {
	bool error;
	char text[2 * REASON_MAX]; /* in PostgreSQL's style, without the proxy's name */
	char hint[ERROR_TEXT_MAX]; /* what to do, in sentences; empty: nothing that can be said */
};

#define LINT_FINDINGS_MAX 16

struct lint_report {
	unsigned count;
	struct lint_finding finding[LINT_FINDINGS_MAX];
};

/* Judge. NODE are the nodes' names. */
void proxy_lint(const struct proxy_setup *setup, const char *const node[NODES],
		const struct lint_facts *facts, struct lint_report *report);

/* The longest that applications wait for a node that says nothing any more, step by step, while
 * all others answer. Source: two-node rules, Scenarios, worst time of a route repair */
enum outage_step {
	OUTAGE_INTERVAL, /* until the next look at it */
	OUTAGE_TEST,     /* the test that is not answered */
	OUTAGE_ATTEMPTS, /* all further ones */
	OUTAGE_AGAIN,    /* the move tests both nodes once more, */
	OUTAGE_WRITE,    /* replaces the file, */
	OUTAGE_RELOAD,   /* has it loaded, and releases those that hang */
	OUTAGE_STEPS
};

const char *outage_step_text(enum outage_step step); /* for people */

/* Gives the sum. */
int64_t proxy_outage_ms(const struct proxy_setup *setup, int64_t step_ms[OUTAGE_STEPS]);

#endif
