/* SPDX-License-Identifier: PostgreSQL */
#include "fault_table.h"

#include "parts.h"
#include "setting.h"

static void crash_server(struct world *w, struct fault *f)
{
	server_crash(w, f->a, true);
}

static void start_server(struct world *w, struct fault *f)
{
	server_start(w, f->a);
}

static void freeze(struct world *w, struct fault *f)
{
	w->server[f->a].frozen = w->server[f->a].running;
}

static void thaw(struct world *w, struct fault *f)
{
	server_thaw(w, f->a);
}

/* ------------------------------------------------------------------- hosts */

static void kill_host(struct world *w, struct fault *f)
{
	unsigned h = f->a;

	if (w->dead[h])
		return;
	for (unsigned i = 0; i < MONITORS; i++) {
		if (w->monitor[i].present && w->monitor[i].host == h)
			w->monitor[i].running = false;
	}
	w->dead[h] = true;
	w->dead_since[h] = w->now;
	if (h < NODES)
		server_crash(w, h, false);
	for (unsigned i = 0; i < PROXIES; i++) {
		if (w->proxy[i].present && w->proxy[i].host == h)
			w->proxy[i].running = false;
	}
	for (unsigned i = 0; i < w->commands; i++) {
		struct command *c = &w->command[i];
		if (c->used && w->monitor[c->monitor].host == h)
			c->used = c->running = false;
	}
	if (h == HOST_Z)
		w->arbiter.running = false;
}

static void boot_host(struct world *w, struct fault *f)
{
	unsigned h = f->a;

	w->dead[h] = false;
	if (h < NODES)
		server_start(w, h);
	for (unsigned i = 0; i < PROXIES; i++) {
		if (w->proxy[i].present && w->proxy[i].host == h)
			proxy_start(w, i);
	}
	for (unsigned i = 0; i < MONITORS; i++) {
		if (w->monitor[i].present && w->monitor[i].host == h)
			monitor_start(w, i, true);
	}
	w->arbiter.running |= h == HOST_Z && w->arbiter.present;
}

/* ------------------------------------------------------- servers' complaints */

static void fill(struct world *w, struct fault *f)
{
	w->server[f->a].full = true;
}

static void empty(struct world *w, struct fault *f)
{
	w->server[f->a].full = false;
}

static void deny(struct world *w, struct fault *f)
{
	w->server[f->a].denied = true;
}

static void admit(struct world *w, struct fault *f)
{
	w->server[f->a].denied = false;
}

static void slow_server(struct world *w, struct fault *f)
{
	w->server[f->a].slow = f->value * MS;
}

static void fast_server(struct world *w, struct fault *f)
{
	w->server[f->a].slow = 0;
}

static void set_clock(struct world *w, struct fault *f)
{
	w->server[f->a].clock += f->value * MS;
}

/* ---------------------------------------------------------------- monitors */

static void crash_monitor(struct world *w, struct fault *f)
{
	monitor_stop(w, f->a);
}

static void start_monitor(struct world *w, struct fault *f)
{
	if (w->monitor[f->a].present)
		monitor_start(w, f->a, true);
}

static void start_anew(struct world *w, struct fault *f)
{
	if (w->monitor[f->a].present)
		monitor_start(w, f->a, false);
}

static void stall(struct world *w, struct fault *f)
{
	int64_t *until = &w->monitor[f->a].stalled_until;
	if (w->now + f->lasts > *until) /* it may be stalled already */
		*until = w->now + f->lasts;
}

static void step_clock(struct world *w, struct fault *f)
{
	w->monitor[f->a].stepped = true;
}

static void slow_commands(struct world *w, struct fault *f)
{
	w->command_takes = f->value * MS;
}

static void fast_commands(struct world *w, struct fault *f)
{
	(void)f;
	w->command_takes = 50 * MS;
}

/* Traps: whoever comes to that point first falls into it. */
static void set_trap(struct world *w, struct fault *f)
{
	w->trap_set = true;
	f->b = MONITORS; /* nobody has fallen into it yet */
}

static void climb_out(struct world *w, struct fault *f)
{
	if (f->b < MONITORS)
		monitor_start(w, f->b, true);
	f->struck = false;
}

static void disarm(struct world *w, struct fault *f)
{
	(void)w;
	f->struck = false;
}

/* ----------------------------------------------------------------- proxies */

static void kill_proxy(struct world *w, struct fault *f)
{
	w->proxy[f->a].running = false;
}

static void start_proxy(struct world *w, struct fault *f)
{
	if (w->proxy[f->a].present)
		proxy_start(w, f->a);
}

static void restart_old(struct world *w, struct fault *f)
{
	w->proxy[f->a].file = w->proxy[f->a].older;
	w->proxy[f->a].told = 0; /* its epoch comes again */
	kill_proxy(w, f);
	start_proxy(w, f);
}

static void delay_writes(struct world *w, struct fault *f)
{
	w->proxy[f->a].late_write = f->value * MS;
}

static void write_at_once(struct world *w, struct fault *f)
{
	w->proxy[f->a].late_write = 0;
}

static void kill_arbiter(struct world *w, struct fault *f)
{
	(void)f;
	w->arbiter.running = false;
}

static void start_arbiter(struct world *w, struct fault *f)
{
	(void)f;
	w->arbiter.running = w->arbiter.present && !w->dead[HOST_Z];
}

#define SHORT                                                                                      \
	{                                                                                          \
		200, 12000                                                                         \
	}
#define LONG                                                                                       \
	{                                                                                          \
		3000, 20000                                                                        \
	}

static const struct fault_kind table[] = {
	{ "server %n crashes", crash_server, start_server, 12, { 0 }, SHORT, 0, false },
	{ "server %n freezes", freeze, thaw, 6, { 0 }, SHORT, 0, false },
	{ "host %h dies", kill_host, boot_host, 8, { 0 }, LONG, 0, false },
	{ "host %h is isolated", isolate, join, 6, { 0 }, SHORT, 0, false },
	{ "host %h sends to nobody", mute, join, 3, { 0 }, SHORT, 0, false },
	{ "nothing reaches host %h", deafen, join, 3, { 0 }, SHORT, 0, false },
	{ "hosts %h and %h are an island", split, unite, 4, { 0 }, SHORT, 0, false },
	{ "link %h to %h is cut", cut_one, mend_one, 8, { 0 }, SHORT, 0, false },
	{ "links %h and %h are cut", cut_both, mend_both, 8, { 0 }, SHORT, 0, false },
	{ "links %h and %h lose %v percent", lose, lose_no_more, 3, { 1, 30 }, SHORT, 0, false },
	{ "all links lose %v percent", lose_all, lose_nothing, 0, { 1, 10 }, SHORT, 0, false },
	{ "links %h and %h are %v ms slow", slow_link, fast_link, 3, { 1, 700 }, SHORT, 0, false },
	{ "firewall on %n resets %h", reset, reset_no_more, 3, { 0 }, SHORT, 0, false },
	{ "firewall on %n resets everybody", reset_all, reset_none, 2, { 0 }, SHORT, 0, false },
	{ "server %n is full", fill, empty, 3, { 0 }, SHORT, 0, false },
	{ "server %n denies logins", deny, admit, 1, { 0 }, SHORT, 0, false },
	{ "server %n answers %v ms late",
	  slow_server,
	  fast_server,
	  4,
	  { 1, 900 },
	  SHORT,
	  0,
	  false },
	{ "clock of %n jumps %v ms", set_clock, NULL, 3, { -3600000, 3600000 }, { 0 }, 0, false },
	{ "monitor %m crashes", crash_monitor, start_monitor, 6, { 0 }, SHORT, 0, false },
	{ "monitor %m crashes and forgets", crash_monitor, start_anew, 3, { 0 }, SHORT, 0, false },
	{ "monitor %m stalls", stall, NULL, 6, { 0 }, SHORT, 0, false },
	{ "clock of monitor %m is set", step_clock, NULL, 2, { 0 }, { 0 }, 0, false },
	{ "commands take %v ms", slow_commands, fast_commands, 3, { 1, 10000 }, LONG, 0, false },
	{ "holder crashes with the claim",
	  set_trap,
	  climb_out,
	  3,
	  { 0 },
	  LONG,
	  1 + STAGE_NONE,
	  false },
	{ "holder crashes at claimed",
	  set_trap,
	  climb_out,
	  3,
	  { 0 },
	  LONG,
	  1 + STAGE_CLAIMED,
	  false },
	{ "holder crashes at commanded",
	  set_trap,
	  climb_out,
	  4,
	  { 0 },
	  LONG,
	  1 + STAGE_COMMANDED,
	  false },
	{ "holder crashes at done", set_trap, climb_out, 2, { 0 }, LONG, 1 + STAGE_DONE, false },
	{ "holder crashes in its command",
	  set_trap,
	  climb_out,
	  3,
	  { 0 },
	  LONG,
	  1 + TRAP_COMMAND,
	  false },
	{ "mover crashes before RELOAD",
	  set_trap,
	  climb_out,
	  4,
	  { 0 },
	  LONG,
	  1 + TRAP_MOVER,
	  false },
	{ "holder stalls with the claim", set_trap, disarm, 2, { 0 }, LONG, 1 + STAGE_NONE, true },
	{ "holder stalls at commanded",
	  set_trap,
	  disarm,
	  3,
	  { 0 },
	  LONG,
	  1 + STAGE_COMMANDED,
	  true },
	{ "mover stalls before RELOAD", set_trap, disarm, 2, { 0 }, LONG, 1 + TRAP_MOVER, true },
	{ "proxy %p dies", kill_proxy, start_proxy, 3, { 0 }, SHORT, 0, false },
	{ "proxy %p restarts with an old file", restart_old, NULL, 0, { 0 }, { 0 }, 0, false },
	{ "ssh to %p writes %v ms late",
	  delay_writes,
	  write_at_once,
	  2,
	  { 1, 5000 },
	  LONG,
	  0,
	  false },
	{ "arbiter dies", kill_arbiter, start_arbiter, 2, { 0 }, SHORT, 0, false },
};

const struct fault_kind *fault_kinds(unsigned *count)
{
	*count = ARRAY_LEN(table);
	return table;
}
