/* SPDX-License-Identifier: PostgreSQL */
/* notify.h - the list of events in event_notifications. */
#ifndef CONFIG_NOTIFY_H
#define CONFIG_NOTIFY_H

#include "notes.h"

/* Copy the next name of *LIST to ITEM, and move *LIST on; false at its end. */
bool notify_next_item(const char **list, char item[NAME_TEXT_MAX]);

/* The events that LIST names, separated by commas, each or all of them in quotes or not.
 * An empty list means repmgr's events, as with repmgr; a list of names that are no events
 * means none, and NOTIFY_NONE is the name for that. */
#define NOTIFY_NONE "none"
event_set notify_parse(const char *list);

/* Warn of names in the list EVENTS, from line LINE, that are no events. */
void notify_check(const char *events, struct notes *notes, int line);

#endif
