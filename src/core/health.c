/* SPDX-License-Identifier: PostgreSQL */
#include "bdrmon/health.h"

#include "bdrmon/lookup.h"

#include <assert.h>

static const char *const names[HEALTHS] = {
	[HEALTH_UNKNOWN] = "unknown",       [HEALTH_UP] = "up",
	[HEALTH_SUSPECT] = "suspect",       [HEALTH_DOWN] = "down",
	[HEALTH_RECOVERING] = "recovering",
};

const char *health_name(enum health health)
{
	assert(health < ARRAY_LEN(names));
	return names[health];
}

static void enter(struct history *h, enum health health, struct instant now)
{
	if (h->health == health)
		return;
	h->health = health;
	h->since = now;
}

void history_doubt(struct history *h, struct instant now, bool by_server)
{
	if (h->health == HEALTH_SUSPECT || h->health == HEALTH_DOWN) {
		/* No new doubt, but evidence for this one, if a refusal follows. */
		h->ended_by_server |= by_server;
		h->refused = false;
		return;
	}
	enter(h, HEALTH_SUSPECT, now);
	h->doubt_since = now;
	h->first_attempt = NEVER;
	h->tries = h->attempts = 0;
	h->evidence = now;
	h->ended_by_server = by_server;
	h->refused = false;
	h->ok_since = NEVER;
}

bool history_conclusive(const struct history *h)
{
	return h->ended_by_server && h->refused;
}

static void fold_answer(struct history *h, const struct probe_result *result,
			const struct health_policy *policy)
{
	struct instant now = result->answered;

	if (h->health == HEALTH_SUSPECT && h->tries > 0) {
		h->reconnects++;
		h->reconnect_ms = ms_between(h->doubt_since, now);
	}
	if (h->health == HEALTH_DOWN)
		h->returning = true;
	if (!instant_is_set(h->ok_since))
		h->ok_since = now;
	if (ms_between(h->ok_since, now) >= policy->recovery_hold_ms)
		h->returning = false;
	h->ended_by_server = h->refused = false;
	enter(h, h->returning ? HEALTH_RECOVERING : HEALTH_UP, now);
}

/* What the result says about the node where this policy counts. */
static enum outcome_class class_of(const struct probe_result *result,
				   const struct health_policy *policy)
{
	if ((policy->act_on & outcome_bit(result->outcome)) != 0)
		return CLASS_FAILED;
	return outcome_class(result->outcome);
}

/* Does this attempt, the latest one, make the node down? */
static bool enough(const struct history *h, const struct probe_result *result,
		   const struct health_policy *policy)
{
	if (class_of(result, policy) == CLASS_FAILED)
		return h->attempts >= policy->attempts || (policy->fast && history_conclusive(h));
	return h->tries >= policy->attempts &&
	       ms_between(h->doubt_since, result->answered) >= policy->restart_grace_ms;
}

/* From the end of the session on the refusals must follow one another: where silence came in
 * between, a firewall may be what refuses now. */
static void note_refusal(struct history *h, const struct probe_result *result)
{
	h->refused = result->outcome == OUTCOME_REFUSED;
	if (!h->refused && outcome_class(result->outcome) == CLASS_FAILED)
		h->ended_by_server = false;
}

static void fold_attempt(struct history *h, const struct probe_result *result,
			 const struct health_policy *policy)
{
	if (!instant_is_set(h->first_attempt))
		h->first_attempt = result->asked;
	h->tries++;
	h->attempts += class_of(result, policy) == CLASS_FAILED;
	h->evidence = result->asked;
	note_refusal(h, result);
	if (enough(h, result, policy))
		enter(h, HEALTH_DOWN, result->answered);
}

/* The server ended the session while it was answering a query on it. */
static bool cut_by_server(const struct probe_result *result)
{
	return result->step == STEP_QUERY && result->outcome == OUTCOME_STOPPING;
}

void history_fold(struct history *h, const struct probe_result *result,
		  const struct health_policy *policy)
{
	switch (class_of(result, policy)) {
	case CLASS_ALIVE:
	case CLASS_FAULT:
		fold_answer(h, result, policy);
		break;
	case CLASS_TRANSIENT:
	case CLASS_FAILED:
		if (h->health == HEALTH_SUSPECT)
			fold_attempt(h, result, policy);
		else if (h->health == HEALTH_DOWN)
			note_refusal(h, result);
		else
			history_doubt(h, result->answered, cut_by_server(result));
		break;
	default: /* it says nothing */
		break;
	}
}

/* Where nobody listens it costs nobody anything to ask more often than the interval, and the
 * server's return is waited for. */
static int64_t idle_ms(const struct history *h, const struct health_policy *policy,
		       const struct probe_result *last)
{
	bool often = h->health == HEALTH_DOWN && last->outcome == OUTCOME_REFUSED &&
		     policy->interval_ms > RETURN_EVERY_MS;
	return often ? RETURN_EVERY_MS : policy->interval_ms;
}

struct instant history_next(const struct history *h, const struct health_policy *policy,
			    const struct probe_result *last)
{
	if (h->health != HEALTH_SUSPECT)
		return instant_later(instant_add_ms(last->asked, idle_ms(h, policy, last)),
				     last->answered);
	int64_t pause_ms = policy->attempt_interval_ms;
	if (pause_ms < ATTEMPT_PAUSE_MIN_MS)
		pause_ms = ATTEMPT_PAUSE_MIN_MS;
	return instant_later(instant_add_ms(h->first_attempt, h->tries * pause_ms), last->answered);
}
