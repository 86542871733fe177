/* SPDX-License-Identifier: PostgreSQL */
#include "pages.h"

#include "bdrmon/clock.h"
#include "bdrmon/events.h"
#include "bdrmon/log.h"
#include "bdrmon/nodes.h"
#include "bdrmon/store.h"

#include <string.h>

/* A node that did not take it is asked again after this long; one that refused, since it
 * lacks the table or a grant, seldom: it logs an error each time. */
#define AGAIN_MS         2000
#define AGAIN_REFUSED_MS 30000

/* A subscription that was made to connect needs a second for it, and more on a busy server; to
 * be made again meanwhile throws it back. So the pause doubles each time. */
#define POKE_AGAIN_MS    2000
#define POKE_DOUBLES_MAX 4

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

enum flag_write flag_write(enum active_flag flag, enum bulletin_tables tables)
{
	static const enum flag_write writes[][TABLES_THERE + 1] = {
		[FLAG_AS_IT_IS] = { WRITE_NOTHING, WRITE_NOTHING, WRITE_NOTHING },
		[FLAG_WELL] = { WRITE_NOTHING, WRITE_ACTIVE, WRITE_WELL },
		[FLAG_ACTIVE] = { WRITE_ACTIVE, WRITE_ACTIVE, WRITE_ACTIVE },
		[FLAG_FAILED] = { WRITE_FAILED, WRITE_FAILED, WRITE_FAILED },
	};

	return writes[flag][tables];
}

/* What is to be written on NODE of node SUBJECT. */
static enum flag_write write_of(const struct scribe *s, unsigned node, unsigned subject)
{
	bool known = s->order.node[subject].id != 0;
	return known ? flag_write(s->order.flag[subject], s->order.tables[node]) : WRITE_NOTHING;
}

static bool flags_due(const struct scribe *s, unsigned node, struct instant now)
{
	const struct page *page = &s->page[node];
	bool stale =
		!instant_is_set(page->flagged) || ms_between(page->flagged, now) >= FLAGS_AGAIN_MS;
	bool wanted = false;

	for (unsigned i = 0; i < NODES; i++)
		wanted = wanted || write_of(s, node, i) != WRITE_NOTHING;
	return wanted && (stale || page->round != s->order.round);
}

static enum status write_flags(struct scribe *s, unsigned node, struct store *store)
{
	struct page *page = &s->page[node];
	enum status st = store_begin(store);

	if (st != OK)
		return st;
	for (unsigned i = 0; i < NODES && st == OK; i++) {
		int id = s->order.node[i].id;
		enum flag_write write = write_of(s, node, i);
		if (write == WRITE_WELL)
			st = nodes_set_well(store, id);
		else if (write != WRITE_NOTHING)
			st = nodes_set_active(store, id, write == WRITE_ACTIVE);
	}
	st = store_end(store, st);
	if (st == OK) {
		page->round = s->order.round;
		page->flagged = clock_now();
	}
	return st;
}

/* ------------------------------------------------------------- the replication */

static bool pokes(const struct scribe *s, unsigned node)
{
	return s->order.poke && s->order.repl[node] != REPL_NONE;
}

static bool poke_due(const struct scribe *s, unsigned node, struct instant now)
{
	return pokes(s, node) && !instant_before(now, s->page[node].poke_due);
}

static void poke(const struct scribe *s, unsigned node, struct store *store, struct page *page)
{
	enum status st =
		repl_poke(store->session, s->order.repl[node], &store->wait, &store->failure);

	page->poke_due = instant_add_ms(clock_now(), POKE_AGAIN_MS << page->pokes);
	page->pokes += page->pokes < POKE_DOUBLES_MAX;
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
		  "creates a table that is missing, and names a missing grant.",
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
		st = write_flags(s, node, store);
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

bool pages_write(struct scribe *s, struct instant *again)
{
	bool wrote = false;

	*again = NEVER;
	for (unsigned i = 0; i < NODES; i++) {
		struct page *page = &s->page[i];
		struct instant now = clock_now();
		if (s->order.node[i].id == 0 || s->order.reach[i] != ANSWERS)
			continue;
		struct work work = { take_batch(s, i), flags_due(s, i, now), poke_due(s, i, now) };
		if (work.rows == 0 && !work.flags && !work.poke) {
			/* Only a moment that is to come: else it would not sleep. */
			if (pokes(s, i))
				*again = instant_sooner(*again, page->poke_due);
			continue;
		}
		if (instant_before(now, page->due) && !s->ending) {
			*again = instant_sooner(*again, page->due);
			continue;
		}
		write_node(s, i, &work);
		wrote = true;
	}
	return wrote;
}
