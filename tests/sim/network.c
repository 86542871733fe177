/* SPDX-License-Identifier: PostgreSQL */
/* Messages between hosts. TCP carries them: what is lost is sent again, by the kernel of the
 * host, also for a process that has died; so a question may land long after its asker has
 * given it up. */
#include "parts.h"

#include <assert.h>
#include <string.h>

#define SENDINGS_MAX 7 /* the last one 25 s after the first */

struct message *network_take(struct world *w)
{
	assert(w->free_count > 0);
	struct message *message = &w->message[w->free[--w->free_count]];
	memset(message, 0, sizeof *message);
	message->used = true;
	return message;
}

void network_drop(struct world *w, struct message *message)
{
	assert(message->used);
	message->used = false;
	w->free[w->free_count++] = (uint16_t)(message - w->message);
}

bool network_passes(const struct world *w, unsigned from, unsigned to)
{
	return !w->cut[from][to] && !w->dead[from] && !w->dead[to];
}

static int64_t delay(struct world *w, const struct message *message)
{
	if (message->from == message->to)
		return 20 + chance(w, 30);
	int64_t once = 200 + (int64_t)chance(w, 400) + w->extra[message->from][message->to];
	return message->fresh ? 3 * once : once; /* connect, login, query */
}

void network_send(struct world *w, struct message *message)
{
	unsigned from = message->from, to = message->to;
	unsigned index = (unsigned)(message - w->message);
	bool lost = from != to &&
		    (w->cut[from][to] || w->dead[to] || chance(w, 100) < w->loss[from][to]);

	if (w->dead[from] || (lost && message->tries == SENDINGS_MAX)) {
		network_drop(w, message);
		return;
	}
	if (lost) {
		int64_t pause = message->fresh ? SECOND : 200 * MS;
		post(w, w->now + (pause << message->tries++), EVENT_RESEND, 0, index, 0);
		return;
	}
	post(w, w->now + delay(w, message), EVENT_ARRIVE, 0, index, 0);
}

void network_reply(struct world *w, struct message *message, int64_t after)
{
	uint8_t from = message->from;

	message->from = message->to;
	message->to = from;
	message->reply = true;
	message->fresh = false;
	message->tries = 0;
	if (after <= 0)
		network_send(w, message);
	else
		post(w, w->now + after, EVENT_RESEND, 0, (unsigned)(message - w->message), 0);
}

void network_later(struct world *w, struct message *message, int64_t at)
{
	post(w, at, EVENT_RETRY, 0, (unsigned)(message - w->message), 0);
}

/* At the host of a message's receiver. */
void network_arrive(struct world *w, unsigned index)
{
	struct message *message = &w->message[index];

	if (w->dead[message->to])
		network_drop(w, message);
	else if (message->reply)
		call_answered(w, message);
	else if (message->to == HOST_Z)
		arbiter_serve(w, message);
	else if (message->ask >= ASK_LOOK && message->ask <= ASK_SET)
		proxy_serve(w, message);
	else if (message->ask == ASK_SCRIPT)
		proxy_serve(w, message);
	else
		server_serve(w, message);
}
