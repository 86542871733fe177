/* SPDX-License-Identifier: PostgreSQL */
#include "lost.h"

#include "borrowed.h"
#include "files.h"
#include "hold.h"
#include "retry.h"

#include "bdrmon/clock.h"
#include "bdrmon/log.h"

/* If PgBouncer cannot load its configuration, another RELOAD would do no better. */
#define AGAIN_MS 60000

static bool is_due(struct proxy *proxy)
{
	struct instant now = clock_now();

	if (!retry_lost(&proxy->retry) && !proxy->limit.lost)
		proxy->lost = NEVER;
	else if (!instant_is_set(proxy->lost))
		proxy->lost = now;
	return instant_is_set(proxy->lost) && ms_between(proxy->lost, now) >= BORROWED_MS;
}

/* Would a RELOAD leave the proxy where it is? */
static enum status compare(struct proxy *proxy, int stop_fd, bool *same)
{
	int64_t limit_ms = proxy->setup.move.write_window_ms;
	struct instant began = clock_now();
	struct proxy_said said;

	*same = false;
	enum status st = files_read(proxy, limit_ms, stop_fd, &said);
	/* The look has told it already. */
	if (st != OK)
		return st == ERR_STOPPED ? st : OK;
	if ((st = console_routes(proxy, limit_ms, stop_fd)) != OK)
		return st;
	*same = proxy->view.route < NODES && said.file.node == proxy->view.route &&
		ms_between(began, clock_now()) <= limit_ms;
	return OK;
}

enum status lost_care(struct proxy *proxy, enum login_retry wanted, int stop_fd)
{
	bool same;

	if (!is_due(proxy) || wanted != LOGIN_RETRY_OWN)
		return OK;
	enum status st = compare(proxy, stop_fd, &same);
	if (st != OK || !same)
		return st;
	proxy->lost = instant_add_ms(clock_now(), AGAIN_MS - BORROWED_MS);
	st = console_run(proxy, "RELOAD", console_limit_ms(proxy), stop_fd, NULL);
	if (st != OK)
		return st;
	proxy->limit.lost = false;
	log_notice("proxy \"%s\": RELOAD, since a monitor that is gone has left settings of a move",
		   proxy->setup.name);
	return hold_end_left(proxy, stop_fd); /* RELOAD has taken the mark away */
}
