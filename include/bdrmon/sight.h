/* SPDX-License-Identifier: PostgreSQL */
/* sight.h - what one vantage knows of one node: a cell of the sight matrix. Pure.
 *
 * Evidence is as old as its question, not as its answer. A sight that came from
 * another monitor is dated on this one's clock: when its question was asked there.
 * (two-node rules, The sight matrix)
 */
#ifndef BDRMON_SIGHT_H
#define BDRMON_SIGHT_H

#include "bdrmon/health.h"

struct sight {
	enum health health;
	struct instant asked; /* the question behind it; never: there is no evidence */
	/* A passive yes: applications worked on the node through a proxy at that moment;
	 * never: not known. A peer's sight tells so of the proxies that the peer reaches. It
	 * can veto and keeps a proxy where it is; it never consents. */
	struct instant used;
};

struct sight_policy {
	int64_t stale_ms;            /* older evidence is none */
	int64_t attempt_interval_ms; /* while a node is suspect questions may be so far apart */
};

/* The health as it counts at NOW: unknown if the evidence is too old. */
enum health sight_health(const struct sight *sight, struct instant now,
			 const struct sight_policy *policy);

/* When the node was last known to work, by a question or by a passive yes that is not
 * too old at NOW; never: it is not seen up. */
struct instant sight_up(const struct sight *sight, struct instant now,
			const struct sight_policy *policy);

/* Take NEWS into KNOWN. The answer to an older question never replaces that to a younger
 * one; of two that are equally old the one that sees the node up stays. */
void sight_take(struct sight *known, const struct sight *news);

/* What PgBouncer tells of the transactions that applications ended through one alias: something
 * that rises with each. */
struct traffic {
	struct instant since; /* when the count below was asked for; never: not counting */
	uint64_t count;
};

/* Two counts tell something only if they are so far apart. */
#define TRAFFIC_MS 500

/* Fold one more COUNT, asked for at ASKED, into TRAFFIC; SIGHT is the proxy's sight of the
 * node, of which `used' is set if the count has risen. Counting begins with the first
 * failed test: what ended before it says nothing of the time after it. */
void traffic_fold(struct traffic *traffic, struct instant asked, uint64_t count,
		  struct sight *sight);

#endif
