/* SPDX-License-Identifier: PostgreSQL */
#include "quiet.h"

#include "bdrmon/clock.h"

/* A pool that has a server gets no further one. */
#define NARROW 0

/* PgBouncer's default does least harm. */
const struct borrowed_kind quiet_setting = { "default_pool_size", NARROW, 20 };

#define LIMIT_MS 500
#define WAIT_MS  300

static enum status narrow(struct proxy *proxy, int stop_fd)
{
	const char *const name[] = { quiet_setting.name };
	double read;

	enum status st = console_settings(proxy, name, 1, LIMIT_MS, stop_fd, &read);
	if (st != OK || read <= NARROW)
		return st;
	proxy->pool.own = read;
	return console_set(proxy, quiet_setting.name, NARROW, LIMIT_MS, stop_fd);
}

/* Without a pause between the questions: where logins cannot be stopped, a moment without one is
 * short. */
enum status quiet_wait(struct proxy *proxy, int stop_fd)
{
	struct instant until = instant_add_ms(clock_now(), WAIT_MS);
	long logins = 1;

	enum status st = narrow(proxy, stop_fd);
	while (st == OK && logins > 0 && instant_before(clock_now(), until))
		st = console_logins(proxy, LIMIT_MS, stop_fd, &logins);
	return st;
}

void quiet_end(struct proxy *proxy)
{
	if (proxy->pool.own > NARROW)
		console_set(proxy, quiet_setting.name, proxy->pool.own, LIMIT_MS, -1);
}
