/* SPDX-License-Identifier: PostgreSQL */
/* told_probes.h - stories of one node's probes, and the health that each leads to. */
#ifndef TESTS_TOLD_PROBES_H
#define TESTS_TOLD_PROBES_H

#include "world.h"

struct probe_told {
	int64_t at; /* when it was asked; the answer comes a millisecond later */
	enum outcome outcome;
	enum health health; /* after it */
};

static const struct health_policy usual = {
	.attempts = 3,
	.attempt_interval_ms = 1000,
	.interval_ms = 1000,
	.restart_grace_ms = 30000,
	.recovery_hold_ms = 10000,
};

static inline struct probe_result result_of(const struct probe_told *told)
{
	return (struct probe_result) { .outcome = told->outcome,
				       .asked = at_ms(told->at),
				       .answered = at_ms(told->at + 1),
				       .step = STEP_LOGIN };
}

static inline void tell(struct history *h, const struct health_policy *policy,
			const struct probe_told *story, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		struct probe_result result = result_of(&story[i]);
		history_fold(h, &result, policy);
		assert_string_equal(health_name(h->health), health_name(story[i].health));
	}
}

#define TELL(history, policy, story) tell((history), (policy), (story), ARRAY_LEN(story))

#endif
