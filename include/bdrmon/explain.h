/* SPDX-License-Identifier: PostgreSQL */
/* explain.h - print why a decision is as it is: for each node the rule, what would follow
 * without a pause, the stage, the facts, and what each vantage and each domain says; for
 * each proxy the rule, its facts, and what it sees of both nodes. Pure.
 */
#ifndef BDRMON_EXPLAIN_H
#define BDRMON_EXPLAIN_H

#include "bdrmon/decide.h"
#include "bdrmon/strbuf.h"

/* What the numbers in a decision are called; all that it mentions must be set. */
struct explain_names {
	const char *me; /* this monitor */
	const char *node[NODES];
	const char *peer[PEERS_MAX];
	const char *proxy[PROXIES_MAX];
	const char *arbiter[ARBITERS_MAX];
	const char *domain[DOMAINS_MAX];
};

/* Long enough for both formats. */
#define EXPLAIN_TEXT_MAX 65536

/* Only monitors and proxies see a node; an arbiter and the node's own host consent by other
 * means. */
bool explain_has_eyes(const struct testimony *testimony);

/* The name of who gave TESTIMONY about SUBJECT. */
const char *explain_who(const struct testimony *testimony, unsigned subject,
			const struct explain_names *names);

/* What PROXY said of NODE; NULL: nothing, it does not see that node. */
const struct testimony *explain_sight(const struct decision *decision, unsigned proxy,
				      unsigned node);

/* For people. */
void explain_text(const struct decision *decision, const struct explain_names *names,
		  struct strbuf *out);

struct explain_times {
	int64_t interval_ms;      /* between probes, */
	int64_t timeout_ms;       /* which take so long at most */
	int64_t proxy_timeout_ms; /* the same of a test through a proxy */
	int64_t write_window_ms;  /* for the replacement of a proxy's file */
};

/* What the settings mean, for people: how long it takes at most from a failure to the command, and
 * until a proxy is moved; and what the site lacks for a failure to be confirmed. */
void explain_outlook(const struct decide_policy *policy, const struct explain_times *times,
		     struct strbuf *out);

/* One JSON document (RFC 8259). Ages are in milliseconds, null if there is no evidence. */
void explain_json(const struct decision *decision, const struct explain_names *names,
		  struct strbuf *out);

#endif
