/* SPDX-License-Identifier: PostgreSQL */
/* What concerns all monitors of a cluster: their names, and the settings that they share. */
#include "draft.h"
#include "list.h"
#include "values.h"

#include "bdrmon/hash.h"
#include "bdrmon/strbuf.h"

#include <string.h>

unsigned config_monitors(const struct config *config, char names[MONITORS_MAX][NAME_TEXT_MAX])
{
	const char *at = config->monitors;
	char name[NAME_TEXT_MAX];
	struct strbuf item = STRBUF(name);
	unsigned count = 0;

	while (list_next(&at, &item)) {
		if (count < MONITORS_MAX)
			copy_text(names[count], NAME_TEXT_MAX, name);
		count++;
	}
	return count;
}

void monitors_check(struct draft *draft)
{
	const struct config *config = &draft->config;
	char names[MONITORS_MAX][NAME_TEXT_MAX];
	unsigned count = config_monitors(config, names), own = 0;
	int line = draft_line(draft, "cluster", "monitors");

	if (count > MONITORS_MAX) {
		notes_add(&draft->notes, CONFIG_ERROR, line,
			  "\"monitors\" names %u monitors, but at most %d are possible", count,
			  MONITORS_MAX);
		return;
	}
	while (own < count && strcmp(names[own], config->monitor) != 0)
		own++;
	if (count > 0 && own == count) {
		notes_add(&draft->notes, CONFIG_ERROR, line,
			  "\"monitors\" does not name this monitor, \"%s\"", config->monitor);
		notes_hint(&draft->notes, "Name all monitors of the cluster, in the same words in "
					  "each of their files. \"name\" in section [monitor] is "
					  "what this one is called.");
	}
	if (count == 0 && config->local_none) {
		notes_add(&draft->notes, CONFIG_WARNING, NO_LINE,
			  "\"monitors\" is not set, and so the monitors on the nodes' hosts do not "
			  "know of this one");
		notes_hint(&draft->notes, "Name all monitors in section [cluster] of each file.");
	}
}

/* Add to HASH the shared options of SECTION, or without one of all sections that have no name,
 * as they stand in HOLDER. */
static uint32_t hash_options(uint32_t hash, const char *section, const void *holder)
{
	char text[COMMAND_MAX]; /* longer than any of them */

	for (size_t i = 0; i < option_count; i++) {
		const struct option *option = &options[i];
		struct strbuf out = STRBUF(text);
		bool wanted = section == NULL ? section_find(option->section)->named == NULL
					      : strcmp(option->section, section) == 0;
		if (!wanted || (option->flags & SHARED) == 0)
			continue;
		value_print(option, holder, &out);
		/* With its NUL, so that no two lists of values are one text. */
		hash = hash_bytes(hash, text, out.length + 1);
	}
	return hash;
}

uint32_t config_shared_hash(const struct config *config)
{
	uint32_t hash = hash_options(HASH_BEGIN, NULL, config);

	for (unsigned i = 0; i < config->pgbouncers; i++) {
		const struct pgbouncer_config *proxy = &config->pgbouncer[i];
		hash = hash_bytes(hash, proxy->name, strlen(proxy->name) + 1);
		hash = hash_options(hash, "pgbouncer", proxy);
	}
	for (unsigned i = 0; i < config->arbiters; i++) {
		const struct arbiter_config *arbiter = &config->arbiter[i];
		hash = hash_bytes(hash, arbiter->name, strlen(arbiter->name) + 1);
		hash = hash_options(hash, "arbiter", arbiter);
	}
	return hash;
}
