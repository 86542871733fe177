/* SPDX-License-Identifier: PostgreSQL */
#include "notify.h"

#include "foreign.h"

#include "bdrmon/secret.h"
#include "bdrmon/strbuf.h"

#include <string.h>

/* repmgr 4 drops quotes wherever they stand, and no event has a blank in its name. */
#define SEPARATORS ", \t'\""

bool notify_next_item(const char **list, char item[NAME_TEXT_MAX])
{
	*list += strspn(*list, SEPARATORS);
	size_t length = strcspn(*list, SEPARATORS);
	struct strbuf buf = strbuf_over(item, NAME_TEXT_MAX);

	strbuf_add_bytes(&buf, *list, length);
	*list += length;
	return length > 0;
}

event_set notify_parse(const char *list)
{
	char item[NAME_TEXT_MAX];
	event_set set = 0;
	enum event_kind kind;
	bool any = false;

	while (notify_next_item(&list, item)) {
		any = true;
		if (event_by_name(item, &kind))
			set |= event_bit(kind);
	}
	return any ? set : event_set_default();
}

static void suggest(const char *item, struct notes *notes)
{
	struct nearest nearest = nearest_to(item);
	for (unsigned i = 0; i < EVENT_KINDS; i++)
		nearest_try(&nearest, event_type((enum event_kind)i)->name);
	foreign_try_events(&nearest);
	if (nearest.best != NULL)
		notes_hint(notes, "Did you mean \"%s\"?", nearest.best);
}

void notify_check(const char *events, struct notes *notes, int line)
{
	char item[NAME_TEXT_MAX], masked[COMMAND_MAX];
	struct strbuf whole = STRBUF(masked);
	const char *list = masked; /* of an item alone one cannot tell that it is a secret */
	enum event_kind kind;

	secret_mask(&whole, events);
	while (notify_next_item(&list, item)) {
		if (event_by_name(item, &kind) || foreign_is_event(item) ||
		    strcmp(item, NOTIFY_NONE) == 0)
			continue;
		if (strcmp(item, "all") == 0) {
			notes_add(notes, CONFIG_WARNING, line, "\"all\" matches no event");
			notes_hint(notes, "To be notified of all events of repmgr, leave "
					  "\"event_notifications\" out.");
			continue;
		}
		notes_add(notes, CONFIG_WARNING, line, "unrecognized event \"%s\"", item);
		suggest(item, notes);
	}
}
