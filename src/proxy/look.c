/* SPDX-License-Identifier: PostgreSQL */
/* A look at a proxy: what runs, how its tests of both nodes end, and now and then its file. */
#include "ask.h"
#include "console.h"
#include "files.h"
#include "look.h"
#include "release.h"
#include "retry.h"

#include "bdrmon/clock.h"
#include "bdrmon/strbuf.h"

#include <string.h>

/* A hang before this may be one of the pool's only, and a new client is told at once. */
#define HEDGE_MS 50

int64_t look_hedge_ms(const struct proxy *proxy, unsigned node)
{
	int64_t twice_ms = 2 * proxy->eyes.good_ms[node];
	return twice_ms > HEDGE_MS ? twice_ms : HEDGE_MS;
}

/* Through which alias is NODE tested? NULL: it cannot be seen. */
static const char *alias_to(const struct proxy *proxy, unsigned node)
{
	const struct proxy_aliases *aliases = &proxy->setup.aliases;

	if (!proxy->one_eyed)
		return aliases->probe[node];
	return proxy->view.route == node ? aliases->name[0] : NULL;
}

static enum status test(struct proxy *proxy, unsigned node, const struct proxy_stop *stop,
			struct alias_answer *answer)
{
	const char *alias = alias_to(proxy, node);

	*answer = (struct alias_answer) { 0 };
	if (alias == NULL)
		return OK;
	return alias_ask(proxy, alias, look_hedge_ms(proxy, node), proxy->setup.move.test_ms, stop,
			 answer);
}

static void tell_odd(struct proxy *proxy, unsigned node, const struct alias_answer *answer)
{
	if (answer->says || answer->result.reason[0] == '\0' || proxy->odd[0] != '\0')
		return;
	char text[REASON_MAX + NAME_TEXT_MAX + 32];
	struct strbuf out = STRBUF(text);
	strbuf_printf(&out, "test through alias \"%s\": %s", alias_to(proxy, node),
		      answer->result.reason);
	COPY_TEXT(proxy->odd, text);
}

/* A hang counts only if the console still answers: else it is I who is cut off. */
static enum status take(struct proxy *proxy, unsigned node, const struct alias_answer *answer,
			const struct proxy_stop *stop)
{
	bool hang = answer->says && answer->result.outcome == OUTCOME_TIMEOUT;
	struct instant asked = clock_now();
	uint64_t count;

	tell_odd(proxy, node, answer);
	if (!answer->says)
		return OK;
	if (hang) {
		enum status st =
			console_count(proxy, console_limit_ms(proxy), stop->stop_fd, &count);
		if (st != OK)
			return st;
	}
	proxy_eyes_tested(&proxy->eyes, &proxy->view, node, &answer->result, &proxy->setup.eyes);
	if (hang)
		proxy_eyes_counted(&proxy->eyes, &proxy->view, asked, count);
	return OK;
}

/* The node that served last is tested first: so it does not wait for one that hangs. */
static unsigned first_node(const struct proxy *proxy)
{
	return proxy->eyes.last[0].outcome == OUTCOME_OK ? 0 : 1;
}

static enum status look_at_console(struct proxy *proxy, enum login_retry login_retry, int stop_fd)
{
	int64_t limit_ms = console_limit_ms(proxy);
	struct instant asked = clock_now();
	uint64_t count;

	enum status st = console_routes(proxy, limit_ms, stop_fd);
	if (st == OK)
		st = console_count(proxy, limit_ms, stop_fd, &count);
	if (st != OK)
		return st;
	proxy_eyes_counted(&proxy->eyes, &proxy->view, asked, count);
	st = retry_care(proxy, login_retry, stop_fd);
	return st == OK ? release_care(proxy, stop_fd) : st;
}

static enum status look_at_nodes(struct proxy *proxy, const struct proxy_stop *stop)
{
	struct alias_answer answer;
	unsigned first = first_node(proxy);
	enum status st = OK;

	for (unsigned i = 0; i < NODES && st == OK; i++) {
		unsigned node = i == 0 ? first : other_node(first);
		st = test(proxy, node, stop, &answer);
		if (st == OK)
			st = take(proxy, node, &answer, stop);
	}
	return st;
}

enum status proxy_look(struct proxy *proxy, enum login_retry login_retry,
		       const struct proxy_stop *stop)
{
	struct instant began = clock_now();

	enum status st = look_at_console(proxy, login_retry, stop->stop_fd);
	proxy->answers = st == OK;
	if (st == OK)
		st = look_at_nodes(proxy, stop);
	if (st == OK)
		st = files_look(proxy, began, stop->stop_fd);
	if (st == ERR_STOPPED)
		return st;
	proxy->view.looked = began;
	if (proxy->answers)
		proxy->view.asked = began;
	return OK;
}
