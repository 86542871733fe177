/* SPDX-License-Identifier: PostgreSQL */
/* The two PostgreSQL servers: sessions, the lock that is the claim, the record, the rows that
 * relay the monitors' sights. What was written stays after a crash, sessions do not. */
#include "parts.h"

#include <string.h>

#define START_TAKES (300 * MS)
#define CATCH_UP    SECOND

/* How new connections from host FROM to NODE fare at this moment. */
enum path server_path(const struct world *w, unsigned from, unsigned node)
{
	const struct server *s = &w->server[node];

	if (!network_passes(w, from, node) || !network_passes(w, node, from))
		return PATH_SILENT;
	if (s->reset_from[from])
		return PATH_RESET;
	if (!s->running)
		return PATH_REFUSED;
	if (s->frozen)
		return PATH_FROZEN;
	if (s->denied)
		return PATH_DENIED;
	return s->full ? PATH_FULL : PATH_OPEN;
}

bool server_level(const struct world *w, unsigned node)
{
	unsigned other = other_node(node);
	return w->server[0].running && w->server[1].running && !w->server[0].frozen &&
	       !w->server[1].frozen && network_passes(w, node, other) &&
	       network_passes(w, other, node) && w->now >= w->server[node].level_at;
}

/* The firewall, the kernel, or a server that does not take sessions, answer. */
static bool turned_away(const struct server *s, struct message *message)
{
	bool session = !message->fresh && message->boot == s->boot;

	if (s->reset_from[message->from])
		message->outcome = message->fresh ? OUTCOME_REFUSED : OUTCOME_BROKEN;
	else if (!s->running && s->starting > 0 && message->fresh)
		message->outcome = OUTCOME_STARTING;
	else if (!s->running) {
		message->outcome = message->fresh ? OUTCOME_REFUSED : OUTCOME_BROKEN;
		message->works = session; /* its own end of the session came before */
	} else if (!message->fresh && !session)
		message->outcome = OUTCOME_BROKEN;
	else if (s->denied && message->fresh)
		message->outcome = OUTCOME_DENIED;
	else if (s->full && message->fresh)
		message->outcome = OUTCOME_TOO_MANY_CONNECTIONS;
	else
		return false;
	return true;
}

static void publish(struct row *row, const struct message *message, int64_t now)
{
	if (!message->published)
		return;
	*row = message->mine;
	row->set = true;
	row->stamp = now;
}

static void read_all(struct world *w, struct message *message, unsigned node)
{
	const struct server *s = &w->server[node];

	message->stored = s->stored;
	message->active[0] = s->active[0];
	message->active[1] = s->active[1];
	message->number = (int64_t)s->boot * SECOND; /* pg_postmaster_start_time() */
	message->boot = s->boot;
	message->level = server_level(w, node);
	message->server_now = w->now + s->clock;
	memcpy(message->row, s->row, sizeof message->row);
}

/* ---------------------------------------------------------------- the claim */

static bool holds(const struct lock *lock, const struct message *message)
{
	return lock->held && lock->monitor == message->monitor &&
	       lock->incarnation == message->incarnation && lock->session == message->session;
}

/* The session has been closed by its client meanwhile: what it asked for before lands, and is
 * undone at once. */
bool server_closed(const struct world *w, unsigned node, const struct lock *lock)
{
	const struct monitor *m = &w->monitor[lock->monitor];
	return !m->running || m->incarnation != lock->incarnation ||
	       m->claimant.session[node] != lock->session;
}

static void take_lock(struct world *w, struct server *s, struct message *message)
{
	int64_t lease = w->story.settings.lease_ms * MS;
	struct lock wanted = { true, message->monitor, message->incarnation, message->session,
			       w->now };

	if (s->lock.held && !holds(&s->lock, message) && w->now - s->lock.last <= lease)
		return;
	if (server_closed(w, message->to, &wanted))
		return;
	s->lock = wanted;
	w->claim_at[message->to] = w->now;
	message->done = true;
	tell(w, "monitor %u has the claim on %c", message->monitor + 1, 'A' + message->to);
}

static void write_record(struct world *w, unsigned node, struct message *message)
{
	struct server *s = &w->server[node];
	struct stored *stored = &s->stored, old = *stored;
	unsigned failed = other_node(node);
	unsigned recent = stored->recent;

	if (!holds(&s->lock, message))
		return;
	s->lock.last = w->now;
	message->done = true;
	*stored = message->stored;
	stored->recent = recent + (stored->stage == STAGE_CLOSED);
	if (old.epoch == stored->epoch)
		stored->started_us = old.started_us;
	if (stored->stage == STAGE_COMMANDED) {
		s->active[failed] = false;
		stored->until_ms = (w->now + s->clock) / MS + w->story.settings.command_ms +
				   w->story.settings.lease_ms;
	} else if (stored->stage == STAGE_ABANDONED)
		s->active[failed] = true;
	message->stored = *stored;
	tell(w, "record on %c: epoch %u %s run %u by monitor %u", 'A' + node,
	     (unsigned)stored->epoch, stage_name(stored->stage), stored->runs,
	     message->monitor + 1);
	watch_record(w, node, &old);
}

static void serve_claim(struct world *w, unsigned node, struct message *message)
{
	struct server *s = &w->server[node];

	switch ((enum ask)message->ask) {
	case ASK_LOCK:
		take_lock(w, s, message);
		break;
	case ASK_READ:
		message->done = holds(&s->lock, message);
		if (message->done)
			s->lock.last = w->now;
		break;
	case ASK_WRITE:
		write_record(w, node, message);
		return;
	case ASK_UNLOCK:
		if (holds(&s->lock, message))
			s->lock.held = false;
		message->done = true;
		break;
	default: /* ASK_ACTIVATE: over any session */
		s->active[message->target] = true;
		message->done = true;
		break;
	}
	read_all(w, message, node);
}

void server_serve(struct world *w, struct message *message)
{
	unsigned node = message->to;
	struct server *s = &w->server[node];

	if (message->fresh && !network_passes(w, node, message->from)) {
		network_drop(w, message); /* no connection without an answer to its first packet */
		return;
	}
	if (s->frozen && !s->reset_from[message->from] && s->running) {
		if (s->parked_count < PARKED_MAX)
			s->parked[s->parked_count++] = (uint16_t)(message - w->message);
		else
			network_drop(w, message);
		return;
	}
	if (message->ask == ASK_ELECT) {
		message->done = s->running && !s->elected[message->target];
		s->elected[message->target] |= s->running;
		network_reply(w, message, 0);
		return;
	}
	if (!turned_away(s, message)) {
		message->outcome = OUTCOME_OK;
		if (message->ask == ASK_PROBE || message->ask == ASK_RELAY) {
			publish(&s->row[message->monitor], message, w->now + s->clock);
			read_all(w, message, node);
		} else
			serve_claim(w, node, message);
		network_reply(w, message, s->slow);
		return;
	}
	network_reply(w, message, 0);
}

void server_thaw(struct world *w, unsigned node)
{
	struct server *s = &w->server[node];
	unsigned count = s->parked_count;

	s->frozen = false;
	s->parked_count = 0;
	for (unsigned i = 0; i < count; i++)
		post(w, w->now, EVENT_ARRIVE, 0, s->parked[i], 0);
}

/* The kernel ends all sessions, if it lives: SAYS_SO. */
void server_crash(struct world *w, unsigned node, bool says_so)
{
	struct server *s = &w->server[node];

	if (s->frozen)
		server_thaw(w, node);
	if (!s->running)
		return;
	s->running = false;
	s->lock.held = false;
	memset(s->row, 0, sizeof s->row);
	memset(s->elected, 0, sizeof s->elected);
	for (unsigned m = 0; m < MONITORS && says_so; m++) {
		if (!w->monitor[m].running || s->reset_from[w->monitor[m].host])
			continue;
		struct message *end = network_take(w);
		end->ask = ASK_END;
		end->reply = true;
		end->monitor = (uint8_t)m;
		end->incarnation = w->monitor[m].incarnation;
		end->target = end->from = (uint8_t)node;
		end->to = w->monitor[m].host;
		end->boot = s->boot;
		network_send(w, end);
	}
}

void server_start(struct world *w, unsigned node)
{
	struct server *s = &w->server[node];

	if (s->running || w->dead[node])
		return;
	s->starting++;
	s->boot++;
	post(w, w->now + START_TAKES, EVENT_STARTED, node, 0, s->boot);
}

void server_started(struct world *w, unsigned node, uint32_t boot)
{
	struct server *s = &w->server[node];

	s->starting--;
	if (w->dead[node] || s->boot != boot)
		return;
	s->running = true;
	s->level_at = w->now + CATCH_UP;
	tell(w, "server %c runs again", 'A' + node);
	watch_change(w);
}
