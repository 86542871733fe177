/* SPDX-License-Identifier: PostgreSQL */
/* PgBouncer with its traps: a login that failed is answered "no" until server_login_retry has
 * passed, though the server is back; who waits already hangs instead; a login into a dead
 * network takes the pool's place for seconds; RELOAD resets what was SET; what runs and what
 * the file says are two things. */
#include "fault_table.h"
#include "parts.h"

#include <string.h>

/* What becomes of a query. */
enum fate { FATE_WORKS, FATE_NO, FATE_UNSURE, FATE_WAITS, FATE_HANGS };

static unsigned alias_node(const struct proxy *p, unsigned alias)
{
	return alias == ALIAS_APP ? p->route : alias;
}

static int64_t next_syn(const struct pool *pool)
{
	static const int64_t after[] = { 1, 3, 7, 15 };
	return pool->login_at + after[pool->syns] * SECOND;
}

static enum fate failed(struct world *w, struct proxy *p, struct pool *pool, int64_t *until)
{
	pool->login = false;
	pool->failed = true;
	pool->failed_at = w->now;
	*until = w->now + (p->login_retry > 50 * MS ? p->login_retry : 50 * MS);
	return FATE_WAITS; /* who is in already hangs */
}

static enum fate connected(const struct world *w, struct pool *pool, unsigned node)
{
	pool->login = pool->failed = false;
	pool->connected = true;
	pool->boot = w->server[node].boot;
	return FATE_WORKS;
}

/* The login that is under way: a lost SYN is sent again after 1, 3 and 7 seconds. */
static enum fate go_on(struct world *w, struct proxy *p, struct pool *pool, enum path path,
		       unsigned node, int64_t *until)
{
	if (path == PATH_FROZEN && w->now - pool->login_at < SERVER_CONNECT_LIMIT) {
		*until = w->now + 100 * MS;
		return FATE_WAITS;
	}
	if (w->now - pool->login_at >= SERVER_CONNECT_LIMIT)
		return failed(w, p, pool, until);
	if (w->now < next_syn(pool)) {
		*until = next_syn(pool);
		return FATE_WAITS;
	}
	pool->syns++;
	if (path == PATH_OPEN)
		return connected(w, pool, node);
	if (path != PATH_SILENT)
		return failed(w, p, pool, until);
	*until = next_syn(pool);
	return FATE_WAITS;
}

static enum fate log_in(struct world *w, struct proxy *p, struct pool *pool, enum path path,
			unsigned node, int64_t *until)
{
	pool->login_at = w->now;
	pool->syns = 0;
	switch (path) {
	case PATH_OPEN:
		return connected(w, pool, node);
	case PATH_SILENT:
	case PATH_FROZEN:
		pool->login = true;
		*until = w->now + SECOND;
		return FATE_WAITS;
	case PATH_FULL:
	case PATH_DENIED:
		failed(w, p, pool, until);
		return FATE_UNSURE;
	default:
		return failed(w, p, pool, until);
	}
}

static enum fate ask_pool(struct world *w, struct proxy *p, unsigned alias, bool waiting,
			  int64_t *until)
{
	struct pool *pool = &p->pool[alias];
	unsigned node = alias_node(p, alias);
	enum path path = server_path(w, p->host, node);
	bool ended =
		pool->boot != w->server[node].boot || path == PATH_REFUSED || path == PATH_RESET;

	if (pool->connected && !ended) {
		if (path != PATH_SILENT && path != PATH_FROZEN)
			return FATE_WORKS;
		pool->connected = false; /* the client will give up, and take it along */
		return FATE_HANGS;
	}
	pool->connected = false;
	if (pool->login)
		return go_on(w, p, pool, path, node, until);
	*until = pool->failed_at + p->login_retry;
	if (pool->failed && w->now < *until)
		return waiting ? FATE_WAITS : FATE_NO;
	return log_in(w, p, pool, path, node, until);
}

/* A query through ALIAS; WAITING: its client is in already. */
static enum fate query(struct world *w, struct proxy *p, unsigned alias, bool waiting,
		       int64_t *until)
{
	enum fate fate = ask_pool(w, p, alias, waiting, until);
	if (fate != FATE_WORKS)
		p->pool[alias].stuck_at = w->now;
	return fate;
}

static int64_t query_takes(struct world *w, const struct proxy *p, unsigned node)
{
	int64_t there = w->extra[p->host][node], back = w->extra[node][p->host];
	unsigned loss = w->loss[p->host][node] + w->loss[node][p->host];
	int64_t again = loss > 0 && chance(w, 100) < loss ? 200 * MS : 0;
	return MS + there + back + again + w->server[node].slow;
}

static void test(struct world *w, struct proxy *p, struct message *message)
{
	int64_t until = 0;

	if (w->now >= message->give_up) { /* its client has gone */
		network_drop(w, message);
		return;
	}
	switch (query(w, p, message->alias, message->waiting, &until)) {
	case FATE_WORKS:
		message->route = alias_node(p, message->alias);
		message->works = message->done = true;
		message->outcome = OUTCOME_OK;
		network_reply(w, message, query_takes(w, p, alias_node(p, message->alias)));
		break;
	case FATE_NO:
		message->done = true;
		message->outcome = OUTCOME_REFUSED;
		network_reply(w, message, MS);
		break;
	case FATE_UNSURE:
		message->outcome = OUTCOME_TOO_MANY_CONNECTIONS;
		network_reply(w, message, MS);
		break;
	case FATE_WAITS:
		message->waiting = true;
		network_later(w, message, until > w->now ? until : w->now + MS);
		break;
	default:
		network_drop(w, message);
		break;
	}
}

static void reload(struct world *w, struct proxy *p)
{
	p->login_retry = LOGIN_RETRY_INI;
	if (p->file.node != p->route) {
		p->route = p->file.node;
		p->pool[ALIAS_APP].connected = p->pool[ALIAS_APP].login = false;
		p->moves++;
	}
	w->out.reloads++;
}

static void replace(struct world *w, struct proxy *p, struct message *message)
{
	bool same = memcmp(&p->file, &message->old, sizeof p->file) == 0;
	struct proxy_file old = p->file;

	if (p->late_write > 0 && !message->waiting) {
		message->waiting = true;
		network_later(w, message, w->now + p->late_write);
		return;
	}
	message->done = true;
	message->won = move_may_replace(&p->file, same, &message->file, w->now, message->number);
	if (message->won) {
		p->older = p->file;
		p->file = message->file;
		tell(w, "file of P%d: node %c epoch %u by monitor %u", (int)(p - w->proxy) + 1,
		     'A' + p->file.node, (unsigned)p->file.epoch, message->monitor + 1);
		watch_file(w, (unsigned)(p - w->proxy), &old);
		fault_trap(w, message->monitor, TRAP_MOVER);
	}
	network_reply(w, message, 0);
}

static void answer_console(struct world *w, struct proxy *p, struct message *message)
{
	unsigned index = (unsigned)(p - w->proxy), old = p->route;

	message->done = true;
	if (message->ask == ASK_RELOAD || message->ask == ASK_SCRIPT) {
		reload(w, p);
		if (p->route != old)
			watch_route(w, index, old, message->monitor, (enum move)message->target);
	} else if (message->ask == ASK_SET)
		p->login_retry = message->number;
	message->route = p->route;
	message->file = p->file;
	message->count = p->count;
	message->number = p->login_retry;
	network_reply(w, message, 0);
}

void proxy_serve(struct world *w, struct message *message)
{
	/* A proxy stands on a host of its own, or the first two on the nodes' hosts. */
	unsigned index = message->to < HOST_P1 ? message->to : message->to - (unsigned)HOST_P1;
	struct proxy *p = &w->proxy[index];

	switch ((enum ask)message->ask) {
	case ASK_FILE:
		message->done = true;
		message->file = p->file;
		message->number = w->now;
		message->count = p->count;
		if (message->target == MOVE_AWAY)
			p->login_retry = LOGIN_RETRY_SOON;
		network_reply(w, message, MS);
		return;
	case ASK_REPLACE:
		replace(w, p, message);
		return;
	case ASK_SCRIPT:
		p->older = p->file;
		p->file.node = message->target;
		p->file.epoch++;
		message->target = MOVE_NONE;
		break;
	default:
		break;
	}
	if (!p->running) {
		message->outcome = OUTCOME_BROKEN;
		network_reply(w, message, 0);
	} else if (message->ask == ASK_TEST)
		test(w, p, message);
	else
		answer_console(w, p, message);
}

void proxy_start(struct world *w, unsigned proxy)
{
	struct proxy *p = &w->proxy[proxy];
	unsigned old = p->route;

	if (w->dead[p->host] || p->running)
		return;
	p->running = true;
	p->route = p->file.node;
	p->login_retry = LOGIN_RETRY_INI;
	memset(p->pool, 0, sizeof p->pool);
	if (p->route != old)
		p->moves++;
}

/* Applications ask without end; a client that hangs goes after a while, and comes again. */
void proxy_apps(struct world *w, unsigned proxy)
{
	struct proxy *p = &w->proxy[proxy];
	int64_t until;
	bool serves = p->present && p->running && !w->dead[p->host] &&
		      query(w, p, ALIAS_APP, false, &until) == FATE_WORKS;

	if (serves)
		p->count++;
	if (p->present)
		watch_apps(w, proxy, serves);
	post(w, w->now + APP_EVERY, EVENT_APP, proxy, 0, 0);
}
