/* SPDX-License-Identifier: PostgreSQL */
#include "bdrmon/survey.h"

#include "bdrmon/clock.h"
#include "bdrmon/resolve.h"
#include "bdrmon/strbuf.h"
#include "bdrmon/thread.h"
#include "policy.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* A thread has this much more than its questions. Only a file that libpq reads from a file
 * system that hangs can make it later. */
#define GRACE_MS 200

/* One thread's task. It is on the heap and, if the thread hangs, stays there. */
struct errand {
	struct survey_wish wish;
	enum repl_kind kind; /* of replication that is looked for */
	struct resolver resolver;
	struct pg_wait wait;
	pthread_t thread;
	struct survey_node found; /* the thread's own until it has ended */
};

static enum status ask(struct errand *errand, struct session *session)
{
	struct survey_node *found = &errand->found;
	struct store store = { .session = session, .wait = errand->wait };

	enum status st = nodes_read(&store, &found->rows, &found->err);
	if (st == OK && errand->wish.replication)
		repl_look(session, errand->kind, &errand->wait, &found->repl);
	if (st == OK && errand->wish.failure) {
		st = failures_find(&store, errand->wish.epoch, &found->failure);
		if (st != OK)
			error_set(&found->err, st, "could not read bdrmon.failure: %s",
				  store.failure.reason);
	}
	if (st != OK || !errand->wish.events)
		return st;
	st = events_read(&store, &errand->wish.filter, &found->events);
	if (st != OK)
		error_set(&found->err, st, "could not read repmgr.events: %s",
			  store.failure.reason);
	return st;
}

static void *errand_run(void *argument)
{
	struct errand *errand = argument;
	struct survey_node *found = &errand->found;
	struct session *session = NULL;
	struct pg_failure failure;

	enum status st = session_open(found->node.conninfo, &errand->resolver, &errand->wait,
				      &session, &failure);
	found->reached = st == OK;
	found->answered =
		st == OK ? ask(errand, session) : error_set(&found->err, st, "%s", failure.reason);
	session_close(session);
	resolver_close(&errand->resolver);
	return NULL;
}

static enum status errand_start(const struct worker_order *order, const struct survey_wish *wish,
				struct errand **started, struct error *err)
{
	struct errand *errand = calloc(1, sizeof *errand);
	if (errand == NULL)
		return error_set(err, ERR_SYSTEM, "out of memory");
	errand->wish = *wish;
	errand->kind = order->repl;
	errand->wait = (struct pg_wait) { instant_add_ms(clock_now(), order->timeout_ms), -1 };
	errand->found.node = order->node;
	enum status st = thread_start(&errand->thread, "survey", errand_run, errand, err);
	if (st == OK)
		*started = errand;
	else
		free(errand);
	return st;
}

/* Take what ERRAND, which may be NULL, has found. */
static void collect(struct errand *errand, struct survey_node *node)
{
	if (errand == NULL)
		return;
	if (thread_join(errand->thread, instant_add_ms(errand->wait.deadline, GRACE_MS))) {
		*node = errand->found;
		free(errand);
		return;
	}
	node->answered = error_set(&node->err, ERR_TIMEOUT, "no answer before the deadline");
}

enum status survey_take(const struct config *config, const struct survey_wish *wish,
			struct survey_node node[NODES], struct error *err)
{
	struct errand *errand[NODES] = { NULL };
	struct settings settings;

	memset(node, 0, NODES * sizeof node[0]);
	enum status st = policy_settings(config, &settings, err);
	for (unsigned i = 0; i < NODES && st == OK; i++) {
		node[i].node = settings.order[i].node;
		if (node[i].node.id != 0)
			st = errand_start(&settings.order[i], wish, &errand[i], err);
	}
	for (unsigned i = 0; i < NODES; i++) {
		collect(errand[i], &node[i]);
		errand[i] = NULL;
	}
	const struct node_row *other = node_rows_other(&node[0].rows, node[0].node.id);
	if (st != OK || node[1].node.id != 0 || node[0].answered != OK || other == NULL)
		return st;
	st = worker_order_node(&settings.order[1], &other->record, err);
	if (st == OK)
		st = errand_start(&settings.order[1], wish, &errand[1], err);
	node[1].node = other->record;
	if (st == OK)
		collect(errand[1], &node[1]);
	return st;
}

const struct node_rows *survey_rows(const struct survey_node node[NODES])
{
	for (unsigned i = 0; i < NODES; i++) {
		/* a node that cannot be reached has none */
		if (node[i].rows.count > 0)
			return &node[i].rows;
	}
	return NULL;
}
