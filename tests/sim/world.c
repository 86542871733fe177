/* SPDX-License-Identifier: PostgreSQL */
/* The clock, the queue of what happens, and chance. */
#include "parts.h"
#include "setting.h"

#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

uint32_t chance(struct world *w, uint32_t below)
{
	w->random ^= w->random << 13;
	w->random ^= w->random >> 7;
	w->random ^= w->random << 17;
	return (uint32_t)((w->random >> 11) % below);
}

void tell(struct world *w, const char *format, ...)
{
	va_list args;

	if (!w->talks)
		return;
	printf("%7" PRId64 ".%03d  ", (w->now - BEGIN) / MS, (int)(w->now % MS));
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
}

static bool sooner(const struct happening *a, const struct happening *b)
{
	return a->at < b->at || (a->at == b->at && a->order < b->order);
}

void post(struct world *w, int64_t at, enum event event, unsigned who, unsigned index,
	  uint32_t serial)
{
	assert(w->happenings < HAPPENINGS_MAX && at >= w->now);
	struct happening h = {
		at, w->order++, serial, (uint8_t)event, (uint8_t)who, (uint16_t)index
	};
	unsigned i = w->happenings++;

	while (i > 0 && sooner(&h, &w->heap[(i - 1) / 2])) {
		w->heap[i] = w->heap[(i - 1) / 2];
		i = (i - 1) / 2;
	}
	w->heap[i] = h;
}

static struct happening next_happening(struct world *w)
{
	struct happening first = w->heap[0];
	struct happening last = w->heap[--w->happenings];
	unsigned i = 0;

	for (;;) {
		unsigned child = 2 * i + 1;
		if (child >= w->happenings)
			break;
		if (child + 1 < w->happenings && sooner(&w->heap[child + 1], &w->heap[child]))
			child++;
		if (!sooner(&w->heap[child], &last))
			break;
		w->heap[i] = w->heap[child];
		i = child;
	}
	w->heap[i] = last;
	return first;
}

/* A monitor that is stalled finds everything that happened meanwhile when it goes on. */
static bool stalled(struct world *w, const struct happening *h)
{
	unsigned m = h->who;
	bool its_own = h->event == EVENT_TIMEOUT || h->event == EVENT_TIMER;

	if (h->event == EVENT_ARRIVE && w->message[h->index].reply) {
		m = w->message[h->index].monitor;
		its_own = true;
	}
	if (!its_own || w->monitor[m].stalled_until <= w->now)
		return false;
	post(w, w->monitor[m].stalled_until, (enum event)h->event, h->who, h->index, h->serial);
	return true;
}

static void happen(struct world *w, const struct happening *h)
{
	switch ((enum event)h->event) {
	case EVENT_ARRIVE:
		network_arrive(w, h->index);
		break;
	case EVENT_RESEND:
		network_send(w, &w->message[h->index]);
		break;
	case EVENT_RETRY:
		proxy_serve(w, &w->message[h->index]);
		break;
	case EVENT_TIMEOUT:
		call_timeout(w, h->who, h->index, h->serial);
		break;
	case EVENT_TIMER:
		monitor_timer(w, h->who, (enum timer)h->index);
		break;
	case EVENT_COMMAND:
		command_happens(w, h->index);
		break;
	case EVENT_APP:
		proxy_apps(w, h->who);
		break;
	case EVENT_FAULT:
		fault_strike(w, h->index);
		break;
	case EVENT_HEAL:
		fault_heal(w, h->index);
		break;
	default:
		server_started(w, h->who, h->serial);
		break;
	}
}

static void prepare(struct world *w, const struct story *story, bool talks)
{
	/* Messages that are not used, and the queue, need not be cleared. */
	memset(w, 0, offsetof(struct world, happenings));
	w->story = *story;
	w->talks = talks;
	w->random = story->seed * UINT64_C(0x9E3779B97F4A7C15) + 88172645463325252u;
	if (w->random == 0)
		w->random = 1;
	w->now = BEGIN;
	w->happenings = 0;
	w->free_count = MESSAGES_MAX;
	for (unsigned i = 0; i < MESSAGES_MAX; i++)
		w->free[i] = (uint16_t)(MESSAGES_MAX - 1 - i);
	w->healed_at = w->fault_at = BEGIN;
	w->well_since = FOREVER;
	w->command_takes = 50 * MS;
	setting_build(w);
	for (unsigned i = 0; i < story->count; i++) {
		const struct fault *f = &story->fault[i];
		post(w, BEGIN + f->at, EVENT_FAULT, 0, i, 0);
		if (f->lasts > 0)
			post(w, BEGIN + f->at + f->lasts, EVENT_HEAL, 0, i, 0);
		if (BEGIN + f->at + f->lasts > w->healed_at)
			w->healed_at = BEGIN + f->at + f->lasts;
	}
	watch_change(w);
}

void world_run(struct world *w, const struct story *story, bool talks)
{
	prepare(w, story, talks);
	/* repmgrd's algorithm breaks much, and goes on. */
	while (w->out.broken == NULL || story->settings.repmgrd) {
		struct happening h = next_happening(w);
		w->now = h.at;
		if (!stalled(w, &h))
			happen(w, &h);
		if (h.event == EVENT_APP && h.who == 0 && watch_end(w))
			break;
	}
}
