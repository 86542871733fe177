/* SPDX-License-Identifier: PostgreSQL */
#include "retry.h"

#include "bdrmon/clock.h"

/* The bare value is for 2 s at most: with a dead node behind it PgBouncer spins. */
#define BARE_MS 2000

/* So long for what is set back in a hurry. */
#define RESTORE_MS 500

bool retry_is_ours(double value)
{
	return value == RETRY_BARE || value == RETRY_LOW;
}

static enum status set(struct proxy *proxy, double value, int64_t limit_ms, int stop_fd)
{
	struct proxy_retry *retry = &proxy->retry;

	if (retry->runs == value)
		return OK;
	enum status st = console_set(proxy, LOGIN_RETRY, value, limit_ms, stop_fd);
	retry->runs = st == OK ? value : -1;
	return st;
}

static void note(struct proxy_retry *retry, double runs)
{
	retry->runs = runs;
	if (runs >= 0 && !retry_is_ours(runs))
		retry->own = runs;
}

/* Somebody left it bare. */
static bool left_bare(struct proxy_retry *retry)
{
	struct instant now = clock_now();

	if (retry->runs != RETRY_BARE)
		retry->naked = NEVER;
	else if (!instant_is_set(retry->naked))
		retry->naked = now;
	return retry->runs == RETRY_BARE && ms_between(retry->naked, now) >= BARE_MS;
}

/* Low, too, as long as its own value is lost. */
static double wanted_value(const struct proxy_retry *retry, enum login_retry wanted)
{
	bool own = retry->own >= 0 && (wanted == LOGIN_RETRY_OWN || retry->own < RETRY_LOW);
	return own ? retry->own : RETRY_LOW;
}

bool retry_lost(const struct proxy_retry *retry)
{
	return retry->own < 0 && retry_is_ours(retry->runs);
}

enum status retry_care(struct proxy *proxy, enum login_retry wanted, double read, int stop_fd)
{
	struct proxy_retry *retry = &proxy->retry;

	note(retry, read);
	bool bare = left_bare(retry);
	if (retry->runs < 0 || wanted == LOGIN_RETRY_KEEP || (retry->runs == RETRY_BARE && !bare) ||
	    (wanted == LOGIN_RETRY_OWN && !retry_is_ours(retry->runs)))
		return OK;
	return set(proxy, wanted_value(retry, wanted), console_limit_ms(proxy), stop_fd);
}

enum status retry_lower(struct proxy *proxy, int64_t limit_ms, int stop_fd)
{
	if (proxy->retry.runs >= 0 && proxy->retry.runs <= RETRY_LOW)
		return OK;
	return set(proxy, RETRY_LOW, limit_ms, stop_fd);
}

enum status retry_bare(struct proxy *proxy, int64_t limit_ms, int stop_fd)
{
	static const char *const name[] = { LOGIN_RETRY };
	double read = -1;
	enum status st = OK;

	if (proxy->retry.own < 0)
		st = console_settings(proxy, name, 1, limit_ms, stop_fd, &read);
	if (st != OK)
		return st;
	if (proxy->retry.own < 0)
		note(&proxy->retry, read);
	proxy->retry.runs = -1;
	return set(proxy, RETRY_BARE, limit_ms, stop_fd);
}

void retry_restore(struct proxy *proxy, bool low)
{
	double own = proxy->retry.own;

	/* The end of everything is no reason to leave it. */
	if (own >= 0 || low)
		set(proxy, low ? RETRY_LOW : own, RESTORE_MS, -1);
}
