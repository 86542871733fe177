/* SPDX-License-Identifier: PostgreSQL */
/* A PostgreSQL arbiter: one key for the cluster, and the relay. Both sides of it. */
#include "parts.h"

void arbiter_serve(struct world *w, struct message *message)
{
	struct arbiter *a = &w->arbiter;

	if (!a->running) {
		message->outcome = OUTCOME_REFUSED;
		network_reply(w, message, 0);
		return;
	}
	if (message->give_up_key.epoch != 0 && key_is(&a->key, &message->give_up_key))
		a->key = (struct arbiter_key) { 0 };
	if (a->key.epoch == 0 && message->key.epoch != 0) {
		a->key = message->key;
		tell(w, "the arbiter consents: %c's failure %u", 'A' + a->key.recorder,
		     (unsigned)a->key.epoch);
	}
	if (message->published) {
		a->row[message->monitor] = message->mine;
		a->row[message->monitor].set = true;
		a->row[message->monitor].stamp = w->now;
	}
	message->outcome = OUTCOME_OK;
	message->key = a->key;
	message->server_now = w->now;
	for (unsigned m = 0; m < MONITORS; m++)
		message->row[m] = a->row[m];
	network_reply(w, message, 0);
}

void arbiter_step(struct world *w, unsigned m)
{
	struct monitor *monitor = &w->monitor[m];

	if (!w->arbiter.present || monitor->channel[CHANNEL_ARBITER].busy)
		return;
	struct message *ask = call(w, m, CHANNEL_ARBITER, ASK_ARBITER, HOST_Z,
				   w->story.settings.deadline_ms * MS);
	ask->key = monitor->reserve;
	ask->give_up_key = monitor->give_up;
	relay_publish(w, m, ask);
	network_send(w, ask);
}

void arbiter_answer(struct world *w, unsigned m, const struct message *answer)
{
	struct monitor *monitor = &w->monitor[m];

	monitor_set(w, m, TIMER_ARBITER, w->now + w->story.settings.interval_ms * MS);
	if (answer == NULL || answer->outcome != OUTCOME_OK)
		return;
	monitor->view.arbiter[0].asked = (struct instant) { answer->sent + monitor->offset };
	monitor->view.arbiter[0].key = answer->key;
	relay_take(w, m, answer);
	monitor_news(w, m);
}
