/* SPDX-License-Identifier: PostgreSQL */
#include "proxy_worker.h"

#include "bdrmon/clock.h"
#include "bdrmon/log.h"
#include "bdrmon/lookup.h"
#include "bdrmon/strbuf.h"

#include <inttypes.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

/* After a look the decider gets the time to say what follows from it. */
#define LET_DECIDE_MS 20

/* The thread's own state, on the heap: a third of its stack otherwise. The thread frees it. */
struct tender {
	struct station *station;
	struct proxy_worker_order order;
	uint64_t orders_seen;
	struct proxy proxy;
	bool known; /* the proxy is open */
	struct proxy_cell cell;
	int news;                  /* an epoll descriptor: readable when stop or bell are */
	struct instant looked;     /* when the last look ended, */
	struct instant next;       /* and when the next one is due if nothing happens */
	struct instant move_again; /* no move begins before that, */
	struct instant moved_by;   /* and none that this look was the reason of */
	char told[3][REASON_MAX];  /* what was logged of reason, odd and file_reason */
};

/* ---------------------------------------------------------------------- what is posted */

static void post(struct tender *t)
{
	struct proxy_cell *cell = &t->cell;
	const struct proxy *proxy = &t->proxy;

	if (t->known) {
		cell->view = proxy->view;
		cell->answers = proxy->answers;
		cell->one_eyed = proxy->one_eyed;
		cell->unproven = proxy->unproven.rule != NULL;
		COPY_TEXT(cell->reason, proxy->reason);
		COPY_TEXT(cell->odd, proxy->odd);
		COPY_TEXT(cell->file_reason, proxy->file_reason);
	}
	if (!board_post(t->station->board, t->station->cell, cell, sizeof *cell))
		log_error("could not publish what proxy \"%s\" does: out of memory", cell->name);
}

/* Each thing that is wrong is told when it begins and when it ends. */
static void tell(struct tender *t, unsigned which, const char *what, const char *now)
{
	char *told = t->told[which];

	if (strcmp(told, now) == 0)
		return;
	if (now[0] != '\0')
		log_warning("proxy \"%s\": %s%s", t->cell.name, what, now);
	else
		log_notice("proxy \"%s\": no longer so: %s%s", t->cell.name, what, told);
	copy_text(told, REASON_MAX, now);
}

static void tell_all(struct tender *t)
{
	tell(t, 0, "its console does not answer: ", t->proxy.answers ? "" : t->proxy.reason);
	tell(t, 1, "", t->proxy.odd);
	tell(t, 2, "its file cannot be read or changed: ", t->proxy.file_reason);
}

/* ------------------------------------------------------------------------ its orders */

static bool same_setup(const struct proxy_worker_order *a, const struct proxy_worker_order *b)
{
	return memcmp(&a->config, &b->config, sizeof a->config) == 0 &&
	       memcmp(a->node, b->node, sizeof a->node) == 0;
}

static void forget(struct tender *t)
{
	if (t->known)
		proxy_close(&t->proxy);
	t->known = false;
	t->next = t->looked = t->move_again = NEVER;
	memset(t->told, 0, sizeof t->told);
	t->cell = (struct proxy_cell) { .view = { .route = NODES, .file.node = NODES } };
	COPY_TEXT(t->cell.name, t->order.config.name);
}

/* It is another one, or the nodes are: nothing is known of it. */
static void begin(struct tender *t)
{
	bool nodes = t->order.node[0].id != 0 && t->order.node[1].id != 0;
	struct proxy_setup setup;
	struct error err;

	forget(t);
	if (t->cell.name[0] == '\0' || !nodes)
		return;
	enum status st = proxy_worker_setup(&t->order, &setup, &err);
	if (st == OK)
		st = proxy_open(&t->proxy, &setup, &err);
	t->known = st == OK;
	if (st == OK)
		return;
	log_write(LOG_LEVEL_ERROR, NULL, err.hint, "%s", err.text);
	COPY_LINE(t->cell.reason, err.text);
	post(t);
}

static void set_policies(struct tender *t)
{
	struct proxy_setup *setup = &t->proxy.setup;

	setup->eyes = t->order.eyes;
	setup->move = t->order.move;
	setup->move.test_ms = t->order.timeout_ms;
	setup->interval_ms = t->order.interval_ms;
	setup->fresh_ms = t->order.fresh_ms;
	setup->hold_max_ms = t->order.hold_max_ms;
}

static void take_order(struct tender *t)
{
	struct proxy_worker_order before = t->order;

	doorbell_quiet(&t->station->bell);
	if (!mailbox_get(&t->station->orders, &t->order, sizeof t->order, &t->orders_seen))
		return;
	if (!same_setup(&before, &t->order))
		begin(t);
	else if (t->known)
		set_policies(t);
}

/* Begin only if no later look has ended than the one that it was decided by, and only once. */
static bool has_to_move(const struct tender *t)
{
	const struct move_order *move = &t->order.order.move;

	return t->known && move->move != MOVE_NONE && move->looked.us == t->proxy.view.looked.us &&
	       move->looked.us != t->moved_by.us && !instant_before(clock_now(), t->move_again);
}

static bool stops(const struct tender *t)
{
	struct pollfd stop = { .fd = t->station->stop->fd, .events = POLLIN };
	return poll(&stop, 1, 0) > 0;
}

/* Is there something better to do than to wait for a test that hangs? */
static bool leave(void *argument)
{
	struct tender *t = argument;

	if (stops(t))
		return true;
	uint64_t seen = t->orders_seen;
	struct proxy_worker_order order = t->order;

	doorbell_quiet(&t->station->bell);
	if (!mailbox_get(&t->station->orders, &order, sizeof order, &seen))
		return false;
	if (!same_setup(&order, &t->order)) {
		doorbell_ring(&t->station->bell);
		return true;
	}
	t->order = order;
	t->orders_seen = seen;
	set_policies(t);
	return has_to_move(t) || proxy_hold_due(&t->proxy, t->order.order.pause);
}

static struct proxy_stop stop_of(struct tender *t)
{
	return (struct proxy_stop) { t->station->stop->fd, t->news, leave, t };
}

/* --------------------------------------------------------------------------- its work */

static void tell_proof(struct tender *t)
{
	const struct move_done *moved = &t->proxy.view.moved;
	const struct node_record *node = t->order.node;

	log_notice("proxy \"%s\": move from node \"%s\" to \"%s\", rule \"%s\": proven now, "
		   "%" PRId64 " ms after it began",
		   t->cell.name, node[moved->from].name, node[moved->to].name, moved->rule,
		   moved->took_ms);
	t->cell.move_reason[0] = '\0';
}

static void look(struct tender *t)
{
	const struct proxy_stop stop = stop_of(t);
	struct instant began = clock_now();

	if (proxy_look(&t->proxy, t->order.order.login_retry, &stop) != OK)
		return;
	if (proxy_prove(&t->proxy, t->order.started_us, &stop))
		tell_proof(t);
	t->looked = clock_now();
	t->next = instant_later(
		proxy_eyes_next(&t->proxy.eyes, began, t->order.interval_ms, &t->order.eyes),
		instant_add_ms(t->looked, LET_DECIDE_MS));
	tell_all(t);
	post(t);
}

static enum log_level level_of(const struct proxy_moved *moved)
{
	if (moved->progress.end == MOVE_DONE)
		return LOG_LEVEL_NOTICE;
	return proxy_moved_well(moved) ? LOG_LEVEL_INFO : LOG_LEVEL_WARNING;
}

static void tell_move(struct tender *t, const struct proxy_moved *moved)
{
	const struct move_progress *move = &moved->progress;
	const struct node_record *node = t->order.node;
	enum log_level level = level_of(moved);
	char steps[512], ends[REASON_MAX + 64];
	struct strbuf out = STRBUF(ends), times = STRBUF(steps);

	proxy_moved_end(moved, &out);
	proxy_moved_times(moved, &times);
	log_write(level, steps, NULL,
		  "proxy \"%s\": move %s from node \"%s\" to \"%s\", rule \"%s\": %s", t->cell.name,
		  move_name(move->order.move), node[move->order.from].name,
		  node[move->order.to].name, move->order.rule, ends);
	COPY_TEXT(t->cell.move_reason, level == LOG_LEVEL_WARNING ? ends : "");
}

static void move(struct tender *t)
{
	const struct proxy_stop stop = stop_of(t);
	const struct move_order order = t->order.order.move;
	struct proxy_moved moved;

	t->cell.moving = true;
	post(t);
	enum status st = proxy_move(&t->proxy, &order, t->order.started_us, &stop, &moved);
	t->cell.moving = false;
	t->moved_by = order.looked; /* what follows is for the next look to say */
	if (st != OK)
		return;
	tell_move(t, &moved);
	post(t);
	t->move_again = instant_add_ms(clock_now(), move_pause_ms(moved.progress.end));
	t->next = clock_now();
}

/* Never: there is nothing to look at. */
static struct instant due(const struct tender *t)
{
	struct instant ask = t->order.order.ask;
	bool asked = !instant_is_set(ask) || !instant_before(t->proxy.view.looked, ask);

	if (!t->known)
		return NEVER;
	if (!instant_is_set(t->looked))
		return clock_now();
	if (!asked)
		return instant_add_ms(t->looked, LET_DECIDE_MS);
	struct instant hold_end = proxy_hold_end(&t->proxy);
	return instant_is_set(hold_end) ? instant_sooner(t->next, hold_end) : t->next;
}

/* False: stop. */
static bool sleep_until(struct tender *t, struct instant when)
{
	struct timespec rest;
	struct pollfd fds[] = {
		{ .fd = t->station->stop->fd, .events = POLLIN },
		{ .fd = t->station->bell.fd, .events = POLLIN },
		{ .fd = t->known ? proxy_fd(&t->proxy) : -1, .events = POLLIN },
	};

	ppoll(fds, ARRAY_LEN(fds), clock_rest(when, &rest), NULL);
	if (fds[2].revents != 0) {
		proxy_listen(&t->proxy);
		t->next = clock_now();
	}
	return fds[0].revents == 0;
}

static void hold_back(struct tender *t)
{
	bool wanted = t->order.order.pause;

	if (proxy_hold_due(&t->proxy, wanted))
		t->next = clock_now();
	proxy_hold(&t->proxy, wanted, t->station->stop->fd);
}

/* False: stop. */
static bool go_on(struct tender *t)
{
	take_order(t);
	if (t->known)
		hold_back(t);
	struct instant when = due(t);
	if (has_to_move(t))
		move(t);
	else if (instant_is_set(when) && !instant_before(clock_now(), when))
		look(t);
	else
		return sleep_until(t, when);
	return !stops(t);
}

static int open_news(const struct station *station)
{
	int news = epoll_create1(EPOLL_CLOEXEC);
	struct epoll_event event = { .events = EPOLLIN };

	epoll_ctl(news, EPOLL_CTL_ADD, station->stop->fd, &event);
	epoll_ctl(news, EPOLL_CTL_ADD, station->bell.fd, &event);
	return news;
}

static void *proxy_worker_run(void *argument)
{
	struct tender *t = argument;

	t->news = open_news(t->station);
	while (go_on(t))
		continue;
	forget(t);
	close(t->news);
	free(t);
	return NULL;
}

enum status proxy_worker_start(struct proxy_worker *worker, struct error *err)
{
	struct station *station = &worker->station;
	struct tender *t = calloc(1, sizeof *t);

	if (t == NULL)
		return error_set(err, ERR_SYSTEM, "out of memory");
	t->station = station;
	enum status st = STATION_OPEN(station, &worker->order, err);
	if (st == OK)
		st = station_start(station, "proxy", proxy_worker_run, t, err);
	if (st != OK)
		free(t);
	return st;
}

void proxy_worker_tell(struct proxy_worker *worker, const struct proxy_worker_order *order)
{
	mailbox_put(&worker->station.orders, order, sizeof *order);
}
