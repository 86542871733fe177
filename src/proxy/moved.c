/* SPDX-License-Identifier: PostgreSQL */
/* How a move went, in words. */
#include "bdrmon/proxy.h"

bool proxy_moved_well(const struct proxy_moved *moved)
{
	switch (moved->progress.end) {
	case MOVE_DONE:
	case MOVE_SUPERSEDED:
	case MOVE_CHANGED:
	case MOVE_USABLE:
		return true;
	default:
		return false;
	}
}

void proxy_moved_end(const struct proxy_moved *moved, struct strbuf *out)
{
	bool reason = !proxy_moved_well(moved) && moved->reason[0] != '\0';

	strbuf_add(out, move_end_name(moved->progress.end));
	if (moved->progress.end != MOVE_DONE)
		strbuf_printf(out, " at step %s%s%s", move_step_name(moved->failed_at),
			      reason ? ": " : "", reason ? moved->reason : "");
}

void proxy_moved_times(const struct proxy_moved *moved, struct strbuf *out)
{
	for (unsigned step = 0; step < MOVE_STEPS; step++) {
		if (moved->took_us[step] > 0)
			strbuf_printf(out, "%s%s %.1f ms", out->length > 0 ? ", " : "",
				      move_step_name(step), (double)moved->took_us[step] / 1000);
	}
}
