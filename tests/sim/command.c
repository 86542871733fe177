/* SPDX-License-Identifier: PostgreSQL */
/* The notification commands: they run on when their monitor dies, until they end or a guard
 * kills them at their limit; with their host they die. */
#include "fault_table.h"
#include "parts.h"

#include <assert.h>

#define SPAWN_TAKES (20 * MS)
#define KILL_TAKES  (500 * MS) /* of command_ms, which comprises it */

struct command *command_new(struct world *w, unsigned m, unsigned failed, int64_t begin)
{
	assert(w->commands < COMMANDS_MAX);
	struct command *c = &w->command[w->commands++];

	*c = (struct command) { .used = true,
				.monitor = (uint8_t)m,
				.incarnation = w->monitor[m].incarnation,
				.failed = failed,
				.begin = begin };
	post(w, begin, EVENT_COMMAND, m, w->commands - 1, 0);
	return c;
}

void command_order(struct world *w, unsigned m, const struct action *action)
{
	struct command *c = command_new(w, m, action->node, w->now + 1 + chance(w, SPAWN_TAKES));
	c->epoch = action->epoch;
	c->run = action->run;
	c->end = action->begin_before.us - w->monitor[m].offset; /* for now: its latest begin */
	w->monitor[m].view.run[action->node] =
		(struct run_view) { RUN_RUNNING, action->epoch, action->run, false };
}

static bool monitor_lives(const struct world *w, const struct command *c)
{
	const struct monitor *m = &w->monitor[c->monitor];
	return m->running && m->incarnation == c->incarnation;
}

static void report(struct world *w, const struct command *c, enum run_state state)
{
	struct run_view *run = &w->monitor[c->monitor].view.run[c->failed];

	if (!monitor_lives(w, c) || w->monitor[c->monitor].repmgrd)
		return;
	if (run->epoch == c->epoch && run->run == c->run) {
		run->state = state;
		run->success = state == RUN_ENDED;
	}
	monitor_news(w, c->monitor);
}

static void begin(struct world *w, struct command *c)
{
	int64_t limit = w->story.settings.command_ms * MS;
	unsigned index = (unsigned)(c - w->command);
	int64_t stalled = w->monitor[c->monitor].stalled_until;
	bool late = !w->monitor[c->monitor].repmgrd && w->now > c->end;

	if (!monitor_lives(w, c)) {
		c->used = false;
		return;
	}
	if (stalled > w->now) {
		post(w, stalled, EVENT_COMMAND, c->monitor, index, 0);
		return;
	}
	if (late) {
		c->used = false;
		report(w, c, RUN_AGAIN);
		return;
	}
	c->running = true;
	c->killed = w->command_takes > limit - KILL_TAKES;
	c->begin = w->now;
	c->end = w->now + (c->killed ? limit : w->command_takes);
	tell(w, "command for %c begins, epoch %u run %u, by monitor %u", 'A' + c->failed,
	     (unsigned)c->epoch, c->run, c->monitor + 1);
	watch_begin_command(w, c);
	post(w, c->end, EVENT_COMMAND, c->monitor, index, 0);
	fault_trap(w, c->monitor, TRAP_COMMAND);
}

void command_happens(struct world *w, unsigned index)
{
	struct command *c = &w->command[index];

	if (!c->used)
		return;
	if (!c->running) {
		begin(w, c);
		return;
	}
	if (w->now < c->end)
		return;
	c->running = false;
	c->used = false;
	tell(w, "command for %c has ended%s", 'A' + c->failed, c->killed ? ", killed" : "");
	report(w, c, c->killed ? RUN_AGAIN : RUN_ENDED);
}
