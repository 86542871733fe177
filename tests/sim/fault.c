/* SPDX-License-Identifier: PostgreSQL */
/* Faults strike, heal, and wait as traps. */
#include "fault_table.h"

#include "parts.h"

static const struct fault_kind *kind_of(const struct fault *f)
{
	unsigned count;
	return &fault_kinds(&count)[f->kind];
}

void fault_strike(struct world *w, unsigned index)
{
	struct fault *f = &w->story.fault[index];
	const struct fault_kind *kind = kind_of(f);

	f->struck = true;
	tell(w, "fault %u: %s (%u %u %d)", index, kind->text, f->a, f->b, f->value);
	kind->strike(w, f);
	watch_change(w);
}

void fault_heal(struct world *w, unsigned index)
{
	struct fault *f = &w->story.fault[index];
	const struct fault_kind *kind = kind_of(f);

	tell(w, "fault %u is over: %s", index, kind->text);
	if (kind->heal != NULL)
		kind->heal(w, f);
	watch_change(w);
}

static void fall(struct world *w, unsigned m, unsigned index)
{
	struct fault *f = &w->story.fault[index];
	int64_t end = w->now + f->lasts;

	f->struck = false;
	f->b = (uint8_t)m;
	tell(w, "monitor %u falls into a trap: %s", m + 1, kind_of(f)->text);
	if (kind_of(f)->stalls) {
		w->monitor[m].stalled_until = end;
	} else {
		monitor_stop(w, m);
		post(w, end, EVENT_HEAL, 0, index, 0);
	}
	if (end > w->healed_at)
		w->healed_at = end;
	watch_change(w);
}

void fault_trap(struct world *w, unsigned m, unsigned stage)
{
	if (!w->trap_set)
		return;
	for (unsigned i = 0; i < w->story.count; i++) {
		const struct fault *f = &w->story.fault[i];
		if (f->struck && kind_of(f)->trap == stage + 1 && w->monitor[m].running) {
			fall(w, m, i);
			return;
		}
	}
}
