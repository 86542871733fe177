/* SPDX-License-Identifier: PostgreSQL */
/* The algorithm of repmgrd 4.4 in BDR mode, for comparison: one thread that connects to one
 * node after the other; when a node does not answer so many times in a row, the first monitor
 * that sets a flag in the survivor's shared memory runs the command: a script that rewrites
 * the file of each proxy and reloads it, one after the other, without a look. */
#include "parts.h"

#define CONNECT_TIMEOUT (2 * SECOND) /* libpq goes no lower */

static int64_t interval(const struct world *w)
{
	return w->story.settings.interval_ms * MS;
}

static void probe(struct world *w, unsigned m)
{
	struct monitor *monitor = &w->monitor[m];
	struct message *ask =
		call(w, m, CHANNEL_PROBE, ASK_PROBE, monitor->old.turn, CONNECT_TIMEOUT);
	ask->fresh = true;
	network_send(w, ask);
}

/* The next proxy; after the last one the flags are written. */
static void script(struct world *w, unsigned m)
{
	struct monitor *monitor = &w->monitor[m];
	unsigned p = monitor->old.proxy;

	if (p < PROXIES && w->proxy[p].present) {
		struct message *ask =
			call(w, m, CHANNEL_MOVE, ASK_SCRIPT, w->proxy[p].host, CONNECT_TIMEOUT);
		ask->target = (uint8_t)other_node(monitor->old.failed);
		network_send(w, ask);
		return;
	}
	monitor->old.scripting = false;
	w->server[other_node(monitor->old.failed)].active[monitor->old.failed] = false;
	monitor_set(w, m, TIMER_DECIDE, w->now + interval(w));
}

void repmgrd_step(struct world *w, unsigned m)
{
	if (w->monitor[m].old.scripting)
		script(w, m);
	else
		probe(w, m);
}

static void next_node(struct world *w, unsigned m)
{
	struct monitor *monitor = &w->monitor[m];

	monitor->old.tries = 0;
	monitor->old.turn = other_node(monitor->old.turn);
	if (monitor->old.turn == 0)
		monitor_set(w, m, TIMER_DECIDE, w->now + interval(w));
	else
		probe(w, m);
}

static void elect(struct world *w, unsigned m)
{
	struct monitor *monitor = &w->monitor[m];
	unsigned failed = monitor->old.turn;
	struct message *ask =
		call(w, m, CHANNEL_CLAIM, ASK_ELECT, other_node(failed), CONNECT_TIMEOUT);
	ask->fresh = true;
	ask->target = (uint8_t)failed;
	monitor->old.failed = failed;
	monitor->old.electing = true;
	network_send(w, ask);
}

static void probed(struct world *w, unsigned m, const struct message *answer)
{
	struct monitor *monitor = &w->monitor[m];
	unsigned node = monitor->old.turn;

	if (answer != NULL && answer->outcome == OUTCOME_OK) {
		if (monitor->old.done[node]) { /* bdr_recovery */
			w->server[0].active[node] = w->server[1].active[node] = true;
			w->server[other_node(node)].elected[node] = false;
		}
		monitor->old.done[node] = false;
		next_node(w, m);
	} else if (monitor->old.done[node]) {
		next_node(w, m);
	} else if (++monitor->old.tries <= w->story.settings.attempts) {
		monitor_set(w, m, TIMER_DECIDE, w->now + w->story.settings.pause_ms * MS);
	} else {
		monitor->old.done[node] = true;
		elect(w, m);
	}
}

void repmgrd_answer(struct world *w, unsigned m, const struct message *answer)
{
	struct monitor *monitor = &w->monitor[m];

	if (monitor->old.scripting) {
		monitor->old.proxy++;
		script(w, m);
	} else if (!monitor->channel[CHANNEL_CLAIM].busy &&
		   monitor->old.failed == monitor->old.turn && monitor->old.electing) {
		monitor->old.electing = false;
		if (answer != NULL && answer->done) {
			struct command *c = command_new(w, m, monitor->old.failed, w->now);
			(void)c;
			monitor->old.scripting = true;
			monitor->old.proxy = 0;
			script(w, m);
		} else
			next_node(w, m);
	} else
		probed(w, m, answer);
}
