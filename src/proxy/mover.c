/* SPDX-License-Identifier: PostgreSQL */
/* Moving a proxy: the core's machine says what is next (move.h), this does it. */
#include "ask.h"
#include "console.h"
#include "files.h"
#include "hold.h"
#include "look.h"
#include "quiet.h"
#include "release.h"
#include "retry.h"

#include "bdrmon/clock.h"
#include "bdrmon/crash_point.h"
#include "bdrmon/strbuf.h"

#include <poll.h>

/* PgBouncer takes so long, and a little more, to be refused by a server beside it. */
#define REFUSED_MS 2

struct mover {
	struct proxy *proxy;
	const int64_t *started_us;
	const struct proxy_stop *stop;
	struct proxy_moved *moved;
	int64_t limit_ms; /* of the present step */
	struct release release;
	int64_t tested_us; /* pg_postmaster_start_time() of the new node, as it was tested */
	bool calm;         /* logins are held back until RELOAD */
	bool loaded;       /* RELOAD was sent: what is SET must be set back */
};

/* A test is never left for another order: the move is the best there is to do. */
static bool stay(void *stop_fd)
{
	struct pollfd stop = { .fd = *(const int *)stop_fd, .events = POLLIN };
	return poll(&stop, 1, 0) > 0;
}

static enum status ask(struct mover *m, const char *alias, int64_t hedge_ms,
		       struct alias_question *q)
{
	int stop_fd = m->stop->stop_fd;
	const struct proxy_stop stop = { stop_fd, stop_fd, stay, &stop_fd };

	*q = (struct alias_question) { .alias = alias,
				       .hedge_ms = hedge_ms,
				       .limit_ms = m->limit_ms };
	return alias_ask(m->proxy, q, 1, &stop);
}

static const char *reason_of(const struct mover *m)
{
	return m->proxy->reason[0] != '\0' ? m->proxy->reason : m->proxy->file_reason;
}

/* ------------------------------------------------------------------ the steps */

typedef enum status step_fn(struct mover *m, struct move_answer *answer);

/* By a new client, through the probe alias of NODE. */
static enum status test(struct mover *m, unsigned node, int64_t hedge_ms,
			struct alias_question *got, struct move_answer *answer)
{
	const struct proxy_aliases *aliases = &m->proxy->setup.aliases;

	enum status st = ask(m, aliases->probe[node], hedge_ms, got);
	answer->done = true;
	answer->works = st == OK && got->result.outcome == OUTCOME_OK;
	answer->silent = got->says && got->result.outcome == OUTCOME_TIMEOUT;
	if (!answer->works)
		COPY_TEXT(m->moved->reason, got->result.reason);
	return st;
}

static enum status test_to(struct mover *m, struct move_answer *answer)
{
	unsigned to = m->moved->progress.order.to;
	struct alias_question got = { 0 };

	enum status st = OK;

	if (look_ask_held(m->proxy, to, m->stop->stop_fd, &got))
		answer->done = answer->works = true;
	else
		st = test(m, to, look_hedge_ms(m->proxy, to), &got, answer);
	m->tested_us = got.started_us;
	return st;
}

/* It is expected to be dead: a refusal takes one way there and back, of which a good login takes
 * several, and then only a second client is told of it. */
static enum status test_from(struct mover *m, struct move_answer *answer)
{
	struct alias_question got;
	int64_t hedge_ms = REFUSED_MS + m->moved->progress.good_ms / 2;
	return test(m, m->moved->progress.order.from, hedge_ms, &got, answer);
}

static bool leaves_the_old_node(const struct mover *m)
{
	return m->moved->progress.order.move == MOVE_AWAY;
}

/* Applications that work must go on working. */
static enum status calm(struct mover *m, struct move_answer *answer)
{
	m->calm = true;
	enum status st = quiet_wait(m->proxy, m->stop->stop_fd);
	answer->done = st == OK;
	return st;
}

/* The clock of the host is read before the file, and the count after it. */
static enum status read_all(struct mover *m, struct move_answer *answer)
{
	struct proxy *proxy = m->proxy;
	struct proxy_said said;
	enum status st = OK;

	if (leaves_the_old_node(m))
		st = retry_lower(proxy, m->limit_ms, m->stop->stop_fd);
	if (st == OK)
		st = files_read(proxy, m->limit_ms, m->stop->stop_fd, &said);
	if (st == OK)
		st = look_count(proxy, m->limit_ms, m->stop->stop_fd, &answer->count,
				&answer->used);
	answer->done = st == OK;
	if (st != OK)
		return st;
	answer->file = said.file;
	answer->host_us = proxy->copy->host_us;
	return OK;
}

static enum status rest(struct mover *m, struct move_answer *answer)
{
	struct pollfd stop = { .fd = m->stop->stop_fd, .events = POLLIN };
	answer->done = true;
	return poll(&stop, 1, (int)m->limit_ms) > 0 ? ERR_STOPPED : OK;
}

static enum status check(struct mover *m, struct move_answer *answer)
{
	enum status st = console_count(m->proxy, m->limit_ms, m->stop->stop_fd, &answer->count);
	answer->done = st == OK;
	return st;
}

static enum status write_file(struct mover *m, struct move_answer *answer)
{
	const struct move_progress *move = &m->moved->progress;

	enum replaced end = REPLACED_LOST;

	enum status st = files_write(m->proxy, &move->new, move->host_until_us, m->limit_ms,
				     m->stop->stop_fd, &end);
	answer->done = st == OK;
	answer->won = end == REPLACED_WON;
	answer->late = end == REPLACED_LATE;
	if (answer->late)
		COPY_TEXT(
			m->moved->reason,
			"the file could not be replaced within \"write_window\" after it was read");
	return st;
}

static enum status reload(struct mover *m, struct move_answer *answer)
{
	enum status st = console_run(m->proxy, "RELOAD", m->limit_ms, m->stop->stop_fd, NULL);
	if (st == OK)
		m->calm = false;
	m->loaded = true;
	if (st == OK)
		st = retry_bare(m->proxy, m->limit_ms, m->stop->stop_fd);
	hold_end(m->proxy, m->stop->stop_fd);
	crash_point("loaded");
	answer->done = st == OK;
	return st;
}

/* Who hangs is released before the file is read again, which over ssh takes a while. */
static enum status show(struct mover *m, struct move_answer *answer)
{
	struct proxy *proxy = m->proxy;
	struct proxy_said said;

	enum status st = console_routes(proxy, m->limit_ms, m->stop->stop_fd);
	answer->route = proxy->view.route;
	if (st == OK && leaves_the_old_node(m) && answer->route == m->moved->progress.order.to)
		release_begin(proxy, m->stop->stop_fd, &m->release);
	crash_point("released");
	if (st == OK)
		st = files_read(proxy, m->limit_ms, m->stop->stop_fd, &said);
	answer->done = st == OK;
	if (st != OK)
		return st;
	answer->file = said.file;
	files_take(proxy, &said.file);
	if (answer->route != said.file.node)
		COPY_TEXT(m->moved->reason, proxy->odd[0] != '\0'
						    ? proxy->odd
						    : "RELOAD did not take the file over: "
						      "PgBouncer's log tells why");
	return OK;
}

static bool answered(enum status st, const struct alias_question *got)
{
	return st == OK && got->result.outcome == OUTCOME_OK;
}

/* The proof waits with all others for what hangs in its pool to be ended, and by then the limit
 * that ends that may have ended the proof as well. So it gets a chance without it. */
static enum status ask_for_proof(struct mover *m, unsigned to, struct alias_question *got)
{
	const char *alias = proxy_database_of(m->proxy->setup.aliases.name[0]);
	int64_t hedge_ms = look_hedge_ms(m->proxy, to);

	enum status st = ask(m, alias, hedge_ms, got);
	if (st != OK || answered(st, got) || !instant_is_set(m->release.pulse))
		return st;
	release_end(m->proxy, m->stop->stop_fd, &m->release);
	return ask(m, alias, hedge_ms, got);
}

static enum status prove(struct mover *m, struct move_answer *answer)
{
	unsigned to = m->moved->progress.order.to;
	struct alias_question got;

	enum status st = ask_for_proof(m, to, &got);
	bool answers = answered(st, &got);
	int64_t known_us = m->started_us[to] != 0 ? m->started_us[to] : m->tested_us;
	bool right = known_us == 0 || got.started_us == known_us;
	answer->done = true;
	answer->works = answers && right;
	if (!answers)
		COPY_TEXT(m->moved->reason, got.result.reason);
	else if (!right)
		COPY_TEXT(m->moved->reason, "another server answered");
	return st;
}

static step_fn *const steps[MOVE_STEPS] = {
	[MOVE_STEP_TEST_TO] = test_to, [MOVE_STEP_CALM] = calm,
	[MOVE_STEP_READ] = read_all,   [MOVE_STEP_TEST_FROM] = test_from,
	[MOVE_STEP_WAIT] = rest,       [MOVE_STEP_TEST_AGAIN] = test_from,
	[MOVE_STEP_CHECK] = check,     [MOVE_STEP_WRITE] = write_file,
	[MOVE_STEP_RELOAD] = reload,   [MOVE_STEP_SHOW] = show,
	[MOVE_STEP_PROVE] = prove,
};

/* ------------------------------------------------------------------- the move */

static enum status go_step(struct mover *m)
{
	struct proxy_moved *moved = m->moved;
	struct move_progress *move = &moved->progress;
	const struct move_policy *policy = &m->proxy->setup.move;
	struct move_answer answer = { 0 };
	enum move_step step = move->step;
	struct instant began = clock_now();

	m->limit_ms = move_step_ms(move, policy);
	moved->reason[0] = '\0';
	enum status st = steps[step](m, &answer);
	struct instant now = clock_now();
	moved->took_us[step] = us_between(began, now);
	moved->failed_at = step;
	if (st == ERR_STOPPED)
		return st;
	if (st != OK && moved->reason[0] == '\0')
		COPY_TEXT(moved->reason, reason_of(m));
	move_answer(move, &answer, now, policy);
	return OK;
}

static void clean_up(struct mover *m, bool proven)
{
	if (m->calm)
		quiet_end(m->proxy);
	if (m->loaded)
		retry_restore(m->proxy, !proven);
	release_end(m->proxy, m->stop->stop_fd, &m->release);
	/* What could not be read has its pause: the next move tries it anyway. */
	if (m->proxy->file_reason[0] == '\0')
		m->proxy->file_due = NEVER;
}

static void count_done(struct proxy *proxy, const struct move_done *done)
{
	proxy->view.moves++;
	proxy->view.moved = *done;
}

/* What has no proof yet may still get it. */
static void count(struct proxy *proxy, const struct move_progress *move)
{
	const struct move_order *order = &move->order;
	const struct move_done done = { order->from, order->to, order->rule,
					ms_between(move->begun, clock_now()) };

	proxy->unproven.rule = NULL;
	if (move->end == MOVE_DONE)
		count_done(proxy, &done);
	if (move->end != MOVE_UNPROVEN)
		return;
	proxy->unproven = done;
	proxy->unproven_since = move->begun;
}

enum status proxy_move(struct proxy *proxy, const struct move_order *order,
		       const int64_t started_us[NODES], const struct proxy_stop *stop,
		       struct proxy_moved *moved)
{
	struct mover m = { proxy, started_us, stop, moved, .loaded = false };
	struct move_progress *move = &moved->progress;
	enum status st = OK;

	*moved = (struct proxy_moved) { 0 };
	move_begin(move, order, proxy->eyes.good_ms[order->from], clock_now());
	while (st == OK && move->step != MOVE_STEP_END)
		st = go_step(&m);
	clean_up(&m, move->end == MOVE_DONE);
	if (st == OK)
		count(proxy, move);
	return st;
}

bool proxy_prove(struct proxy *proxy, const int64_t started_us[NODES],
		 const struct proxy_stop *stop)
{
	unsigned to = proxy->unproven.to;
	const char *alias = proxy_database_of(proxy->setup.aliases.name[0]);
	struct alias_question got = { .alias = alias,
				      .hedge_ms = look_hedge_ms(proxy, to),
				      .limit_ms = console_limit_ms(proxy) };

	if (!proxy->answers)
		return false;
	if (proxy->view.route != to)
		proxy->unproven.rule = NULL;
	if (proxy->unproven.rule == NULL)
		return false;
	bool answers = answered(alias_ask(proxy, &got, 1, stop), &got);
	if (!answers || (started_us[to] != 0 && got.started_us != started_us[to]))
		return false;
	proxy->unproven.took_ms = ms_between(proxy->unproven_since, clock_now());
	count_done(proxy, &proxy->unproven);
	proxy->unproven.rule = NULL;
	return true;
}
