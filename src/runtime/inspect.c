/* SPDX-License-Identifier: PostgreSQL */
#include "bdrmon/inspect.h"

#include "bdrmon/clock.h"
#include "bdrmon/probe.h"
#include "bdrmon/strbuf.h"
#include "bdrmon/thread.h"
#include "policy.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* So many deadlines of one question has a look at a node or a proxy; a thread that is not over
 * by then hangs in something that knows no deadline. */
#define NODE_QUESTIONS  4
#define PROXY_QUESTIONS 9
#define GRACE_MS        500

/* One thread's task. It is on the heap and, if the thread hangs, stays there. */
struct task {
	pthread_t thread;
	bool started;
	struct instant deadline;
	/* Of an arbiter: */
	struct prober prober;
	struct pg_wait wait;
	struct probe_result result;
	/* Of a proxy: */
	struct proxy_setup setup;
	struct lint_facts facts;
	struct error err;
	enum status looked;
};

static void *ask_arbiter(void *argument)
{
	struct task *task = argument;

	probe_ask(&task->prober, true, &task->wait, &task->result);
	probe_close(&task->prober);
	return NULL;
}

static void *look_at_proxy(void *argument)
{
	struct task *task = argument;
	struct proxy proxy = { 0 };

	task->looked = proxy_open(&proxy, &task->setup, &task->err);
	if (task->looked != OK)
		return NULL;
	proxy_lint_look(&proxy, &task->facts);
	proxy_close(&proxy);
	return NULL;
}

static enum status task_start(struct task *task, void *(*run)(void *), int64_t limit_ms,
			      struct error *err)
{
	task->deadline = instant_add_ms(clock_now(), limit_ms + GRACE_MS);
	enum status st = thread_start(&task->thread, "inspect", run, task, err);
	task->started = st == OK;
	return st;
}

static struct task *task_new(struct error *err)
{
	struct task *task = calloc(1, sizeof *task);

	if (task == NULL)
		error_set(err, ERR_SYSTEM, "out of memory");
	return task;
}

static enum status start_arbiter(const struct arbiter_order *order, struct task **started,
				 struct error *err)
{
	struct task *task = *started = task_new(err);

	if (task == NULL)
		return ERR_SYSTEM;
	COPY_TEXT(task->prober.conninfo, order->conninfo);
	task->wait = (struct pg_wait) { instant_add_ms(clock_now(), order->timeout_ms), -1 };
	return task_start(task, ask_arbiter, order->timeout_ms, err);
}

/* The socket of ssh must be where this process may make one; the monitor makes its directory when
 * it starts. */
static void choose_directory(const struct config *config, struct proxy_worker_order *order)
{
	if (access(order->directory, W_OK | X_OK) != 0)
		COPY_TEXT(order->directory, config->state_directory);
}

/* What cannot be set up is an error of that proxy alone. */
static enum status start_proxy(const struct config *config, const struct once_sight node[NODES],
			       struct proxy_worker_order *order, struct inspected_proxy *proxy,
			       struct task **started)
{
	struct error *err = &proxy->err;
	struct task *task = *started = task_new(err);

	if (task == NULL)
		return ERR_SYSTEM;
	for (unsigned i = 0; i < NODES; i++) {
		order->node[i] = node[i].node;
		if (order->node[i].id == 0)
			return error_set(
				err, ERR_CONFIG,
				"it cannot be looked at, since the other node is not known");
	}
	choose_directory(config, order);
	enum status st = proxy_worker_setup(order, &task->setup, err);
	return st == OK ? task_start(task, look_at_proxy, PROXY_QUESTIONS * order->timeout_ms, err)
			: st;
}

/* Wait for the end of TASK. True: what it found can be read, and it is to be freed. */
static bool task_end(struct task *task)
{
	return task != NULL && task->started && thread_join(task->thread, task->deadline);
}

static void collect_arbiter(struct task *task, struct inspected_arbiter *arbiter)
{
	bool ended = task_end(task);

	if (ended)
		arbiter->result = task->result;
	if (ended || (task != NULL && !task->started))
		free(task);
}

static void collect_proxy(struct task *task, const struct once_sight node[NODES],
			  struct inspected_proxy *proxy)
{
	const char *const names[NODES] = { node[0].node.name, node[1].node.name };
	bool ended = task_end(task);

	if (ended)
		proxy->looked = task->looked;
	else if (proxy->looked == OK)
		proxy->looked =
			error_set(&proxy->err, ERR_TIMEOUT, "no answer before the deadline");
	if (ended && task->looked != OK)
		proxy->err = task->err;
	if (ended && task->looked == OK) {
		proxy->route = task->facts.route;
		proxy->outage_ms = proxy_outage_ms(&task->setup, proxy->outage_step_ms);
		proxy_lint(&task->setup, names, &task->facts, &proxy->report);
	}
	if (ended || (task != NULL && !task->started))
		free(task);
}

static enum status look_at_nodes(const struct config *config, struct inspection *inspection,
				 struct error *err)
{
	int64_t limit_ms = NODE_QUESTIONS * config->probe.timeout_ms + GRACE_MS;

	return once_look(config, instant_add_ms(clock_now(), limit_ms), inspection->node, err);
}

/* All at the same time. */
static enum status look_at_others(const struct config *config, struct settings *settings,
				  struct inspection *inspection, struct error *err)
{
	struct task *arbiter[ARBITERS_MAX] = { NULL }, *proxy[PROXIES_MAX] = { NULL };
	enum status st = OK;

	for (unsigned i = 0; i < settings->arbiters && st == OK; i++)
		st = start_arbiter(&settings->arbiter[i], &arbiter[i], err);
	for (unsigned i = 0; i < settings->proxies; i++) {
		struct inspected_proxy *p = &inspection->proxy[i];
		p->looked =
			start_proxy(config, inspection->node, &settings->proxy[i], p, &proxy[i]);
	}
	for (unsigned i = 0; i < settings->arbiters; i++)
		collect_arbiter(arbiter[i], &inspection->arbiter[i]);
	for (unsigned i = 0; i < settings->proxies; i++)
		collect_proxy(proxy[i], inspection->node, &inspection->proxy[i]);
	return st; /* NOLINT(clang-analyzer-unix.Malloc): a thread may have a task for ever */
}

enum status inspect(const struct config *config, struct inspection *inspection, struct error *err)
{
	struct settings settings;

	memset(inspection, 0, sizeof *inspection);
	enum status st = policy_settings(config, &settings, err);
	if (st != OK)
		return st;
	inspection->arbiters = settings.arbiters;
	inspection->proxies = settings.proxies;
	for (unsigned i = 0; i < settings.arbiters; i++)
		COPY_TEXT(inspection->arbiter[i].name, settings.arbiter[i].name);
	for (unsigned i = 0; i < settings.proxies; i++) {
		COPY_TEXT(inspection->proxy[i].name, settings.proxy[i].config.name);
		inspection->proxy[i].route = NODES;
	}
	st = look_at_nodes(config, inspection, err);
	return st == OK ? look_at_others(config, &settings, inspection, err) : st;
}
