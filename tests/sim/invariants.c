/* SPDX-License-Identifier: PostgreSQL */
/* What must always hold, and what must come about. Judged from outside, by what is true, not
 * by what a monitor believes.
 *
 *   one_command       never two commands at the same time for one node
 *   never_again       no command of a failure that is done, or abandoned
 *   runs              a command is begun RUNS_MAX times at most
 *   majority          with on_no_quorum=wait a command begins only if, since the claim, a
 *                     majority of domains could not use the node at some moment
 *   in_use            no proxy is moved off a node that it uses, but by a fence, after that
 *                     node has been down for real
 *   told_once         one monitor, and no other, tells of a move that it is proven
 *   epoch             the epochs of files and records only rise
 *   stage             a record's stages follow each other as they must
 *   repair_in_time    who cannot use its node, and can use the other one, is moved in time
 *   settles           after the last fault has healed all becomes well in time
 */
#include "parts.h"
#include "setting.h"

#include <stdarg.h>
#include <stdio.h>

/* So long all must be well. */
#define REST (1500 * MS)

void broken(struct world *w, const char *name, const char *format, ...)
{
	va_list args;

	if (w->out.broken != NULL)
		return;
	w->out.broken = name;
	w->out.when = w->now - BEGIN;
	va_start(args, format);
	vsnprintf(w->out.what, sizeof w->out.what, format, args);
	va_end(args);
	tell(w, "BROKEN: %s: %s", name, w->out.what);
}

/* ------------------------------------------------------------- what is true */

/* In so many ways to the server and one back: over a session, and with a login before. */
enum { OVER_SESSION = 1, WITH_LOGIN = 3 };

static bool usable(const struct world *w, unsigned host, unsigned node, int ways)
{
	const struct server *s = &w->server[node];
	enum path path = server_path(w, host, node);
	int64_t takes = s->slow + ways * w->extra[host][node] + w->extra[node][host];

	return (path == PATH_OPEN || path == PATH_FULL || path == PATH_DENIED) &&
	       takes * 5 < w->story.settings.deadline_ms * MS * 4 && w->loss[host][node] == 0 &&
	       w->loss[node][host] == 0;
}

bool proxy_can_use(const struct world *w, unsigned proxy, unsigned node)
{
	const struct proxy *p = &w->proxy[proxy];
	return p->present && p->running && !w->dead[p->host] &&
	       usable(w, p->host, node, OVER_SESSION) && server_path(w, p->host, node) == PATH_OPEN;
}

bool node_is_used(const struct world *w, unsigned node)
{
	bool proxies = false;

	if (!w->server[node].running || w->server[node].frozen)
		return false;
	for (unsigned i = 0; i < PROXIES; i++) {
		proxies = proxies || w->proxy[i].present;
		if (w->proxy[i].present && w->proxy[i].serves && w->proxy[i].route == node)
			return true;
	}
	return !proxies;
}

/* Something of the world has changed: who can use which node from now on? */
void watch_change(struct world *w)
{
	for (unsigned h = 0; h < HOSTS; h++) {
		for (unsigned n = 0; n < NODES; n++) {
			if (!usable(w, h, n, WITH_LOGIN))
				w->blind[h][n] = FOREVER;
			else if (w->blind[h][n] == FOREVER)
				w->blind[h][n] = w->now;
		}
	}
	w->fault_at = w->now;
}

/* ---------------------------------------------------------------- commands */

static bool has_vantage(const struct world *w, unsigned host, unsigned subject)
{
	bool found = host == subject || (host == HOST_Z && w->arbiter.present);
	for (unsigned i = 0; i < MONITORS; i++)
		found = found || (w->monitor[i].present && w->monitor[i].host == host);
	for (unsigned i = 0; i < PROXIES; i++)
		found = found || (w->proxy[i].present && w->proxy[i].host == host);
	return found;
}

/* A login of PgBouncer that went into a dead network hangs on for up to eight seconds after the
 * network has healed: this proxy cannot use the node, though it could. */
static bool proxy_was_stuck(const struct world *w, unsigned host, unsigned node, int64_t since)
{
	for (unsigned i = 0; i < PROXIES; i++) {
		const struct proxy *p = &w->proxy[i];
		if (p->present && p->host == host && p->pool[node].stuck_at >= since)
			return true;
	}
	return false;
}

static bool could_consent(const struct world *w, unsigned host, const struct command *c)
{
	int64_t since = w->claim_at[other_node(c->failed)];
	const struct arbiter_key *key = &w->arbiter.key;

	if (host == HOST_Z)
		return key->epoch == c->epoch && key->recorder == other_node(c->failed);
	if (w->dead[host] && w->dead_since[host] < since)
		return false;
	return w->blind[host][c->failed] >= since || proxy_was_stuck(w, host, c->failed, since);
}

static void watch_majority(struct world *w, const struct command *c)
{
	unsigned all = 0, consenting = 0;

	for (unsigned h = 0; h < HOSTS; h++) {
		if (!has_vantage(w, h, c->failed))
			continue;
		all++;
		consenting += could_consent(w, h, c);
	}
	if (2 * consenting <= all)
		broken(w, "majority", "command for %c by monitor %u: %u of %u domains",
		       'A' + c->failed, c->monitor + 1, consenting, all);
}

void watch_begin_command(struct world *w, const struct command *c)
{
	w->out.commands++;
	w->out.alive += node_is_used(w, c->failed);
	for (unsigned i = 0; i < w->commands; i++) {
		const struct command *other = &w->command[i];
		if (other == c || !other->running || other->failed != c->failed)
			continue;
		w->out.together++;
		broken(w, "one_command", "monitors %u and %u run one for %c", c->monitor + 1,
		       other->monitor + 1, 'A' + c->failed);
	}
	if (w->monitor[c->monitor].repmgrd)
		return;
	if (c->epoch <= w->done_epoch[other_node(c->failed)])
		broken(w, "never_again", "epoch %u of %c is over", (unsigned)c->epoch,
		       'A' + c->failed);
	if (c->run > RUNS_MAX)
		broken(w, "runs", "run %u for %c", c->run, 'A' + c->failed);
	if (!w->story.settings.act)
		watch_majority(w, c);
}

/* ------------------------------------------------- records, files and routes */

static bool follows(const struct stored *old, const struct stored *new)
{
	bool open = old->stage == STAGE_CLAIMED || old->stage == STAGE_COMMANDED ||
		    old->stage == STAGE_DONE;

	if (new->epoch != old->epoch)
		return !open && new->stage == STAGE_CLAIMED;
	if (new->stage == STAGE_COMMANDED)
		return old->stage == STAGE_CLAIMED || old->stage == STAGE_COMMANDED;
	if (new->stage == STAGE_CLOSED)
		return open && old->stage != STAGE_CLAIMED;
	if (new->stage == STAGE_ABANDONED)
		return open && old->stage != STAGE_DONE;
	return new->stage == STAGE_DONE && old->stage == STAGE_COMMANDED;
}

void watch_record(struct world *w, unsigned node, const struct stored *old)
{
	const struct stored *new = &w->server[node].stored;

	if (new->epoch < old->epoch)
		broken(w, "epoch", "record on %c: %u after %u", 'A' + node, (unsigned)new->epoch,
		       (unsigned)old->epoch);
	if (!follows(old, new))
		broken(w, "stage", "record on %c: %s after %s", 'A' + node, stage_name(new->stage),
		       stage_name(old->stage));
	if (new->stage == STAGE_DONE || new->stage == STAGE_CLOSED || new->stage == STAGE_ABANDONED)
		w->done_epoch[node] = new->epoch;
}

void watch_file(struct world *w, unsigned proxy, const struct proxy_file *old)
{
	const struct proxy_file *new = &w->proxy[proxy].file;
	if (new->epoch <= old->epoch)
		broken(w, "epoch", "file of P%u: %u after %u", proxy + 1, (unsigned)new->epoch,
		       (unsigned)old->epoch);
}

/* A move tests the node, for the longer the slower it has answered, looks once more and has
 * twice its window from there. */
static int64_t looked_before(const struct world *w, unsigned proxy, unsigned m)
{
	int64_t good_ms = w->monitor[m].looker[proxy].move.good_ms;
	int64_t retest_ms = 2 * good_ms > 100 ? 2 * good_ms : 100;
	int64_t most_ms = w->story.settings.deadline_ms;
	return (2 * 500 + (retest_ms < most_ms ? retest_ms : most_ms)) * MS;
}

/* PROXY points elsewhere now. */
void watch_route(struct world *w, unsigned proxy, unsigned old, unsigned m, enum move move)
{
	struct proxy *p = &w->proxy[proxy];
	int64_t since = p->serves ? p->since : w->now;
	const struct stored *record = &w->server[other_node(old)].stored;
	int64_t started_us = (int64_t)w->server[old].boot * SECOND;
	bool fence = move == MOVE_FENCE && record->started_us != started_us;

	w->out.moves++;
	tell(w, "P%u points to %c now, by monitor %u", proxy + 1, 'A' + p->route, m + 1);
	if (fence || w->now - since < looked_before(w, proxy, m) || !proxy_can_use(w, proxy, old))
		return;
	w->out.harm++;
	p->harm++;
	broken(w, "in_use", "P%u is moved off %c, which it uses, by monitor %u (%s)", proxy + 1,
	       'A' + old, m + 1, move_name(move));
}

/* Monitor M tells of the move of PROXY that has ended. */
void watch_told(struct world *w, unsigned proxy, unsigned m)
{
	const struct move_progress *move = &w->monitor[m].looker[proxy].move;
	struct proxy *p = &w->proxy[proxy];

	if (move->new.epoch == p->told)
		broken(w, "told_once", "monitor %u tells of epoch %u of P%u again (%s)", m + 1,
		       (unsigned)p->told, proxy + 1, move->order.rule);
	p->told = move->new.epoch;
}

/* ------------------------------------------------------------- applications */

/* Some monitor that could repair it: it runs, and reaches the proxy within the write window. */
static bool has_helper(const struct world *w, unsigned host)
{
	for (unsigned m = 0; m < MONITORS; m++) {
		const struct monitor *monitor = &w->monitor[m];
		if (monitor->running && monitor->stalled_until <= w->fault_at &&
		    network_passes(w, monitor->host, host) &&
		    network_passes(w, host, monitor->host) &&
		    w->extra[monitor->host][host] + w->extra[host][monitor->host] < 400 * MS &&
		    w->loss[monitor->host][host] == 0 && w->loss[host][monitor->host] == 0 &&
		    monitor->memory.node[0].seen_up && monitor->memory.node[1].seen_up)
			return true;
	}
	return false;
}

/* Nothing gets through to it. */
static bool cut_off(const struct world *w, unsigned host, unsigned node)
{
	enum path path = server_path(w, host, node);
	return path != PATH_OPEN && path != PATH_FULL && path != PATH_DENIED;
}

/* From the last change of the world on: PgBouncer's own hangs come on top. If it could use its
 * node, and only says no because it has not tried again yet, a move is not what helps. */
static void watch_repair(struct world *w, unsigned proxy)
{
	struct proxy *p = &w->proxy[proxy];
	unsigned other = other_node(p->route);
	int64_t begin = p->since > w->fault_at ? p->since : w->fault_at;
	int64_t limit = repair_limit(&w->story.settings);

	if (p->pool[other].login) /* its own test hangs: from there on */
		p->hung = w->now;
	if (p->hung > begin)
		begin = p->hung;

	if (w->story.settings.together || w->story.settings.repmgrd || p->late_write > 0)
		return;
	if (!cut_off(w, p->host, p->route) || !proxy_can_use(w, proxy, other) ||
	    !has_helper(w, p->host))
		return;
	if (w->now - begin > w->out.repair)
		w->out.repair = w->now - begin;
	if (w->now - begin > limit)
		broken(w, "repair_in_time", "P%u cannot use %c for %d ms, and could use %c",
		       proxy + 1, 'A' + p->route, (int)((w->now - begin) / MS), 'A' + other);
}

void watch_apps(struct world *w, unsigned proxy, bool serves)
{
	struct proxy *p = &w->proxy[proxy];

	if (serves && !p->serves && w->now - p->since > p->worst)
		p->worst = w->now - p->since;
	if (serves != p->serves) {
		tell(w, "applications of P%u %s", proxy + 1, serves ? "work" : "fail");
		p->serves = serves;
		p->since = w->now;
	}
	if (!serves && p->running)
		watch_repair(w, proxy);
}

/* ------------------------------------------------------------------ the end */

/* What is not yet as it should be; NULL: all is well. */
static const char *unsettled(const struct world *w)
{
	bool rules = !w->story.settings.repmgrd;

	for (unsigned i = 0; i < PROXIES; i++) {
		const struct proxy *p = &w->proxy[i];
		if (p->present && !p->serves)
			return "applications fail";
		if (p->present && p->file.node != p->route)
			return "a file and what runs differ";
		if (rules && p->present && p->login_retry != LOGIN_RETRY_INI)
			return "server_login_retry is not restored";
	}
	for (unsigned i = 0; i < NODES; i++) {
		const struct server *s = &w->server[i];
		if (!s->active[0] || !s->active[1])
			return "a living node is marked as failed";
		if (s->lock.held && !server_closed(w, i, &s->lock))
			return "somebody has a claim";
		if (s->stored.stage == STAGE_CLAIMED || s->stored.stage == STAGE_COMMANDED ||
		    s->stored.stage == STAGE_DONE)
			return "a failure is open";
	}
	for (unsigned i = 0; i < w->commands; i++) {
		if (w->command[i].used)
			return "a command is running";
	}
	return w->arbiter.key.epoch != 0 ? "the arbiter is reserved" : NULL;
}

static void close_books(struct world *w)
{
	for (unsigned i = 0; i < PROXIES; i++) {
		struct proxy *p = &w->proxy[i];
		if (p->present && !p->serves && w->now - p->since > p->worst)
			p->worst = w->now - p->since;
		w->out.worst[i] = p->worst;
	}
	w->out.settled = w->well_since < FOREVER && w->well_since > w->healed_at
				 ? w->well_since - w->healed_at
				 : 0;
}

bool watch_end(struct world *w)
{
	const char *what = unsettled(w);

	if (what != NULL)
		w->well_since = FOREVER;
	else if (w->well_since == FOREVER)
		w->well_since = w->now;
	close_books(w);
	if (w->story.until > 0)
		return w->now - BEGIN >= w->story.until;
	if (w->now < w->healed_at + REST)
		return false;
	if (what == NULL && w->now - w->well_since >= REST)
		return true;
	if (w->now > w->healed_at + settle_limit(&w->story.settings))
		broken(w, "settles", "%s", what != NULL ? what : "but not for long");
	return w->now > w->healed_at + settle_limit(&w->story.settings);
}
