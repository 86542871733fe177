/* SPDX-License-Identifier: PostgreSQL */
#include "quiet.h"

#include "retry.h"

#include "bdrmon/clock.h"

#include <assert.h>

/* An alias that has a connection to a server gets no further one. (A default_pool_size of 0 does
 * the same in 1.18, and is no limit at all in 1.24.) */
#define NARROW 1

/* It may be a site's own. Who does not know better finds our server_login_retry beside it, and
 * brings back both by a RELOAD (lost.h). */
const struct borrowed_kind quiet_setting = { "max_db_connections", NARROW, -1 };

#define LIMIT_MS 500
/* Longer than a slow login. */
#define WAIT_MS 2000
static_assert(WAIT_MS + LIMIT_MS < BORROWED_MS, "another bdrmon would set it back meanwhile");

static enum status narrow(struct proxy *proxy, int stop_fd)
{
	const char *const name[] = { quiet_setting.name };
	double read = -1;

	enum status st = retry_lower(proxy, LIMIT_MS, stop_fd);
	if (st == OK)
		st = console_settings(proxy, name, 1, LIMIT_MS, stop_fd, &read);
	if (st != OK || read < 0 || read == NARROW || !retry_is_ours(proxy->retry.runs))
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
	if (proxy->pool.own >= 0 && proxy->pool.own != NARROW)
		console_set(proxy, quiet_setting.name, proxy->pool.own, LIMIT_MS, -1);
}
