/* SPDX-License-Identifier: PostgreSQL */
#include "bdrmon/probe_result.h"

#include "bdrmon/lookup.h"

#include <assert.h>
#include <string.h>

static const struct {
	const char *name;
	enum outcome_class class;
} outcomes[OUTCOMES] = {
	[OUTCOME_NONE] = { "unknown", CLASS_NOTHING },
	[OUTCOME_OK] = { "ok", CLASS_ALIVE },
	[OUTCOME_REFUSED] = { "refused", CLASS_FAILED },
	[OUTCOME_UNREACHABLE] = { "unreachable", CLASS_FAILED },
	[OUTCOME_TIMEOUT] = { "timeout", CLASS_FAILED },
	[OUTCOME_BROKEN] = { "broken", CLASS_FAILED },
	[OUTCOME_STARTING] = { "starting", CLASS_TRANSIENT },
	[OUTCOME_STOPPING] = { "stopping", CLASS_TRANSIENT },
	[OUTCOME_DENIED] = { "denied", CLASS_FAULT },
	[OUTCOME_TOO_MANY_CONNECTIONS] = { "too-many-connections", CLASS_FAULT },
	[OUTCOME_READ_ONLY] = { "read-only", CLASS_FAULT },
	[OUTCOME_NOT_BDR] = { "not-bdr", CLASS_FAULT },
};

_Static_assert(OUTCOMES <= 32, "an outcome_set has 32 bits");

static const char *const steps[STEPS] = {
	[STEP_NONE] = "start", [STEP_RESOLVE] = "resolve", [STEP_CONNECT] = "connect",
	[STEP_TLS] = "tls",    [STEP_LOGIN] = "login",     [STEP_QUERY] = "query",
};

const char *outcome_name(enum outcome outcome)
{
	assert(outcome < ARRAY_LEN(outcomes));
	return outcomes[outcome].name;
}

bool outcome_by_name(const char *name, enum outcome *outcome)
{
	for (unsigned i = 0; i < ARRAY_LEN(outcomes); i++) {
		if (strcmp(outcomes[i].name, name) == 0) {
			*outcome = (enum outcome)i;
			return true;
		}
	}
	return false;
}

enum outcome_class outcome_class(enum outcome outcome)
{
	assert(outcome < ARRAY_LEN(outcomes));
	return outcomes[outcome].class;
}

const char *step_name(enum step step)
{
	assert(step < ARRAY_LEN(steps));
	return steps[step];
}
