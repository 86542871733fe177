/* SPDX-License-Identifier: PostgreSQL */
#include "bdrmon/explain.h"

#include <inttypes.h>

/* A majority without the failed node's host needs so many domains. */
#define DOMAINS_ENOUGH 3

static domain_set domains_about(const struct layout *layout, unsigned subject)
{
	domain_set set = domain_bit(layout->me) | domain_bit(layout->node[subject]);

	for (unsigned i = 0; i < layout->peers; i++)
		set |= domain_bit(layout->peer[i]);
	for (unsigned i = 0; i < layout->proxies; i++)
		set |= domain_bit(layout->proxy[i].domain);
	for (unsigned i = 0; i < layout->arbiters; i++)
		set |= domain_bit(layout->arbiter[i]);
	return set;
}

/* How many there are when one of the nodes fails, at least. */
static int count_domains(const struct layout *layout)
{
	int least = DOMAINS_MAX;

	for (unsigned i = 0; i < NODES; i++) {
		int count = __builtin_popcount(domains_about(layout, i));
		least = count < least ? count : least;
	}
	return least;
}

static int64_t larger(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

/* All attempts to reach a node that says nothing. */
static int64_t attempts_ms(const struct health_policy *health, int64_t timeout_ms)
{
	return timeout_ms +
	       (health->attempts - 1) * larger(health->attempt_interval_ms, timeout_ms);
}

/* A node that says nothing: until the probe that finds it so has ended, all attempts, the
 * question to the other node and under the claim both once more. */
static int64_t command_ms(const struct decide_policy *policy, const struct explain_times *times)
{
	int64_t timeout_ms = times->timeout_ms;
	int64_t claim_ms = policy->claims ? policy->lease_ms + timeout_ms : 0;

	return times->interval_ms + timeout_ms + attempts_ms(&policy->health, timeout_ms) +
	       timeout_ms + claim_ms;
}

/* The rest of a repair: console, file and RELOAD, and the decisions between them. */
#define REPAIR_REST_MS 1000

/* The same for one proxy: the test that finds its node silent, the attempts, and the test of the
 * new node. */
static int64_t repair_ms(const struct decide_policy *policy, const struct explain_times *times)
{
	int64_t timeout_ms = times->proxy_timeout_ms;

	return times->interval_ms + timeout_ms + attempts_ms(&policy->health, timeout_ms) +
	       timeout_ms + times->write_window_ms + REPAIR_REST_MS;
}

static void add_repair(const struct decide_policy *policy, const struct explain_times *times,
		       struct strbuf *out)
{
	int64_t ms = repair_ms(policy, times);

	if (policy->layout.proxies == 0)
		return;
	if (policy->keep_together)
		strbuf_add(out, "With keep_together a proxy that alone cannot use its node stays "
				"there.\n");
	else
		strbuf_printf(out,
			      "A proxy that cannot use its node, and can use the other one, is "
			      "moved within %" PRId64 ".%" PRId64 " s.\n",
			      ms / 1000, ms % 1000 / 100);
}

void explain_outlook(const struct decide_policy *policy, const struct explain_times *times,
		     struct strbuf *out)
{
	int64_t ms = command_ms(policy, times);
	int domains = count_domains(&policy->layout);

	strbuf_printf(out,
		      "From the silence of a node to the command it takes %" PRId64 ".%" PRId64
		      " s at most, while all others answer.\n",
		      ms / 1000, ms % 1000 / 100);
	add_repair(policy, times, out);
	if (domains < DOMAINS_ENOUGH)
		strbuf_printf(out,
			      "%s failure domain%s only: the death of a whole host cannot be "
			      "confirmed, and "
			      "is %s. A monitor on a third host, or an arbiter, is one more.\n",
			      domains == 1 ? "One" : "Two", domains == 1 ? "" : "s",
			      policy->act_without_majority ? "acted on all the same"
							   : "left to the operator");
	if (!policy->claims)
		strbuf_add(out,
			   "There is no claim: each monitor acts by itself. \"bdrmon register\" "
			   "creates what it needs.\n");
}
