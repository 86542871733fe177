/* SPDX-License-Identifier: PostgreSQL */
/* routes.h - the route rules: where should a proxy point? One table, asked for each proxy.
 * X is the node that it points to as SHOW DATABASES says, Y the other one. The evidence
 * is the proxy's own, no claim and no majority is needed: a proxy is never moved off a
 * node that it can use. Pure. (two-node rules, Route rules)
 */
#ifndef BDRMON_ROUTES_H
#define BDRMON_ROUTES_H

#include "bdrmon/move.h"
#include "bdrmon/rules.h"

/* How the proxy sees X. */
enum fact_route_x {
	X_UP = 1,
	X_DOWN = 2,
	X_UNSURE = 4 /* suspect or unknown */
};

/* And Y. */
enum fact_route_y {
	Y_UP = 1,
	Y_UNFIT = 2, /* up, but its failure is open, or it is recovering */
	Y_NOT = 4
};

/* Only members of type unsigned. */
struct route_facts {
	unsigned known; /* YES: where the proxy points */
	/* YES: the file names Y, and who has written that may still be about to RELOAD */
	unsigned loading;
	/* YES: I am awake, and the operator wants it on Y, which is fit or he insists */
	unsigned ordered;
	unsigned on; /* YES: I am awake, not paused, and the proxy is not in maintenance */
	/* YES: a failure of X is done, which the proxy has not heeded, Y has none, and the
	 * proxy sees X down, or X has restarted since */
	unsigned fenced;
	unsigned differs; /* YES: the file names Y */
	unsigned home;    /* YES: Y is the proxy's home, nothing is open, and failback is on */
	unsigned together;
	unsigned x;
	unsigned y;
};

/* In a condition 0 means any. The first rule that holds is the one. */
struct route_rule {
	const char *name; /* stable */
	struct route_facts when;
	enum move then;
	bool alarm;
	const char *why;
};

const struct route_rule *routes_match(const struct route_facts *facts);
const struct route_rule *routes_table(unsigned *count);

struct route_facts route_facts(const struct memory *memory, const struct view *view, unsigned proxy,
			       const struct decide_policy *policy);

/* server_login_retry, as it should be in a proxy. */
enum login_retry {
	LOGIN_RETRY_KEEP, /* as it is: nothing may be done, or nothing is known */
	LOGIN_RETRY_OWN,  /* what it was before anybody of us touched it */
	LOGIN_RETRY_LOW /* so low that a new login is tried at once, and a dead node not flooded */
};

enum login_retry route_login_retry(const struct route_facts *facts, const struct view *view,
				   unsigned proxy, const struct decide_policy *policy);

#endif
