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
struct inquiry {
	struct survey_wish wish;
	enum repl_kind kind; /* of replication that is looked for */
	struct resolver resolver;
	struct pg_wait wait;
	pthread_t thread;
	struct survey_node found; /* the thread's own until it has ended */
};

/* What the back-end does not say, or may not say to this role, stays unknown. */
static void ask_replication(struct inquiry *inquiry, struct session *session)
{
	struct survey_node *found = &inquiry->found;
	const struct pg_wait *wait = &inquiry->wait;
	struct pg_failure unused;

	found->has_replication =
		repl_detect(session, inquiry->kind, wait, &found->setup, &unused) == OK &&
		repl_read(session, found->setup.kind, wait, &found->state, &unused) == OK;
}

static enum status ask(struct inquiry *inquiry, struct session *session)
{
	struct survey_node *found = &inquiry->found;
	struct store store = { .session = session, .wait = inquiry->wait };

	enum status st = nodes_read(&store, &found->rows, &found->err);
	if (st == OK && inquiry->wish.replication)
		ask_replication(inquiry, session);
	if (st != OK || !inquiry->wish.events)
		return st;
	st = events_read(&store, &inquiry->wish.filter, &found->events);
	if (st != OK)
		error_set(&found->err, st, "could not read repmgr.events: %s",
			  store.failure.reason);
	return st;
}

static void *inquiry_run(void *argument)
{
	struct inquiry *inquiry = argument;
	struct survey_node *found = &inquiry->found;
	struct session *session = NULL;
	struct pg_failure failure;

	enum status st = session_open(found->node.conninfo, &inquiry->resolver, &inquiry->wait,
				      &session, &failure);
	found->reached = st == OK;
	found->answered =
		st == OK ? ask(inquiry, session) : error_set(&found->err, st, "%s", failure.reason);
	session_close(session);
	resolver_close(&inquiry->resolver);
	return NULL;
}

static enum status inquiry_start(const struct worker_order *order, const struct survey_wish *wish,
				 struct inquiry **started, struct error *err)
{
	struct inquiry *inquiry = calloc(1, sizeof *inquiry);
	if (inquiry == NULL)
		return error_set(err, ERR_SYSTEM, "out of memory");
	inquiry->wish = *wish;
	inquiry->kind = order->repl;
	inquiry->wait = (struct pg_wait) { instant_add_ms(clock_now(), order->timeout_ms), -1 };
	inquiry->found.node = order->node;
	enum status st = thread_start(&inquiry->thread, "survey", inquiry_run, inquiry, err);
	if (st == OK)
		*started = inquiry;
	else
		free(inquiry);
	return st;
}

/* Take what INQUIRY, which may be NULL, has found. */
static void collect(struct inquiry *inquiry, struct survey_node *node)
{
	if (inquiry == NULL)
		return;
	if (thread_join(inquiry->thread, instant_add_ms(inquiry->wait.deadline, GRACE_MS))) {
		*node = inquiry->found;
		free(inquiry);
		return;
	}
	node->answered = error_set(&node->err, ERR_TIMEOUT, "no answer before the deadline");
}

/* The other node's record, from the table of the first one. */
static bool find_other(const struct survey_node *first, struct node_record *other)
{
	for (unsigned i = 0; first->answered == OK && i < node_rows_held(&first->rows); i++) {
		if (first->rows.row[i].record.id == first->node.id)
			continue;
		*other = first->rows.row[i].record;
		return true;
	}
	return false;
}

enum status survey_take(const struct config *config, const struct survey_wish *wish,
			struct survey_node node[NODES], struct error *err)
{
	struct inquiry *inquiry[NODES] = { NULL };
	struct settings settings;
	struct node_record other;

	memset(node, 0, NODES * sizeof node[0]);
	enum status st = policy_settings(config, &settings, err);
	for (unsigned i = 0; i < NODES && st == OK; i++) {
		node[i].node = settings.order[i].node;
		if (node[i].node.id != 0)
			st = inquiry_start(&settings.order[i], wish, &inquiry[i], err);
	}
	for (unsigned i = 0; i < NODES; i++) {
		collect(inquiry[i], &node[i]);
		inquiry[i] = NULL;
	}
	if (st != OK || node[1].node.id != 0 || !find_other(&node[0], &other))
		return st;
	st = worker_order_node(&settings.order[1], &other, err);
	if (st == OK)
		st = inquiry_start(&settings.order[1], wish, &inquiry[1], err);
	node[1].node = other;
	if (st == OK)
		collect(inquiry[1], &node[1]);
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
