/* SPDX-License-Identifier: PostgreSQL */
#include "setting.h"

#include "parts.h"

#include <string.h>

#define NONE NOWHERE

static const struct setting table[] = {
	{ "two", { HOST_A, HOST_B, NONE }, { HOST_P1, HOST_P2, NONE }, { 0, 1, 0 }, false },
	{ "crossed", { HOST_A, HOST_B, NONE }, { HOST_P1, HOST_P2, NONE }, { 1, 0, 0 }, false },
	{ "both_on_b", { HOST_A, HOST_B, NONE }, { HOST_P1, HOST_P2, NONE }, { 1, 1, 0 }, false },
	{ "on_nodes", { HOST_A, HOST_B, NONE }, { HOST_A, HOST_B, NONE }, { 0, 1, 0 }, false },
	{ "third", { HOST_A, HOST_B, HOST_C }, { HOST_P1, HOST_P2, NONE }, { 0, 1, 0 }, false },
	{ "third_on_nodes",
	  { HOST_A, HOST_B, HOST_C },
	  { HOST_A, HOST_B, NONE },
	  { 0, 1, 0 },
	  false },
	{ "away", { HOST_C, HOST_D, NONE }, { HOST_P1, HOST_P2, NONE }, { 0, 1, 0 }, false },
	{ "one_proxy", { HOST_A, HOST_B, NONE }, { HOST_P1, NONE, NONE }, { 1, 1, 0 }, false },
	{ "three_proxies",
	  { HOST_A, HOST_B, NONE },
	  { HOST_P1, HOST_P2, HOST_P3 },
	  { 0, 1, 0 },
	  false },
	{ "arbiter", { HOST_A, HOST_B, NONE }, { HOST_P1, HOST_P2, NONE }, { 0, 1, 0 }, true },
	{ "arbiter_only", { HOST_A, HOST_B, NONE }, { NONE, NONE, NONE }, { 0, 1, 0 }, true },
	{ "bare", { HOST_A, HOST_B, NONE }, { NONE, NONE, NONE }, { 0, 1, 0 }, false },
};

static const char *const hosts[HOSTS] = { "A", "B", "C", "D", "P1", "P2", "P3", "Z" };

const struct setting *settings_table(unsigned *count)
{
	*count = ARRAY_LEN(table);
	return table;
}

const struct setting *setting_by_name(const char *name)
{
	for (unsigned i = 0; i < ARRAY_LEN(table); i++) {
		if (strcmp(table[i].name, name) == 0)
			return &table[i];
	}
	return NULL;
}

const char *host_name(unsigned host)
{
	return hosts[host];
}

struct settings settings_default(void)
{
	return (struct settings) { .layout = &table[0],
				   .attempts = 1,
				   .interval_ms = 1000,
				   .deadline_ms = 1000,
				   .pause_ms = 100,
				   .lease_ms = 3000,
				   .command_ms = 5500,
				   .hold_ms = 2000,
				   .grace_ms = 5000 };
}

/* The question that shows it, the proxy's own, and the test of the node that it goes to have a
 * deadline each. */
int64_t repair_limit(const struct settings *s)
{
	int64_t pause = s->pause_ms > s->deadline_ms ? s->pause_ms : s->deadline_ms;
	return (s->interval_ms + 3 * s->deadline_ms + (s->attempts - 1) * pause + 500 + 1000) * MS;
}

/* A command is run at most three times, each waits for the end of the one before; a login of
 * PgBouncer may hang so long, and then not be tried again for so long; then the node has to be up
 * for a while. */
int64_t settle_limit(const struct settings *s)
{
	return repair_limit(s) + SERVER_CONNECT_LIMIT + LOGIN_RETRY_INI +
	       (RUNS_MAX * (s->command_ms + s->lease_ms) + s->hold_ms + 3 * s->lease_ms) * MS;
}

static struct decide_policy policy_of(const struct world *w, unsigned m)
{
	const struct settings *s = &w->story.settings;
	const struct setting *layout = s->layout;
	struct decide_policy policy = {
		.health = { .attempts = s->attempts,
			    .attempt_interval_ms = s->pause_ms,
			    .interval_ms = s->interval_ms,
			    .restart_grace_ms = s->grace_ms,
			    .recovery_hold_ms = s->hold_ms },
		.stale_ms = 2 * s->interval_ms + s->deadline_ms,
		.tilt_ms = 2000,
		.act_without_majority = s->act,
		.claims = true,
		.watches_links = true,
		.lease_ms = s->lease_ms,
		.command_ms = s->command_ms,
		.max_failovers = s->max_failovers,
		.write_window_ms = 500,
		.keep_together = s->together,
	};

	policy.layout.me = layout->monitor[m];
	policy.layout.node[0] = HOST_A;
	policy.layout.node[1] = HOST_B;
	for (unsigned i = 0; i < MONITORS; i++) {
		if (i != m && layout->monitor[i] != NONE)
			policy.layout.peer[policy.layout.peers++] = layout->monitor[i];
	}
	for (unsigned i = 0; i < PROXIES && layout->proxy[i] != NONE; i++)
		policy.layout.proxy[policy.layout.proxies++] =
			(struct proxy_place) { .domain = layout->proxy[i], .home = NO_HOME };
	if (layout->arbiter)
		policy.layout.arbiter[policy.layout.arbiters++] = HOST_Z;
	return policy;
}

static void build_monitor(struct world *w, unsigned m)
{
	struct monitor *monitor = &w->monitor[m];
	unsigned peers = 0;

	if (w->story.settings.layout->monitor[m] == NONE)
		return;
	monitor->present = true;
	monitor->repmgrd = w->story.settings.repmgrd;
	monitor->host = w->story.settings.layout->monitor[m];
	monitor->offset = (1 + (int64_t)chance(w, 1000)) * SECOND;
	monitor->policy = policy_of(w, m);
	for (unsigned i = 0; i < MONITORS; i++) {
		if (i != m && w->story.settings.layout->monitor[i] != NONE)
			monitor->peers[peers++] = i;
	}
	monitor_start(w, m, false);
}

void setting_build(struct world *w)
{
	const struct setting *layout = w->story.settings.layout;

	for (unsigned i = 0; i < NODES; i++) {
		struct server *s = &w->server[i];
		s->running = s->active[0] = s->active[1] = true;
		s->boot = 1 + i;
	}
	w->arbiter.present = w->arbiter.running = layout->arbiter;
	for (unsigned i = 0; i < PROXIES; i++) {
		struct proxy *p = &w->proxy[i];
		if (i == 0)
			post(w, w->now + 1, EVENT_APP, i, 0, 0);
		if (layout->proxy[i] == NONE)
			continue;
		p->present = p->running = p->serves = true;
		p->host = layout->proxy[i];
		p->route = p->file.node = p->older.node = layout->route[i];
		p->login_retry = LOGIN_RETRY_INI;
		p->since = w->now;
		if (i != 0)
			post(w, w->now + 1 + i * MS, EVENT_APP, i, 0, 0);
	}
	for (unsigned m = 0; m < MONITORS; m++)
		build_monitor(w, m);
}
