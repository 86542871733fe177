/* SPDX-License-Identifier: PostgreSQL */
/* A monitor's questions: one at a time on each channel, each with a deadline. */
#include "parts.h"

struct message *call(struct world *w, unsigned m, unsigned channel, enum ask ask, unsigned host,
		     int64_t deadline)
{
	struct monitor *monitor = &w->monitor[m];
	struct channel_state *state = &monitor->channel[channel];
	struct message *message = network_take(w);

	state->busy = true;
	state->serial++;
	message->ask = (uint8_t)ask;
	message->monitor = (uint8_t)m;
	message->channel = (uint8_t)channel;
	message->from = monitor->host;
	message->to = (uint8_t)host;
	message->incarnation = monitor->incarnation;
	message->serial = state->serial;
	message->sent = w->now;
	message->give_up = w->now + deadline;
	post(w, message->give_up, EVENT_TIMEOUT, m, channel, state->serial);
	return message;
}

void call_forget(struct world *w, unsigned m, unsigned channel)
{
	w->monitor[m].channel[channel].busy = false;
}

/* ANSWER is NULL if there was none in time. */
static void hand_over(struct world *w, unsigned m, unsigned channel, const struct message *answer)
{
	if (w->monitor[m].repmgrd) {
		repmgrd_answer(w, m, answer);
		return;
	}
	if (channel < CHANNEL_RELAY)
		worker_answer(w, m, channel - CHANNEL_PROBE, answer);
	else if (channel < CHANNEL_CLAIM)
		worker_relayed(w, m, channel - CHANNEL_RELAY, answer);
	else if (channel < CHANNEL_FLAG)
		claimant_answer(w, m, channel - CHANNEL_CLAIM, answer);
	else if (channel < CHANNEL_ARBITER)
		claimant_flagged(w, m, channel - CHANNEL_FLAG, answer);
	else if (channel == CHANNEL_ARBITER)
		arbiter_answer(w, m, answer);
	else if (channel < CHANNEL_PING)
		looker_looked(w, m, channel - CHANNEL_LOOK, answer);
	else if (channel < CHANNEL_TEST)
		looker_pinged(w, m, channel - CHANNEL_PING, answer);
	else if (channel < CHANNEL_MOVE)
		looker_tested(w, m, (channel - CHANNEL_TEST) / NODES,
			      (channel - CHANNEL_TEST) % NODES, answer);
	else if (channel < CHANNEL_SET)
		mover_answer(w, m, channel - CHANNEL_MOVE, answer);
	else
		looker_set(w, m, channel - CHANNEL_SET);
}

void call_answered(struct world *w, struct message *message)
{
	struct monitor *monitor = &w->monitor[message->monitor];
	struct channel_state *state = &monitor->channel[message->channel];
	bool mine = monitor->running && message->incarnation == monitor->incarnation;

	if (mine && message->ask == ASK_END)
		worker_ended(w, message->monitor, message->target, message->boot);
	else if (mine && state->busy && message->serial == state->serial) {
		state->busy = false;
		hand_over(w, message->monitor, message->channel, message);
	}
	network_drop(w, message);
}

void call_timeout(struct world *w, unsigned m, unsigned channel, uint32_t serial)
{
	struct channel_state *state = &w->monitor[m].channel[channel];

	if (!w->monitor[m].running || !state->busy || serial != state->serial)
		return;
	state->busy = false;
	hand_over(w, m, channel, NULL);
}
