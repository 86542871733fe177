/* SPDX-License-Identifier: PostgreSQL */
#include "hold.h"

#include "borrowed.h"
#include "retry.h"

#include "bdrmon/clock.h"
#include "bdrmon/log.h"
#include "bdrmon/strbuf.h"

#include <string.h>

/* PgBouncer pauses at once, and answers when all that runs is over, which on a dead node is never:
 * nobody waits for that. Nor does it end the pause that the session has gone. */
#define PAUSE_MS 20

#define LIMIT_MS 500

static void write_command(const char *verb, const char *alias, char text[2 * NAME_TEXT_MAX])
{
	struct strbuf out = strbuf_over(text, 2 * NAME_TEXT_MAX);
	strbuf_printf(&out, "%s %s", verb, alias);
}

/* The fallback cannot be, and who else uses a database that is made of it is not known. */
static bool can_be_paused(const char *alias)
{
	return strcmp(alias, FALLBACK) != 0;
}

/* Without the mark nobody else would know whose pause it is. A site whose own value is lower has
 * none. */
static bool set_mark(struct proxy *proxy, int stop_fd)
{
	return retry_lower(proxy, LIMIT_MS, stop_fd) == OK && retry_is_ours(proxy->retry.runs);
}

/* Another monitor may have moved it meanwhile, or hold them back already. */
static bool is_as_before(struct proxy *proxy, int stop_fd)
{
	unsigned before = proxy->view.route;
	return console_routes(proxy, LIMIT_MS, stop_fd) == OK && proxy->view.route == before &&
	       !proxy->hold.paused;
}

static void begin(struct proxy *proxy, int stop_fd)
{
	const struct proxy_aliases *aliases = &proxy->setup.aliases;
	char command[2 * NAME_TEXT_MAX];

	bool any = aliases->count > 1 || can_be_paused(aliases->name[0]);
	if (!any || !is_as_before(proxy, stop_fd) || !set_mark(proxy, stop_fd))
		return;
	for (unsigned i = 0; i < aliases->count; i++) {
		if (!can_be_paused(aliases->name[i]))
			continue;
		write_command("PAUSE", aliases->name[i], command);
		console_aside(proxy, command, PAUSE_MS, stop_fd);
	}
	proxy->hold.since = clock_now();
	log_info("proxy \"%s\": applications are held back", proxy->setup.name);
}

/* That one is not paused any more is no error. If PgBouncer could not be told, a look that finds
 * them paused all the same tells it again, at once. */
static enum status resume(struct proxy *proxy, int stop_fd)
{
	const struct proxy_aliases *aliases = &proxy->setup.aliases;
	char command[2 * NAME_TEXT_MAX];
	enum status st = OK;

	for (unsigned i = 0; i < aliases->count && st != ERR_STOPPED; i++) {
		if (!can_be_paused(aliases->name[i]))
			continue;
		write_command("RESUME", aliases->name[i], command);
		st = console_run(proxy, command, LIMIT_MS, stop_fd, NULL);
	}
	bool told = proxy_fd(proxy) >= 0;
	proxy->hold.paused = proxy->hold.paused && !told;
	proxy->hold.left =
		told ? NEVER : instant_add_ms(clock_now(), -proxy->setup.hold_max_ms - BORROWED_MS);
	return st == ERR_STOPPED ? st : OK;
}

void hold_end(struct proxy *proxy, int stop_fd)
{
	struct proxy_hold *hold = &proxy->hold;
	bool mine = instant_is_set(hold->since);

	if (!mine && !instant_is_set(hold->left))
		return;
	resume(proxy, stop_fd);
	if (mine)
		log_info("proxy \"%s\": applications go on after %.0f ms", proxy->setup.name,
			 (double)us_between(hold->since, clock_now()) / 1000);
	hold->since = NEVER;
}

struct instant proxy_hold_end(const struct proxy *proxy)
{
	const struct proxy_hold *hold = &proxy->hold;
	return instant_is_set(hold->since) ? instant_add_ms(hold->since, proxy->setup.hold_max_ms)
					   : NEVER;
}

bool proxy_hold_due(const struct proxy *proxy, bool wanted)
{
	struct instant end = proxy_hold_end(proxy);

	if (!instant_is_set(end))
		return wanted && !proxy->hold.spent && proxy->answers;
	return !wanted || !instant_before(clock_now(), end);
}

void proxy_hold(struct proxy *proxy, bool wanted, int stop_fd)
{
	struct proxy_hold *hold = &proxy->hold;

	if (!wanted)
		hold->spent = false;
	if (!proxy_hold_due(proxy, wanted))
		return;
	if (instant_is_set(hold->since)) {
		hold_end(proxy, stop_fd);
		return;
	}
	hold->spent = true;
	begin(proxy, stop_fd);
}

enum status hold_end_left(struct proxy *proxy, int stop_fd)
{
	if (!instant_is_set(proxy->hold.left))
		return OK;
	log_notice("proxy \"%s\": RESUME, since applications were left held back",
		   proxy->setup.name);
	return resume(proxy, stop_fd);
}

static void tell_by_hand(struct proxy *proxy)
{
	if (proxy->odd[0] == '\0')
		snprintf(proxy->odd, sizeof proxy->odd, "alias \"%s\" is paused",
			 proxy->setup.aliases.name[0]);
}

/* Whose it is, is told when it is seen first: later nobody's value says anything of it. */
enum status hold_care(struct proxy *proxy, double retry, int stop_fd)
{
	struct proxy_hold *hold = &proxy->hold;
	struct instant now = clock_now();

	if (!hold->paused || instant_is_set(hold->since)) {
		hold->by_hand = false;
		hold->left = NEVER;
		return OK;
	}
	if (!hold->by_hand && !instant_is_set(hold->left)) {
		hold->by_hand = !retry_is_ours(retry) || proxy->setup.hold_max_ms == 0;
		hold->left = hold->by_hand ? NEVER : now;
	}
	if (hold->by_hand) {
		tell_by_hand(proxy);
		return OK;
	}
	bool gone = ms_between(hold->left, now) >= proxy->setup.hold_max_ms + BORROWED_MS;
	return gone ? hold_end_left(proxy, stop_fd) : OK;
}
