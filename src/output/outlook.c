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

/* A node that says nothing: until the probe that finds it so has ended, all attempts, the
 * question to the other node and under the claim both once more. */
static int64_t worst_ms(const struct decide_policy *policy, int64_t interval_ms, int64_t timeout_ms)
{
	const struct health_policy *health = &policy->health;
	int64_t attempts_ms =
		larger(health->attempts * timeout_ms,
		       (health->attempts - 1) * health->attempt_interval_ms + timeout_ms);
	int64_t claim_ms = policy->claims ? policy->lease_ms + timeout_ms : 0;

	return interval_ms + timeout_ms + attempts_ms + timeout_ms + claim_ms;
}

void explain_outlook(const struct decide_policy *policy, int64_t interval_ms, int64_t timeout_ms,
		     struct strbuf *out)
{
	int64_t ms = worst_ms(policy, interval_ms, timeout_ms);
	int domains = count_domains(&policy->layout);

	strbuf_printf(out,
		      "From the silence of a node to the command it takes %" PRId64 ".%" PRId64
		      " s at most, while all others answer.\n",
		      ms / 1000, ms % 1000 / 100);
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
