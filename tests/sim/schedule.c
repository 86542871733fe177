/* SPDX-License-Identifier: PostgreSQL */
#include "schedule.h"

#include "fault_table.h"
#include "setting.h"

#include <string.h>

#define FAULTS_AT_MOST 5
#define FIRST_FAULT    4000
#define LAST_FAULT     20000

struct dice {
	uint64_t state;
};

static uint32_t throw(struct dice * d, uint32_t below)
{
	d->state = d->state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t)((d->state >> 33) % below);
}

static int32_t between(struct dice *d, const int32_t bounds[2])
{
	return bounds[0] + (int32_t) throw(d, (uint32_t)(bounds[1] - bounds[0] + 1));
}

/* A host on which something stands. */
static unsigned some_host(struct dice *d, const struct setting *layout)
{
	unsigned host[2 + MONITORS + PROXIES + 1] = { HOST_A, HOST_B }, count = 2;

	for (unsigned i = 0; i < MONITORS; i++) {
		if (layout->monitor[i] > HOST_B && layout->monitor[i] != NOWHERE)
			host[count++] = layout->monitor[i];
	}
	for (unsigned i = 0; i < PROXIES; i++) {
		if (layout->proxy[i] > HOST_B && layout->proxy[i] != NOWHERE)
			host[count++] = layout->proxy[i];
	}
	if (layout->arbiter)
		host[count++] = HOST_Z;
	return host[throw(d, count)];
}

static unsigned some_of(struct dice *d, const uint8_t *places, unsigned max)
{
	unsigned count = 0;
	while (count < max && places[count] != NOWHERE)
		count++;
	return count == 0 ? 0 : throw(d, count);
}

static unsigned some_object(struct dice *d, char kind, const struct setting *layout)
{
	switch (kind) {
	case 'n':
		return throw(d, NODES);
	case 'm':
		return some_of(d, layout->monitor, MONITORS);
	case 'p':
		return some_of(d, layout->proxy, PROXIES);
	default:
		return some_host(d, layout);
	}
}

static unsigned some_kind(struct dice *d)
{
	unsigned count, all = 0, i = 0;
	const struct fault_kind *kinds = fault_kinds(&count);

	for (unsigned k = 0; k < count; k++)
		all += kinds[k].weight;
	unsigned at = throw(d, all);
	while (at >= kinds[i].weight)
		at -= kinds[i++].weight;
	return i;
}

static void some_fault(struct dice *d, struct fault *f, const struct setting *layout)
{
	unsigned count, objects = 0;
	const struct fault_kind *kind;

	*f = (struct fault) { .kind = (uint8_t)some_kind(d) };
	kind = &fault_kinds(&count)[f->kind];
	f->at = FIRST_FAULT + throw(d, LAST_FAULT - FIRST_FAULT);
	for (const char *p = strchr(kind->text, '%'); p != NULL; p = strchr(p + 1, '%')) {
		if (p[1] == 'v') {
			f->value = between(d, kind->value);
			continue;
		}
		unsigned object = some_object(d, p[1], layout);
		if (objects++ == 0)
			f->a = (uint8_t)object;
		else
			f->b = (uint8_t)object;
	}
	f->at *= MS;
	if (kind->lasts[1] > 0)
		f->lasts = between(d, kind->lasts) * MS;
}

void schedule_make(struct story *story, uint64_t seed)
{
	struct dice d = { seed * UINT64_C(0x9E3779B97F4A7C15) + 1 };
	unsigned layouts;

	*story = (struct story) { .seed = seed, .settings = settings_default() };
	throw(&d, 2);
	story->settings.layout = &settings_table(&layouts)[0];
	story->settings.layout += throw(&d, layouts);
	story->settings.act = throw(&d, 3) == 0;
	story->settings.together = throw(&d, 12) == 0;
	story->settings.max_failovers = throw(&d, 4) == 0 ? 3 : 0;
	story->settings.attempts = throw(&d, 4) == 0 ? 3 : 1;
	story->count = 1 + throw(&d, FAULTS_AT_MOST);
	for (unsigned i = 0; i < story->count; i++)
		some_fault(&d, &story->fault[i], story->settings.layout);
}

static bool still_broken(struct world *w, const struct story *story, const char *name)
{
	world_run(w, story, false);
	return w->out.broken != NULL && strcmp(w->out.broken, name) == 0;
}

/* Drop faults one by one, make the rest short and early. */
void schedule_shrink(struct world *w, struct story *story)
{
	world_run(w, story, false);
	const char *name = w->out.broken;

	for (unsigned i = 0; i < story->count;) {
		struct story less = *story;
		memmove(&less.fault[i], &less.fault[i + 1],
			(less.count - i - 1) * sizeof less.fault[0]);
		less.count--;
		if (still_broken(w, &less, name))
			*story = less;
		else
			i++;
	}
	for (unsigned i = 0; i < story->count; i++) {
		struct story less = *story;
		less.fault[i].lasts = less.fault[i].lasts / 2 / MS * MS;
		if (less.fault[i].lasts > 0 && still_broken(w, &less, name)) {
			*story = less;
			i--;
		}
	}
}
