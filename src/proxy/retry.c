/* SPDX-License-Identifier: PostgreSQL */
#include "retry.h"

#include "bdrmon/clock.h"

/* 0 is for 2 s at most: with a dead node behind it PgBouncer spins. */
#define BARE_MS 2000

/* So long for what is set back in a hurry. */
#define RESTORE_MS 500

static bool is_ours(double value)
{
	return value == 0 || value == RETRY_LOW;
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
	if (runs >= 0 && !is_ours(runs))
		retry->own = runs;
}

/* Somebody left it at 0. */
static bool left_bare(struct proxy_retry *retry)
{
	struct instant now = clock_now();

	if (retry->runs != 0)
		retry->naked = NEVER;
	else if (!instant_is_set(retry->naked))
		retry->naked = now;
	return retry->runs == 0 && ms_between(retry->naked, now) >= BARE_MS;
}

static double wanted_value(const struct proxy_retry *retry, enum login_retry wanted,
			   double built_in)
{
	double own = retry->own >= 0 ? retry->own : built_in;

	if (wanted == LOGIN_RETRY_OWN)
		return own;
	return own >= 0 && own < RETRY_LOW ? own : RETRY_LOW;
}

enum status retry_care(struct proxy *proxy, enum login_retry wanted,
		       const struct console_setting *read, int stop_fd)
{
	struct proxy_retry *retry = &proxy->retry;

	note(retry, read->runs);
	bool bare = left_bare(retry);
	if (retry->runs < 0 || wanted == LOGIN_RETRY_KEEP || (retry->runs == 0 && !bare) ||
	    (wanted == LOGIN_RETRY_OWN && !is_ours(retry->runs)))
		return OK;
	double value = wanted_value(retry, wanted, read->built_in);
	return value < 0 ? OK : set(proxy, value, console_limit_ms(proxy), stop_fd);
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
	struct console_setting read;
	enum status st = OK;

	if (proxy->retry.own < 0)
		st = console_settings(proxy, name, 1, limit_ms, stop_fd, &read);
	if (st != OK)
		return st;
	if (proxy->retry.own < 0)
		note(&proxy->retry, read.runs);
	proxy->retry.runs = -1;
	return set(proxy, 0, limit_ms, stop_fd);
}

void retry_restore(struct proxy *proxy, bool low)
{
	double own = proxy->retry.own;

	/* The end of everything is no reason to leave it. */
	if (own >= 0 || low)
		set(proxy, low ? RETRY_LOW : own, RESTORE_MS, -1);
}
