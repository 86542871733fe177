/* SPDX-License-Identifier: PostgreSQL */
#include "log_repeat.h"

#include <string.h>

static bool same(const struct log_message *a, const struct log_message *b)
{
	return a->level == b->level && a->size == b->size &&
	       memcmp(a->texts, b->texts, a->size) == 0;
}

bool log_repeat_count(struct log_repeat *repeat, const struct log_message *message,
		      struct instant now)
{
	if (!instant_is_set(repeat->since) ||
	    ms_between(repeat->since, now) >= LOG_REPEAT_WINDOW_MS || !same(&repeat->last, message))
		return false;
	repeat->count++;
	return true;
}

struct instant log_repeat_due(const struct log_repeat *repeat)
{
	return repeat->count == 0 ? NEVER : instant_add_ms(repeat->since, LOG_REPEAT_WINDOW_MS);
}

bool log_repeat_end(struct log_repeat *repeat, struct log_message *note)
{
	unsigned count = repeat->count;

	repeat->since = NEVER;
	repeat->count = 0;
	if (count > 0)
		log_message_note(note, repeat->last.level, "last message repeated %u time%s", count,
				 count == 1 ? "" : "s");
	return count > 0;
}

void log_repeat_begin(struct log_repeat *repeat, const struct log_message *message,
		      struct instant now)
{
	repeat->since = now;
	repeat->count = 0;
	repeat->last = *message;
}
