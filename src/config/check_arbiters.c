/* SPDX-License-Identifier: PostgreSQL */
/* The arbiters: each another one, and no more than there is room for. */
#include "draft.h"

#include "bdrmon/strbuf.h"

#include <string.h>

static void check_count(struct draft *draft)
{
	if (draft->arbiter.count <= ARBITERS_MAX)
		return;
	notes_add(&draft->notes, CONFIG_ERROR, draft->arbiter.at[ARBITERS_MAX].line,
		  "%u sections [arbiter NAME] are given, but at most %d are possible",
		  draft->arbiter.count, ARBITERS_MAX);
	notes_hint(&draft->notes, "One is enough for a majority of three.");
}

/* Two that are one would have two votes. */
static void check_differ(struct draft *draft, const struct arbiter_config *one,
			 const struct arbiter_config *two, int line)
{
	if (strcmp(one->name, two->name) == 0) {
		notes_add(&draft->notes, CONFIG_ERROR, line,
			  "two arbiters have the same name: \"%s\"", one->name);
		notes_hint(&draft->notes, "Give each arbiter its own.");
	}
	if (one->conninfo[0] != '\0' && strcmp(one->conninfo, two->conninfo) == 0) {
		notes_add(&draft->notes, CONFIG_ERROR, two->conninfo_line,
			  "two arbiters have the same \"conninfo\", the other is in line %d",
			  one->conninfo_line);
		notes_hint(&draft->notes, "Each must lead to its own server.");
	}
}

/* Bring arbiter I to its place in the configuration. */
static void place(struct draft *draft, unsigned i)
{
	const struct named_section *section = &draft->arbiter.at[i];
	struct arbiter_config *arbiter = &draft->config.arbiter[i];

	*arbiter = section->arbiter;
	COPY_TEXT(arbiter->name, section->name);
	arbiter->conninfo_line = named_line(section, "arbiter", "conninfo");
}

void arbiters_check(struct draft *draft)
{
	struct config *config = &draft->config;

	config->arbiters =
		draft->arbiter.count < ARBITERS_MAX ? draft->arbiter.count : ARBITERS_MAX;
	for (unsigned i = 0; i < config->arbiters; i++) {
		const struct named_section *section = &draft->arbiter.at[i];
		named_check_required(draft, "arbiter", section);
		place(draft, i);
		for (unsigned k = 0; k < i; k++)
			check_differ(draft, &config->arbiter[k], &config->arbiter[i],
				     section->line);
	}
	check_count(draft);
}
