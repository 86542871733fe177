/* SPDX-License-Identifier: PostgreSQL */
#include "bdrmon/move.h"

#include "bdrmon/lookup.h"

#include <assert.h>

/* The steps of each kind of move, in their order. */
#define STEPS_MAX 12
#define LEAVE     MOVE_STEP_TEST_FROM, MOVE_STEP_WAIT, MOVE_STEP_TEST_AGAIN, MOVE_STEP_CHECK
#define ACT       MOVE_STEP_WRITE, MOVE_STEP_RELOAD, MOVE_STEP_SHOW, MOVE_STEP_PROVE, MOVE_STEP_END
static const enum move_step plans[MOVES][STEPS_MAX] = {
	[MOVE_NONE] = { MOVE_STEP_END },
	[MOVE_AWAY] = { MOVE_STEP_TEST_TO, MOVE_STEP_READ, LEAVE, ACT },
	[MOVE_FENCE] = { MOVE_STEP_TEST_TO, MOVE_STEP_CALM, MOVE_STEP_READ, ACT },
	[MOVE_SWITCH] = { MOVE_STEP_TEST_TO, MOVE_STEP_CALM, MOVE_STEP_READ, ACT },
	[MOVE_WRITE_BACK] = { MOVE_STEP_TEST_TO, MOVE_STEP_READ, MOVE_STEP_WRITE, MOVE_STEP_END },
};

static const char *const names[MOVES] = {
	[MOVE_NONE] = "none",
	[MOVE_AWAY] = "away",
	[MOVE_FENCE] = "fence",
	[MOVE_SWITCH] = "switch",
	[MOVE_WRITE_BACK] = "write back",
};

static const char *const step_names[MOVE_STEPS] = {
	[MOVE_STEP_READ] = "read",   [MOVE_STEP_TEST_FROM] = "test of the old node",
	[MOVE_STEP_WAIT] = "wait",   [MOVE_STEP_TEST_AGAIN] = "test again",
	[MOVE_STEP_CHECK] = "check", [MOVE_STEP_TEST_TO] = "test of the new node",
	[MOVE_STEP_WRITE] = "write", [MOVE_STEP_RELOAD] = "reload",
	[MOVE_STEP_SHOW] = "show",   [MOVE_STEP_PROVE] = "proof",
	[MOVE_STEP_END] = "end",     [MOVE_STEP_CALM] = "calm",
};

static const char *const end_names[MOVE_ENDS] = {
	[MOVE_RUNS] = "runs",
	[MOVE_DONE] = "done",
	[MOVE_CHANGED] = "the file has changed",
	[MOVE_USABLE] = "the old node can be used",
	[MOVE_NO_TARGET] = "the new node cannot be used",
	[MOVE_LATE] = "too late",
	[MOVE_SUPERSEDED] = "superseded",
	[MOVE_FAILED] = "failed",
	[MOVE_UNPROVEN] = "not proven",
};

const char *move_name(enum move move)
{
	assert(move < ARRAY_LEN(names));
	return names[move];
}

const char *move_step_name(enum move_step step)
{
	assert(step < ARRAY_LEN(step_names));
	return step_names[step];
}

const char *move_end_name(enum move_end end)
{
	assert(end < ARRAY_LEN(end_names));
	return end_names[end];
}

void move_begin(struct move_progress *move, const struct move_order *order, int64_t good_ms,
		struct instant now)
{
	assert(order->move > MOVE_NONE && order->move < MOVES);
	*move = (struct move_progress) {
		.order = *order, .good_ms = good_ms, .begun = now, .looked = now
	};
	move->step = plans[order->move][0];
}

/* The node that has failed before gets one more chance; no more than a first one, for a good
 * answer may have waited for a mover that was stopped. */
static int64_t retest_ms(const struct move_progress *move, const struct move_policy *policy)
{
	int64_t ms = 2 * move->good_ms > policy->retest_ms ? 2 * move->good_ms : policy->retest_ms;
	return ms < policy->test_ms ? ms : policy->test_ms;
}

int64_t move_step_ms(const struct move_progress *move, const struct move_policy *policy)
{
	switch (move->step) {
	case MOVE_STEP_TEST_FROM:
	case MOVE_STEP_TEST_AGAIN:
		return retest_ms(move, policy);
	case MOVE_STEP_WAIT:
		return MOVE_WAIT_MS;
	case MOVE_STEP_TEST_TO:
	case MOVE_STEP_PROVE:
		return policy->test_ms;
	default:
		return policy->write_window_ms;
	}
}

/* What was read, and what shall be written. */
static enum move_end take_file(struct move_progress *move, const struct move_answer *answer,
			       const struct move_policy *policy)
{
	const struct proxy_file *expected = &move->order.file;

	if (answer->file.epoch != expected->epoch || answer->file.node != expected->node)
		return MOVE_CHANGED;
	if (answer->used && move->order.move == MOVE_AWAY)
		return MOVE_USABLE;
	move->count = answer->count;
	move->old = move->new = answer->file;
	move->host_until_us = answer->host_us + policy->write_window_ms * 1000;
	move->new.epoch = answer->file.epoch + 1;
	move->new.node = move->order.to;
	for (unsigned i = 0; i < NODES; i++) {
		if (move->order.honoured[i] > move->new.honoured[i])
			move->new.honoured[i] = move->order.honoured[i];
	}
	return MOVE_RUNS;
}

/* Running is compared with the file, not with what I wanted. */
static enum move_end compare(const struct move_progress *move, const struct move_answer *answer)
{
	if (answer->file.epoch > move->new.epoch)
		return MOVE_SUPERSEDED;
	return answer->route == answer->file.node ? MOVE_RUNS : MOVE_FAILED;
}

/* When PgBouncer has answered RELOAD, only the proof may be missing. */
static enum move_end undone(enum move_step step)
{
	return step == MOVE_STEP_SHOW ? MOVE_UNPROVEN : MOVE_FAILED;
}

static enum move_end judge(struct move_progress *move, const struct move_answer *answer,
			   const struct move_policy *policy)
{
	if (!answer->done)
		return undone(move->step);
	switch (move->step) {
	case MOVE_STEP_READ:
		return take_file(move, answer, policy);
	case MOVE_STEP_TEST_FROM:
	case MOVE_STEP_TEST_AGAIN:
		return answer->works ? MOVE_USABLE : MOVE_RUNS;
	case MOVE_STEP_CHECK:
		return answer->count > move->count ? MOVE_USABLE : MOVE_RUNS;
	case MOVE_STEP_TEST_TO:
		return answer->works ? MOVE_RUNS : MOVE_NO_TARGET;
	case MOVE_STEP_WRITE:
		return answer->won ? MOVE_RUNS : answer->late ? MOVE_LATE : MOVE_SUPERSEDED;
	case MOVE_STEP_SHOW:
		return compare(move, answer);
	case MOVE_STEP_PROVE:
		return answer->works ? MOVE_RUNS : MOVE_UNPROVEN;
	default:
		return MOVE_RUNS;
	}
}

static enum move_step next_step(const struct move_progress *move, const struct move_answer *answer)
{
	const enum move_step *step = plans[move->order.move];
	bool again = move->order.patient && !answer->silent;

	while (*step != move->step)
		step++;
	step++;
	while (!again && (*step == MOVE_STEP_WAIT || *step == MOVE_STEP_TEST_AGAIN))
		step++;
	return *step;
}

int64_t move_reload_ms(int64_t write_window_ms)
{
	return 2 * write_window_ms;
}

/* May the next step still begin? */
static bool in_time(const struct move_progress *move, enum move_step next, struct instant now,
		    const struct move_policy *policy)
{
	int64_t late_ms = ms_between(move->looked, now);
	if (next == MOVE_STEP_WRITE)
		return late_ms <= policy->write_window_ms;
	return next != MOVE_STEP_RELOAD || late_ms <= move_reload_ms(policy->write_window_ms);
}

/* The window begins when the proxy is looked at last before the write. */
static void look_again(struct move_progress *move, struct instant now)
{
	if (move->step == MOVE_STEP_CHECK)
		move->host_until_us += us_between(move->looked, now);
	if (move->step == MOVE_STEP_READ || move->step == MOVE_STEP_CHECK)
		move->looked = now;
}

void move_answer(struct move_progress *move, const struct move_answer *answer, struct instant now,
		 const struct move_policy *policy)
{
	assert(move->step != MOVE_STEP_END);
	move->end = judge(move, answer, policy);
	enum move_step next = next_step(move, answer);

	if (move->end == MOVE_RUNS && !in_time(move, next, now, policy))
		move->end = MOVE_LATE;
	if (move->end == MOVE_RUNS && next == MOVE_STEP_END)
		move->end = MOVE_DONE;
	move->step = move->end == MOVE_RUNS ? next : MOVE_STEP_END;
	look_again(move, now);
}

int64_t move_pause_ms(enum move_end end)
{
	bool moved = end == MOVE_DONE || end == MOVE_CHANGED || end == MOVE_SUPERSEDED;
	return moved ? 0 : MOVE_PAUSE_MS;
}

bool move_may_replace(const struct proxy_file *on_disk, bool same, const struct proxy_file *new,
		      int64_t host_us, int64_t until_us)
{
	return same && on_disk->epoch < new->epoch &&host_us <= until_us;
}
