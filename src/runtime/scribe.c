/* SPDX-License-Identifier: PostgreSQL */
#include "scribe.h"

#include "bdrmon/clock.h"
#include "bdrmon/events.h"
#include "bdrmon/log.h"
#include "bdrmon/lookup.h"
#include "bdrmon/nodes.h"
#include "bdrmon/resolve.h"
#include "bdrmon/store.h"
#include "bdrmon/thread.h"
#include "mailbox.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>

/* A node that did not take it is asked again after this long; one that refused, since it
 * lacks the table or a grant, seldom: it logs an error each time. */
#define AGAIN_MS         2000
#define AGAIN_REFUSED_MS 30000

/* Somebody else may have changed the flags. */
#define FLAGS_AGAIN_MS 60000

/* A subscription that was made to connect needs a second for it. */
#define POKE_AGAIN_MS 2000

#define BATCH_MAX 32

/* The last round ends so long before its caller gives up. */
#define STOP_SLACK_MS 20

/* What is known of one node's tables. */
struct page {
	int node_id;
	struct resolver resolver;
	struct instant due; /* not before that moment */
	struct instant poke_due;
	enum active_flag flag[NODES]; /* as written last */
	struct instant flagged;       /* when; never: not in this session of the node's */
	char said[REASON_MAX];        /* why it could not be written, when that was said last */
};

struct scribe {
	struct doorbell bell, stop;
	const struct doorbell *changed;
	struct mailbox orders;
	struct scribe_order order_box; /* the mailbox's memory */
	pthread_t thread;
	bool runs;
	struct instant last; /* when all must have ended; set before the stop rings */
	pthread_mutex_t lock;
	int64_t serial;
	struct rows rows;
	/* the thread's own: */
	struct scribe_order order;
	uint64_t orders_seen;
	bool ending;
	struct page page[NODES];
	struct row batch[BATCH_MAX];
};

/* ------------------------------------------------------------------ the events */

/* Where a row goes: to the node that may have it already, else to the first that is not
 * known to be silent. */
static bool goes_to(const struct scribe *s, const struct row *row, unsigned node)
{
	if (row->tried != 0)
		return row->tried == s->order.node[node].id;
	return node == 0 || s->order.reach[0] == SILENT;
}

static unsigned take_batch(struct scribe *s, unsigned node)
{
	unsigned taken = 0;

	pthread_mutex_lock(&s->lock);
	for (unsigned i = 0; i < s->rows.count && taken < BATCH_MAX; i++) {
		const struct row *row = rows_at(&s->rows, i);
		if (goes_to(s, row, node))
			s->batch[taken++] = *row;
	}
	pthread_mutex_unlock(&s->lock);
	return taken;
}

/* What has become of the batch: written, or nobody knows. */
static void settle(struct scribe *s, unsigned count, enum status st, int node_id)
{
	pthread_mutex_lock(&s->lock);
	for (unsigned i = 0; i < count; i++) {
		if (st == OK)
			rows_remove(&s->rows, s->batch[i].serial);
	}
	for (unsigned i = 0; i < s->rows.count && st != OK; i++) {
		struct row *row = rows_at(&s->rows, i);
		for (unsigned k = 0; k < count; k++) {
			if (row->serial == s->batch[k].serial)
				row->tried = node_id;
		}
	}
	pthread_mutex_unlock(&s->lock);
	doorbell_ring(s->changed);
}

static enum status write_batch(struct scribe *s, struct store *store, unsigned count, int node_id)
{
	struct event_row rows[BATCH_MAX];

	for (unsigned i = 0; i < count; i++) {
		const struct row *row = &s->batch[i];
		rows[i] = (struct event_row) {
			.node_id = row->node_id,
			.event = event_type(row->event)->name,
			.successful = row->success,
			.timestamp = row->timestamp,
			.details = row->details,
		};
	}
	enum status st = events_append(store, rows, count);
	/* A refusal is an answer: nothing is written. */
	if (st == OK || !session_usable(store->session))
		settle(s, count, st, node_id);
	return st;
}

/* ------------------------------------------------------------------- the flags */

static bool flags_due(const struct scribe *s, unsigned node, struct instant now)
{
	const struct page *page = &s->page[node];
	bool stale =
		!instant_is_set(page->flagged) || ms_between(page->flagged, now) >= FLAGS_AGAIN_MS;
	bool due = false;

	for (unsigned i = 0; i < NODES; i++)
		due = due || (s->order.flag[i] != FLAG_AS_IT_IS && s->order.node[i].id != 0 &&
			      (stale || s->order.flag[i] != page->flag[i]));
	return due;
}

static enum status write_flags(struct scribe *s, struct store *store, struct page *page)
{
	enum status st = store_begin(store);

	if (st != OK)
		return st;
	for (unsigned i = 0; i < NODES && st == OK; i++) {
		if (s->order.flag[i] != FLAG_AS_IT_IS && s->order.node[i].id != 0)
			st = nodes_set_active(store, s->order.node[i].id,
					      s->order.flag[i] == FLAG_ACTIVE);
	}
	st = store_end(store, st);
	if (st == OK) {
		memcpy(page->flag, s->order.flag, sizeof page->flag);
		page->flagged = clock_now();
	}
	return st;
}

/* ------------------------------------------------------------- the replication */

static bool poke_due(const struct scribe *s, unsigned node, struct instant now)
{
	return s->order.poke && s->order.repl[node] != REPL_NONE &&
	       !instant_before(now, s->page[node].poke_due);
}

static void poke(const struct scribe *s, unsigned node, struct store *store, struct page *page)
{
	enum status st =
		repl_poke(store->session, s->order.repl[node], &store->wait, &store->failure);

	page->poke_due = instant_add_ms(clock_now(), POKE_AGAIN_MS);
	log_debug("node \"%s\" (ID: %d): replication is to connect at once%s%s",
		  s->order.node[node].name, s->order.node[node].id, st != OK ? ": " : "",
		  st != OK ? store->failure.reason : "");
}

/* ---------------------------------------------------------------------- a node */

static void complain(struct scribe *s, unsigned node, const char *reason)
{
	struct page *page = &s->page[node];

	if (strcmp(page->said, reason) == 0)
		return;
	COPY_LINE(page->said, reason);
	log_write(LOG_LEVEL_WARNING, reason,
		  "What is to be written waits, and is kept over a restart. \"bdrmon register\" "
		  "creates what is missing.",
		  "could not write to repmgr's tables on node \"%s\" (ID: %d)",
		  s->order.node[node].name, s->order.node[node].id);
}

/* What there is to do on one node. */
struct work {
	unsigned rows;
	bool flags, poke;
};

/* Write what there is for NODE over a session of its own. */
static enum status write_over(struct scribe *s, unsigned node, const struct work *work,
			      struct store *store)
{
	enum repl_kind kind = s->order.repl[node];
	enum status st = store_find_way(store, kind == REPL_BDR || kind == REPL_PGD);

	if (st == OK && work->flags)
		st = write_flags(s, store, &s->page[node]);
	if (st == OK && work->rows > 0)
		st = write_batch(s, store, work->rows, s->order.node[node].id);
	return st;
}

/* A stop ends what is under way; the last round has its own deadline. */
static struct pg_wait wait_for_node(const struct scribe *s)
{
	struct instant deadline = instant_add_ms(clock_now(), s->order.timeout_ms);
	return s->ending ? (struct pg_wait) { instant_sooner(s->last, deadline), -1 }
			 : (struct pg_wait) { deadline, s->stop.fd };
}

static void write_node(struct scribe *s, unsigned node, const struct work *work)
{
	struct page *page = &s->page[node];
	struct store store = { .wait = wait_for_node(s) };
	bool refused = false;

	enum status st = session_open(s->order.node[node].conninfo, &page->resolver, &store.wait,
				      &store.session, &store.failure);
	if (st == OK) {
		if (work->poke)
			poke(s, node, &store, page);
		st = write_over(s, node, work, &store);
		refused = st != OK && session_usable(store.session);
	}
	if (st != OK && st != ERR_STOPPED) {
		page->due = instant_add_ms(clock_now(), refused ? AGAIN_REFUSED_MS : AGAIN_MS);
		if (refused)
			complain(s, node, store.failure.reason);
	} else if (st == OK) {
		page->said[0] = '\0';
	}
	session_close(store.session);
}

/* Write what is due; true: there may be more. */
static bool write_due(struct scribe *s, struct instant *again)
{
	bool wrote = false;

	*again = NEVER;
	for (unsigned i = 0; i < NODES; i++) {
		struct page *page = &s->page[i];
		struct instant now = clock_now();
		if (s->order.node[i].id == 0 || s->order.reach[i] != ANSWERS)
			continue;
		if (s->order.poke)
			*again = instant_sooner(*again, page->poke_due);
		struct work work = { take_batch(s, i), flags_due(s, i, now), poke_due(s, i, now) };
		if (work.rows == 0 && !work.flags && !work.poke)
			continue;
		if (instant_before(now, page->due) && !s->ending) {
			*again = instant_sooner(*again, page->due);
			continue;
		}
		write_node(s, i, &work);
		wrote = true;
	}
	return wrote;
}

static void take_order(struct scribe *s)
{
	mailbox_get(&s->orders, &s->order, sizeof s->order, &s->orders_seen);
	for (unsigned i = 0; i < NODES; i++) {
		struct page *page = &s->page[i];
		if (page->node_id != s->order.node[i].id) {
			resolver_close(&page->resolver);
			*page = (struct page) { .node_id = s->order.node[i].id };
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
	bool goes_on = true;

	do {
		take_order(s);
		if (!write_due(s, &again))
			goes_on = sleep_until(s, again);
	} while (goes_on);
	s->ending = true;
	write_due(s, &again);
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
