/* SPDX-License-Identifier: PostgreSQL */
#include "pages.h"

#include "bdrmon/clock.h"
#include "bdrmon/log.h"
#include "bdrmon/lookup.h"
#include "bdrmon/thread.h"

#include <poll.h>
#include <stdlib.h>

/* The last round ends so long before its caller gives up. */
#define STOP_SLACK_MS 100

static void take_order(struct scribe *s)
{
	mailbox_get(&s->orders, &s->order, sizeof s->order, &s->orders_seen);
	for (unsigned i = 0; i < NODES; i++) {
		struct page *page = &s->page[i];
		if (page->node_id != s->order.node[i].id) {
			resolver_close(&page->resolver);
			*page = (struct page) { .node_id = s->order.node[i].id };
		}
		if (!s->order.poke) {
			page->pokes = 0;
			page->poke_due = NEVER;
		}
		if (s->order.reach[i] != ANSWERS) { /* it may come back with what it had before */
			page->flagged = NEVER;
			page->due = NEVER;
		}
	}
}

/* False: stop. */
static bool sleep_until(const struct scribe *s, struct instant again)
{
	struct timespec rest;
	struct pollfd fds[] = {
		{ .fd = s->stop.fd, .events = POLLIN },
		{ .fd = s->bell.fd, .events = POLLIN },
	};
	/* Flags are looked after now and then. */
	struct instant soon = instant_add_ms(clock_now(), FLAGS_AGAIN_MS);

	ppoll(fds, ARRAY_LEN(fds), clock_rest(instant_sooner(again, soon), &rest), NULL);
	doorbell_quiet(&s->bell);
	return fds[0].revents == 0;
}

static void *scribe_run(void *argument)
{
	struct scribe *s = argument;
	struct instant again;
	bool goes_on;

	do {
		take_order(s);
		if (pages_write(s, &again))
			again = clock_now(); /* there may be more; but first a look at the bells */
		goes_on = sleep_until(s, again);
	} while (goes_on);
	s->ending = true;
	pages_write(s, &again);
	for (unsigned i = 0; i < NODES; i++)
		resolver_close(&s->page[i].resolver);
	return NULL;
}

/* ------------------------------------------------------------------ for others */

enum status scribe_new(const struct rows *kept, const struct doorbell *changed,
		       struct scribe **scribe, struct error *err)
{
	struct scribe *made = calloc(1, sizeof *made);

	if (made == NULL)
		return error_set(err, ERR_SYSTEM, "out of memory");
	made->bell.fd = made->stop.fd = -1;
	made->changed = changed;
	made->rows = *kept;
	pthread_mutex_init(&made->lock, NULL);
	enum status st = doorbell_open(&made->bell, err);
	if (st == OK)
		st = doorbell_open(&made->stop, err);
	if (st != OK) {
		scribe_free(made);
		return st;
	}
	made->orders = MAILBOX(&made->order_box, &made->bell);
	*scribe = made;
	return OK;
}

enum status scribe_start(struct scribe *scribe, struct error *err)
{
	enum status st = thread_start(&scribe->thread, "scribe", scribe_run, scribe, err);
	scribe->runs = st == OK;
	return st;
}

void scribe_tell(struct scribe *scribe, const struct scribe_order *order)
{
	mailbox_put(&scribe->orders, order, sizeof *order);
}

void scribe_put(struct scribe *scribe, const struct row *row)
{
	struct row put = *row;
	int64_t now_us = clock_wall_us();

	pthread_mutex_lock(&scribe->lock);
	scribe->serial = now_us > scribe->serial ? now_us : scribe->serial + 1;
	put.serial = scribe->serial;
	put.tried = 0;
	bool fits = rows_put(&scribe->rows, &put);
	pthread_mutex_unlock(&scribe->lock);
	if (!fits)
		log_warning("the oldest of %d events that wait for a node is lost", ROWS_MAX);
	doorbell_ring(&scribe->bell);
	doorbell_ring(scribe->changed);
}

void scribe_save(struct scribe *scribe, struct strbuf *out)
{
	pthread_mutex_lock(&scribe->lock);
	rows_write(out, &scribe->rows);
	pthread_mutex_unlock(&scribe->lock);
}

bool scribe_stop(struct scribe *scribe, struct instant deadline)
{
	if (!scribe->runs)
		return true;
	scribe->last = instant_add_ms(deadline, -STOP_SLACK_MS);
	doorbell_ring(&scribe->stop);
	scribe->runs = !thread_join(scribe->thread, deadline);
	return !scribe->runs;
}

void scribe_free(struct scribe *scribe)
{
	doorbell_close(&scribe->bell);
	doorbell_close(&scribe->stop);
	pthread_mutex_destroy(&scribe->lock);
	free(scribe);
}
