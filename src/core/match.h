/* SPDX-License-Identifier: PostgreSQL */
/* match.h - does a condition hold? Facts and conditions are structs of unsigned members
 * only, a fact is one bit, a condition is a set of bits, and 0 means any. */
#ifndef BDRMON_CORE_MATCH_H
#define BDRMON_CORE_MATCH_H

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>

/* FACTS_HOLD(const struct x *when, const struct x *facts), for any such struct. */
#define FACTS_HOLD(when, facts)                                                                    \
	facts_hold((const unsigned *)(when), (const unsigned *)(facts),                            \
		   sizeof *(facts) / sizeof(unsigned))

static inline bool facts_hold(const unsigned *when, const unsigned *facts, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		assert(facts[i] != 0 && (facts[i] & (facts[i] - 1)) == 0); /* one bit */
		if (when[i] != 0 && (when[i] & facts[i]) == 0)
			return false;
	}
	return true;
}

#endif
