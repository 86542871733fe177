/* SPDX-License-Identifier: PostgreSQL */
/* A look at a proxy: what runs, how its tests of both nodes end, and now and then its file. */
#include "ask.h"
#include "console.h"
#include "files.h"
#include "hold.h"
#include "look.h"
#include "lost.h"
#include "quiet.h"
#include "release.h"
#include "retry.h"

#include "bdrmon/clock.h"
#include "bdrmon/lookup.h"
#include "bdrmon/strbuf.h"

/* So much later than the last good answer is a hang that a second client may tell more of. */
#define HEDGE_MS 20

int64_t look_hedge_ms(const struct proxy *proxy, unsigned node)
{
	return proxy->eyes.good_ms[node] + HEDGE_MS;
}

enum status look_count(struct proxy *proxy, int64_t limit_ms, int stop_fd, uint64_t *count,
		       bool *used)
{
	unsigned before = proxy->view.route;
	struct instant asked = clock_now();
	uint64_t counted;

	enum status st = console_count(proxy, limit_ms, stop_fd, &counted);
	if (st == OK)
		st = console_routes(proxy, limit_ms, stop_fd);
	if (st != OK)
		return st;
	*count = counted;
	*used = before == proxy->view.route &&
		proxy_eyes_counted(&proxy->eyes, &proxy->view, asked, counted);
	return OK;
}

const char *look_alias(const struct proxy *proxy, unsigned node)
{
	const struct proxy_aliases *aliases = &proxy->setup.aliases;

	if (!proxy->one_eyed)
		return aliases->probe[node];
	return proxy->view.route == node ? proxy_database_of(aliases->name[0]) : NULL;
}

static void tell_odd(struct proxy *proxy, const struct alias_question *q)
{
	char text[REASON_MAX + NAME_TEXT_MAX + 32];
	struct strbuf out = STRBUF(text);

	if (q->says || q->result.reason[0] == '\0' || proxy->odd[0] != '\0')
		return;
	strbuf_printf(&out, "test through alias \"%s\": %s", q->alias, q->result.reason);
	COPY_TEXT(proxy->odd, text);
}

/* A hang counts only if the console still answers: else it is I who is cut off. */
static enum status take(struct proxy *proxy, unsigned node, const struct alias_question *q,
			int stop_fd)
{
	bool hang = q->says && q->result.outcome == OUTCOME_TIMEOUT;
	int64_t limit_ms = console_limit_ms(proxy);
	enum status st = OK;
	uint64_t count;
	bool used;

	tell_odd(proxy, q);
	if (hang)
		st = console_routes(proxy, limit_ms, stop_fd);
	if (st != OK || !q->says)
		return st;
	proxy_eyes_tested(&proxy->eyes, &proxy->view, node, &q->result, &proxy->setup.eyes);
	return hang ? look_count(proxy, limit_ms, stop_fd, &count, &used) : OK;
}

static enum status look_at_settings(struct proxy *proxy, enum login_retry login_retry, int stop_fd)
{
	const char *const names[] = { LOGIN_RETRY, release_setting.name, quiet_setting.name };
	double read[ARRAY_LEN(names)];

	enum status st = console_settings(proxy, names, ARRAY_LEN(names), console_limit_ms(proxy),
					  stop_fd, read);
	if (st == OK)
		st = retry_care(proxy, login_retry, read[0], stop_fd);
	if (st == OK)
		st = hold_care(proxy, read[0], stop_fd);
	if (st == OK)
		st = borrowed_care(proxy, &proxy->limit, &release_setting, read[1], stop_fd);
	return st == OK ? borrowed_care(proxy, &proxy->pool, &quiet_setting, read[2], stop_fd) : st;
}

static enum status look_at_console(struct proxy *proxy, enum login_retry login_retry, int stop_fd)
{
	uint64_t count;
	bool used;

	enum status st = look_count(proxy, console_limit_ms(proxy), stop_fd, &count, &used);
	return st == OK ? look_at_settings(proxy, login_retry, stop_fd) : st;
}

/* Another monitor may have moved it since the file was read. */
static enum status compare_with_file(struct proxy *proxy, int stop_fd)
{
	const struct proxy_view *view = &proxy->view;

	if (view->file.node == NODES || view->file.node == view->route)
		return OK;
	proxy->file_due = NEVER;
	return files_look(proxy, stop_fd);
}

static void drop(struct proxy *proxy, unsigned node)
{
	session_close(proxy->held[node]);
	proxy->held[node] = NULL;
}

void look_let_go(struct proxy *proxy)
{
	for (unsigned i = 0; i < NODES; i++)
		drop(proxy, i);
}

bool look_ask_held(struct proxy *proxy, unsigned node, int stop_fd, struct alias_question *q)
{
	struct instant now = clock_now();
	bool old = ms_between(proxy->held_since[node], now) >= proxy->setup.fresh_ms;

	if (old || proxy->one_eyed)
		drop(proxy, node);
	if (proxy->held[node] == NULL)
		return false;
	bool answered = alias_ask_again(proxy->held[node], look_hedge_ms(proxy, node), stop_fd, q);
	if (!answered)
		drop(proxy, node);
	return answered;
}

static void hold(struct proxy *proxy, unsigned node, struct session *session)
{
	if (session == NULL)
		return;
	drop(proxy, node);
	proxy->held[node] = session;
	proxy->held_since[node] = clock_now();
}

static enum status look_at_nodes(struct proxy *proxy, const struct proxy_stop *stop)
{
	struct alias_question questions[NODES] = { 0 };

	for (unsigned i = 0; i < NODES; i++) {
		questions[i].hedge_ms = look_hedge_ms(proxy, i);
		questions[i].limit_ms = proxy->setup.move.test_ms;
		questions[i].keep = true;
		if (!look_ask_held(proxy, i, stop->stop_fd, &questions[i]))
			questions[i].alias = look_alias(proxy, i);
	}
	enum status st = alias_ask(proxy, questions, NODES, stop);
	for (unsigned i = 0; i < NODES; i++)
		hold(proxy, i, questions[i].session);
	for (unsigned i = 0; i < NODES && st == OK; i++)
		st = take(proxy, i, &questions[i], stop->stop_fd);
	return st;
}

enum status proxy_look(struct proxy *proxy, enum login_retry login_retry,
		       const struct proxy_stop *stop)
{
	/* It comes first, since it may hang for a while in which what is seen of the nodes, and
	 * others go by, would grow old. */
	enum status st = files_look(proxy, stop->stop_fd);
	struct instant began = clock_now();

	if (st == OK) {
		st = look_at_console(proxy, login_retry, stop->stop_fd);
		proxy->answers = st == OK;
	}
	if (st == OK)
		st = look_at_nodes(proxy, stop);
	if (st == OK)
		st = compare_with_file(proxy, stop->stop_fd);
	if (st == OK)
		st = lost_care(proxy, login_retry, stop->stop_fd);
	if (st == ERR_STOPPED)
		return st;
	if (proxy->odd[0] == '\0')
		COPY_TEXT(proxy->odd, proxy->file_odd);
	proxy->view.looked = began;
	if (proxy->answers)
		proxy->view.asked = began;
	return OK;
}
