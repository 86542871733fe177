/* SPDX-License-Identifier: PostgreSQL */
/* A proxy worker moves its proxy: the real move machine, and its steps done at the proxy. */
#include "parts.h"

static struct move_policy policy_of(const struct world *w, unsigned m)
{
	return (struct move_policy) { .retest_ms = 100,
				      .write_window_ms = w->monitor[m].policy.write_window_ms,
				      .test_ms = w->story.settings.deadline_ms };
}

/* server_login_retry as it should be afterwards; RELOAD has reset it. */
static void send_retry(struct world *w, unsigned m, unsigned proxy, int64_t value)
{
	struct message *ask =
		call(w, m, CHANNEL_SET + proxy, ASK_SET, w->proxy[proxy].host, 500 * MS);
	ask->number = value;
	network_send(w, ask);
}

static enum ask question(enum move_step step)
{
	switch (step) {
	case MOVE_STEP_READ:
		return ASK_FILE;
	case MOVE_STEP_CALM:
	case MOVE_STEP_CHECK:
		return ASK_PING;
	case MOVE_STEP_WRITE:
		return ASK_REPLACE;
	case MOVE_STEP_RELOAD:
		return ASK_RELOAD;
	case MOVE_STEP_SHOW:
		return ASK_LOOK;
	default:
		return ASK_TEST;
	}
}

static unsigned alias_of(const struct move_progress *move)
{
	switch (move->step) {
	case MOVE_STEP_TEST_FROM:
	case MOVE_STEP_TEST_AGAIN:
		return move->order.from;
	case MOVE_STEP_TEST_TO:
		return move->order.to;
	default:
		return ALIAS_APP;
	}
}

static void send_step(struct world *w, unsigned m, unsigned proxy)
{
	struct looker *l = &w->monitor[m].looker[proxy];
	struct move_progress *move = &l->move;
	struct move_policy policy = policy_of(w, m);
	int64_t limit_ms = move_step_ms(move, &policy);
	struct message *ask = call(w, m, CHANNEL_MOVE + proxy, question(move->step),
				   w->proxy[proxy].host, limit_ms * MS);

	ask->old = move->old;
	ask->file = move->new;
	ask->number = move->host_until_us;
	ask->alias = (uint8_t)alias_of(move);
	if (move->step == MOVE_STEP_READ || move->step == MOVE_STEP_RELOAD)
		ask->target = (uint8_t)move->order.move;
	if (move->step == MOVE_STEP_WAIT) /* the end of its time is the answer */
		network_drop(w, ask);
	else
		network_send(w, ask);
}

static void end_move(struct world *w, unsigned m, unsigned proxy)
{
	struct monitor *monitor = &w->monitor[m];
	struct looker *l = &monitor->looker[proxy];
	struct proxy_view *v = &monitor->view.proxy[proxy];
	const struct move_progress *move = &l->move;

	l->moving = false;
	l->move_again = w->now + move_pause_ms(move->end) * MS;
	tell(w, "monitor %u: move %s of P%u (%s) ends: %s", m + 1, move_name(move->order.move),
	     proxy + 1, move->order.rule, move_end_name(move->end));
	if (move->end == MOVE_DONE) {
		watch_told(w, proxy, m);
		v->moves++;
		v->moved = (struct move_done) { move->order.from, move->order.to, move->order.rule,
						ms_between(move->begun, mono(w, m)) };
	}
	l->retry_seen = -1; /* it is read again by the look that follows */
	l->console = false;
	looker_step(w, m, proxy);
	monitor_news(w, m);
}

void mover_begin(struct world *w, unsigned m, unsigned proxy)
{
	struct monitor *monitor = &w->monitor[m];
	struct looker *l = &monitor->looker[proxy];

	if (l->moving || w->now < l->move_again ||
	    l->order.looked.us != monitor->view.proxy[proxy].looked.us)
		return;
	/* A look that has not ended is given up: its tests may hang for as long as the interval
	 * between two looks, and then the worker would do nothing but look. */
	l->looking = false;
	for (unsigned i = 0; i < NODES; i++)
		call_forget(w, m, CHANNEL_TEST + proxy * NODES + i);
	call_forget(w, m, CHANNEL_LOOK + proxy);
	call_forget(w, m, CHANNEL_PING + proxy);
	l->moving = true;
	move_begin(&l->move, &l->order, l->eyes.good_ms[l->order.from], mono(w, m));
	send_step(w, m, proxy);
}

static bool as_asked(const struct move_progress *move, const struct message *answer)
{
	return answer->works && (move->step != MOVE_STEP_PROVE || answer->route == move->new.node);
}

void mover_answer(struct world *w, unsigned m, unsigned proxy, const struct message *answer)
{
	struct looker *l = &w->monitor[m].looker[proxy];
	enum move_step step = l->move.step;
	struct move_policy policy = policy_of(w, m);
	struct move_answer got = { 0 };

	if (answer != NULL)
		got = (struct move_answer) { .done = answer->done,
					     .works = as_asked(&l->move, answer),
					     .won = answer->won,
					     .file = answer->file,
					     .host_us = answer->number,
					     .count = answer->count,
					     .route = answer->route };
	if (got.done && step == MOVE_STEP_READ)
		got.used = looker_counted(w, m, proxy, answer);
	if (step == MOVE_STEP_WAIT)
		got.done = true;
	if (step == MOVE_STEP_TEST_FROM || step == MOVE_STEP_TEST_AGAIN)
		got = (struct move_answer) { .done = true,
					     .works = answer != NULL && answer->works,
					     .silent = answer == NULL };
	move_answer(&l->move, &got, mono(w, m), &policy);
	if (step == MOVE_STEP_RELOAD)
		send_retry(w, m, proxy, 0);
	if (l->move.step == MOVE_STEP_END)
		end_move(w, m, proxy);
	else
		send_step(w, m, proxy);
}
