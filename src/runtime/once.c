/* SPDX-License-Identifier: PostgreSQL */
#include "bdrmon/once.h"

#include "bdrmon/clock.h"
#include "bdrmon/nodes.h"
#include "bdrmon/probe.h"
#include "bdrmon/strbuf.h"
#include "bdrmon/thread.h"
#include "policy.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* A thread gives up so long before its caller does, to be able to say how far it got. Only
 * a file that libpq reads from a file system that hangs can make it later than that. */
#define ANSWER_MS 10

/* One thread's task. It is on the heap and, if the thread hangs, stays there. */
struct look {
	struct prober prober;
	struct pg_wait wait;
	bool shortened; /* the caller's deadline is sooner than the probe's own */
	int own_id;     /* to find the other node's record; 0: not wanted */
	enum repl_kind kind;
	pthread_t thread;
	bool joined; /* the thread has ended; before, what follows is its own */
	struct probe_result result;
	struct repl_sight repl;
	struct node_record other;
	struct error other_missing;
};

static void *look_run(void *argument)
{
	struct look *look = argument;

	probe_ask(&look->prober, true, &look->wait, &look->result);
	if (look->own_id != 0 && look->prober.held != NULL)
		nodes_read_other(look->prober.held, look->own_id, &look->wait, &look->other,
				 &look->other_missing);
	else if (look->own_id != 0)
		error_set(&look->other_missing, ERR_SERVER,
			  "the local node, whose repmgr.nodes names it, could not be asked");
	if (look->prober.held != NULL && session_usable(look->prober.held))
		repl_look(look->prober.held, look->kind, &look->wait, &look->repl);
	probe_close(&look->prober);
	return NULL;
}

static enum status look_start(const struct worker_order *order, int own_id, struct instant deadline,
			      struct look **started, struct error *err)
{
	struct look *look = calloc(1, sizeof *look);
	if (look == NULL)
		return error_set(err, ERR_SYSTEM, "out of memory");
	COPY_TEXT(look->prober.conninfo, order->node.conninfo);
	look->prober.write = order->write;
	look->kind = order->repl;
	struct instant own_deadline = instant_add_ms(clock_now(), order->timeout_ms);
	struct instant last_chance = instant_add_ms(deadline, -ANSWER_MS);
	look->shortened = instant_before(last_chance, own_deadline);
	look->wait = (struct pg_wait) { look->shortened ? last_chance : own_deadline, -1 };
	look->own_id = own_id;
	enum status st = thread_start(&look->thread, "look", look_run, look, err);
	if (st == OK)
		*started = look;
	else
		free(look);
	return st;
}

static enum status collect(struct look *look, struct instant deadline, struct once_sight *sight,
			   struct error *err)
{
	look->joined = thread_join(look->thread, deadline);
	if (!look->joined || (look->shortened && look->result.outcome == OUTCOME_TIMEOUT))
		return error_set(
			err, ERR_TIMEOUT,
			"no answer from node \"%s\" (ID: %d) before the time was over, at step %s",
			sight->node.name, sight->node.id,
			step_name(look->joined ? look->result.step : STEP_NONE));
	sight->result = look->result;
	sight->repl = look->repl;
	return OK;
}

/* A thread that was not waited for, or not long enough, still uses its task. */
static void look_free(struct look *look)
{
	if (look != NULL && look->joined)
		free(look);
}

enum status once_look(const struct config *config, struct instant deadline,
		      struct once_sight sight[NODES], struct error *err)
{
	struct look *look[NODES] = { NULL };
	struct settings settings;
	struct worker_order *order = settings.order;

	memset(sight, 0, NODES * sizeof sight[0]);
	enum status st = policy_settings(config, &settings, err);
	if (st != OK)
		return st;
	bool ask_for_other = order[1].node.id == 0;
	for (unsigned i = 0; i < NODES && st == OK; i++) {
		sight[i].node = order[i].node;
		if (order[i].node.id != 0)
			st = look_start(&order[i], ask_for_other ? order[i].node.id : 0, deadline,
					&look[i], err);
	}
	assert(st != OK || look[0] != NULL); /* the first node is always known */
	if (st == OK)
		st = collect(look[0], deadline, &sight[0], err);
	if (st == OK && ask_for_other) {
		sight[1].node = look[0]->other;
		sight[1].missing = look[0]->other_missing;
		if (sight[1].node.id != 0 &&
		    (st = worker_order_node(&order[1], &sight[1].node, err)) == OK)
			st = look_start(&order[1], 0, deadline, &look[1], err);
	}
	if (st == OK && look[1] != NULL)
		st = collect(look[1], deadline, &sight[1], err);
	for (unsigned i = 0; i < NODES; i++)
		look_free(look[i]);
	return st;
}
