/* SPDX-License-Identifier: PostgreSQL */
/* The two nodes: described each once, and all that is needed of them. */
#include "draft.h"
#include "values.h"

#include "bdrmon/lookup.h"
#include "bdrmon/strbuf.h"

#include <string.h>

/* What to write for a parameter that is missing: its line in the sample. */
static void hint_example(struct draft *draft, const struct option *option, const char *where)
{
	const char *quote = value_needs_quotes(option) ? "'" : "";

	notes_hint(&draft->notes, "Add a line such as \"%s = %s%s%s\" %s.", option->name, quote,
		   option->preset, quote, where);
}

bool option_is_local(const struct option *option)
{
	return option->section[0] == '\0' &&
	       option->offset < offsetof(struct config, node) + sizeof(struct node_config) &&
	       option->offset >= offsetof(struct config, node);
}

static void check_required(struct draft *draft)
{
	for (size_t i = 0; i < option_count; i++) {
		const struct option *option = &options[i];
		if (!option_is_local(option) || (option->flags & REQUIRED) == 0 ||
		    draft->option_line[i] != 0 || draft->tried[i])
			continue;
		notes_add(&draft->notes, CONFIG_ERROR, NO_LINE,
			  "required parameter \"%s\" is missing", option->name);
		if (draft->old_node_line != 0 && strcmp(option->name, "node_id") == 0)
			notes_hint(&draft->notes,
				   "This is a repmgr 3 file: since repmgr 4 \"node\" (line %d) is "
				   "called \"node_id\".",
				   draft->old_node_line);
		else
			hint_example(draft, option, "above the first section");
	}
}

void named_check_required(struct draft *draft, const char *section,
			  const struct named_section *named)
{
	for (size_t i = 0; i < option_count; i++) {
		const struct option *option = &options[i];
		if (strcmp(option->section, section) != 0 || (option->flags & REQUIRED) == 0 ||
		    named->option_line[i] != 0 || named->tried[i])
			continue;
		notes_add(&draft->notes, CONFIG_ERROR, named->line,
			  "required parameter \"%s\" is missing in section [%s %s]", option->name,
			  section, named->name);
		hint_example(draft, option, "to the section");
	}
}

/* With local=none a description of a local node would be left unused. */
static void check_local_none(struct draft *draft)
{
	int none = draft_line(draft, "monitor", "local");

	for (size_t i = 0; i < option_count; i++) {
		int line = draft->option_line[i];
		if (!option_is_local(&options[i]) || line == 0)
			continue;
		notes_add(&draft->notes, CONFIG_ERROR, line > none ? line : none,
			  "\"%s\" (line %d) describes a local node, but \"local\" (line %d) is "
			  "\"none\"",
			  options[i].name, line, none);
		notes_hint(&draft->notes, "Describe each node in a section [node NAME].");
	}
}

static void check_count(struct draft *draft)
{
	unsigned local = draft->config.local_none ? 0 : 1;

	if (local + draft->node.count > NODES) {
		notes_add(&draft->notes, CONFIG_ERROR, draft->node.at[NODES - local].line,
			  "repmgr can only support BDR 2.x clusters with 2 nodes, but %u are given",
			  local + draft->node.count);
		notes_hint(&draft->notes, local == 0 ? "Leave two sections [node NAME]."
						     : "The local node is described above the "
						       "sections; leave one section [node NAME].");
	} else if (local == 0 && draft->node.count < NODES && !draft->section_lost) {
		notes_add(
			&draft->notes, CONFIG_ERROR, draft_line(draft, "monitor", "local"),
			"\"local\" is \"none\", but there are not 2 sections [node NAME], only %u",
			draft->node.count);
		notes_hint(&draft->notes, "Describe each node in a section [node NAME].");
	}
}

/* Bring the nodes to their places in the configuration. */
static void place(struct draft *draft)
{
	struct config *config = &draft->config;
	static const char conninfo[] = "conninfo";
	unsigned first = config->local_none ? 0 : 1;

	if (config->local_none)
		memset(&config->node[0], 0, sizeof config->node[0]);
	else
		config->node[0].conninfo_line = draft_line(draft, "", conninfo);
	for (unsigned i = 0; first + i < NODES && i < draft->node.count; i++) {
		const struct named_section *section = &draft->node.at[i];
		struct node_config *node = &config->node[first + i];
		*node = section->node;
		COPY_TEXT(node->name, section->name);
		node->conninfo_line = named_line(section, "node", conninfo);
	}
}

static void check_differ(struct draft *draft)
{
	const struct node_config *one = &draft->config.node[0], *two = &draft->config.node[1];
	unsigned first = draft->config.local_none ? 0 : 1;
	int line = draft->node.at[1 - first].line;

	if (draft->node.count + first < NODES)
		return;
	if (one->id != 0 && one->id == two->id) {
		notes_add(&draft->notes, CONFIG_ERROR, line,
			  "two nodes have the same \"node_id\": %d", one->id);
		notes_hint(&draft->notes, "Give each node its own, as repmgr.nodes has it.");
	}
	if (one->name[0] != '\0' && strcmp(one->name, two->name) == 0) {
		notes_add(&draft->notes, CONFIG_ERROR, line, "two nodes have the same name: \"%s\"",
			  one->name);
		notes_hint(&draft->notes, "Give each node its own, as repmgr.nodes has it.");
	}
	if (one->conninfo[0] != '\0' && strcmp(one->conninfo, two->conninfo) == 0) {
		notes_add(&draft->notes, CONFIG_ERROR, two->conninfo_line,
			  "two nodes have the same \"conninfo\", the other is in line %d",
			  one->conninfo_line);
		notes_hint(&draft->notes, "Each must lead to its own node, from both hosts.");
	}
}

void nodes_check(struct draft *draft)
{
	unsigned stored = draft->node.count < NODES ? draft->node.count : NODES;

	if (draft->config.local_none)
		check_local_none(draft);
	else
		check_required(draft);
	for (unsigned i = 0; i < stored; i++)
		named_check_required(draft, "node", &draft->node.at[i]);
	check_count(draft);
	place(draft);
	check_differ(draft);
}
