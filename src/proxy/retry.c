/* SPDX-License-Identifier: PostgreSQL */
#include "retry.h"

#include "console.h"

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

/* What it was before; not known: PgBouncer's default, since nobody can be asked what it was. */
static enum status read_it(struct proxy *proxy, int64_t limit_ms, int stop_fd, double *built_in)
{
	struct proxy_retry *retry = &proxy->retry;

	enum status st =
		console_setting(proxy, LOGIN_RETRY, limit_ms, stop_fd, &retry->runs, built_in);
	if (st == OK && retry->runs >= 0 && !is_ours(retry->runs))
		retry->own = retry->runs;
	if (st != OK)
		retry->runs = -1;
	return st;
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

enum status retry_care(struct proxy *proxy, enum login_retry wanted, int stop_fd)
{
	struct proxy_retry *retry = &proxy->retry;
	int64_t limit_ms = console_limit_ms(proxy);
	double built_in;

	enum status st = read_it(proxy, limit_ms, stop_fd, &built_in);
	if (st != OK || retry->runs < 0)
		return st;
	bool bare = left_bare(retry);
	if (wanted == LOGIN_RETRY_KEEP || (retry->runs == 0 && !bare))
		return OK;
	double value = wanted_value(retry, wanted, built_in);
	if (wanted == LOGIN_RETRY_OWN && !is_ours(retry->runs))
		return OK;
	return value < 0 ? OK : set(proxy, value, limit_ms, stop_fd);
}

enum status retry_lower(struct proxy *proxy, int64_t limit_ms, int stop_fd)
{
	if (proxy->retry.runs >= 0 && proxy->retry.runs <= RETRY_LOW)
		return OK;
	return set(proxy, RETRY_LOW, limit_ms, stop_fd);
}

enum status retry_bare(struct proxy *proxy, int64_t limit_ms, int stop_fd)
{
	double built_in;
	enum status st = OK;

	if (proxy->retry.own < 0)
		st = read_it(proxy, limit_ms, stop_fd, &built_in);
	if (st != OK)
		return st;
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
