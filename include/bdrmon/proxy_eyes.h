/* SPDX-License-Identifier: PostgreSQL */
/* proxy_eyes.h - what the answers to a proxy's tests add up to: its sights of both nodes, by the
 * same counting of attempts as for a node. Pure. (two-node rules, The sight matrix)
 */
#ifndef BDRMON_PROXY_EYES_H
#define BDRMON_PROXY_EYES_H

#include "bdrmon/view.h"

/* What is known of one proxy's tests besides its view. All zero at first. */
struct proxy_eyes {
	struct history history[NODES];
	struct probe_result last[NODES];
	/* How long a good answer to a new client takes, by the last ones; 0: not known. */
	int64_t good_ms[NODES];
	struct traffic traffic; /* through the applications' aliases, */
	unsigned traffic_node;  /* when they pointed to that node */
};

/* What they go by. */
struct proxy_eyes_policy {
	struct health_policy health;
	int64_t stale_ms;
};

/* Take the outcome of a test of NODE into EYES and VIEW. What says nothing of the node, a "no"
 * for a reason of the proxy's own for example, is not taken at all. */
void proxy_eyes_tested(struct proxy_eyes *eyes, struct proxy_view *view, unsigned node,
		       const struct probe_result *result, const struct proxy_eyes_policy *policy);

/* Take COUNT, which rises with each transaction that applications end, asked for at ASKED. True:
 * they work through the proxy, whatever the tests say. */
bool proxy_eyes_counted(struct proxy_eyes *eyes, struct proxy_view *view, struct instant asked,
			uint64_t count);

/* When to look again, after a look that began at BEGAN. A test that said nothing is not repeated
 * faster than the interval. */
struct instant proxy_eyes_next(const struct proxy_eyes *eyes, struct instant began,
			       int64_t interval_ms, const struct proxy_eyes_policy *policy);

#endif
