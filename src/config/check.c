/* SPDX-License-Identifier: PostgreSQL */
#include "draft.h"
#include "values.h"

#include "bdrmon/lookup.h"
#include "bdrmon/strbuf.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A message about two settings goes with the line of the later one. */
static int later_line(int one, int other)
{
	return one > other ? one : other;
}

/* -------------------------------------------------------------- what is missing */

static void check_required(struct draft *draft)
{
	if (draft->config.local_none)
		return;
	for (size_t i = 0; i < option_count; i++) {
		const struct option *option = &options[i];
		if (option->section[0] == '\0' && (option->flags & REQUIRED) != 0 &&
		    draft->option_line[i] == 0)
			notes_add(&draft->notes, CONFIG_ERROR, NO_LINE,
				  "required parameter \"%s\" is missing", option->name);
	}
}

static void check_node_required(struct draft *draft, const struct node_section *section)
{
	for (size_t i = 0; i < option_count; i++) {
		const struct option *option = &options[i];
		if (strcmp(option->section, "node") == 0 && (option->flags & REQUIRED) != 0 &&
		    section->option_line[i] == 0)
			notes_add(&draft->notes, CONFIG_ERROR, section->line,
				  "required parameter \"%s\" is missing in section [node %s]",
				  option->name, section->node.name);
	}
}

/* With local=none a description of a local node would be left unused. */
static void check_local_none(struct draft *draft)
{
	int none = draft_line(draft, "monitor", "local");

	for (size_t i = 0; i < option_count && draft->config.local_none; i++) {
		const struct option *option = &options[i];
		int line = draft->option_line[i];
		if (option->section[0] != '\0' || (option->flags & REQUIRED) == 0 || line == 0)
			continue;
		notes_add(&draft->notes, CONFIG_ERROR, later_line(line, none),
			  "\"%s\" (line %d) describes a local node, but \"local\" (line %d) is "
			  "\"none\"",
			  option->name, line, none);
		notes_hint(&draft->notes, "Describe each node in a section [node NAME].");
	}
}

/* ------------------------------------------------------------------- the nodes */

static void check_node_count(struct draft *draft)
{
	unsigned local = draft->config.local_none ? 0 : 1;

	if (local + draft->nodes > NODES) {
		notes_add(&draft->notes, CONFIG_ERROR, draft->node[NODES - local].line,
			  "repmgr can only support BDR 2.x clusters with 2 nodes, but %u are given",
			  local + draft->nodes);
	} else if (local == 0 && draft->nodes < NODES) {
		notes_add(
			&draft->notes, CONFIG_ERROR, draft_line(draft, "monitor", "local"),
			"\"local\" is \"none\", but there are not 2 sections [node NAME], only %u",
			draft->nodes);
	}
}

/* Bring the nodes to their places in the configuration. */
static void place_nodes(struct draft *draft)
{
	struct config *config = &draft->config;
	static const char conninfo[] = "conninfo";
	const struct option *key = option_find("node", conninfo);
	unsigned first = config->local_none ? 0 : 1;

	assert(key != NULL);
	if (config->local_none)
		memset(&config->node[0], 0, sizeof config->node[0]);
	else
		config->node[0].conninfo_line = draft_line(draft, "", conninfo);
	for (unsigned i = 0; first + i < NODES && i < draft->nodes; i++) {
		config->node[first + i] = draft->node[i].node;
		config->node[first + i].conninfo_line = draft->node[i].option_line[key - options];
	}
}

static void check_nodes_differ(struct draft *draft)
{
	const struct node_config *one = &draft->config.node[0], *two = &draft->config.node[1];
	unsigned first = draft->config.local_none ? 0 : 1;
	int line = draft->node[1 - first].line;

	if (draft->nodes + first < NODES)
		return;
	if (one->id != 0 && one->id == two->id)
		notes_add(&draft->notes, CONFIG_ERROR, line,
			  "two nodes have the same \"node_id\": %d", one->id);
	if (one->name[0] != '\0' && strcmp(one->name, two->name) == 0)
		notes_add(&draft->notes, CONFIG_ERROR, line, "two nodes have the same name: \"%s\"",
			  one->name);
	if (one->conninfo[0] != '\0' && strcmp(one->conninfo, two->conninfo) == 0)
		notes_add(&draft->notes, CONFIG_ERROR, two->conninfo_line,
			  "two nodes have the same \"conninfo\", the other is in line %d",
			  one->conninfo_line);
}

/* --------------------------------------------------------------- contradictions */

/* One setting that must not be larger than another one. */
static const struct {
	enum config_severity severity;
	const char *section, *name;
	const char *limit_section, *limit;
	const char *why;
} at_most[] = {
	{ CONFIG_ERROR, "executor", "kill_after", "executor", "deadline",
	  "A command would get longer to end than to run." },
	{ CONFIG_WARNING, "probe", "timeout", "failover", "lease",
	  "A claim could lapse during one probe." },
};

/* Write "(5s, line 7)" or "(5s, the default)". */
static void describe(const struct draft *draft, const struct option *option, struct strbuf *out)
{
	int line = draft->option_line[option - options];

	strbuf_add(out, "(");
	value_print(option, &draft->config, out);
	if (line != 0)
		strbuf_printf(out, ", line %d)", line);
	else
		strbuf_add(out, ", the default)");
}

static void check_at_most(struct draft *draft)
{
	for (size_t i = 0; i < ARRAY_LEN(at_most); i++) {
		const struct option *option = option_find(at_most[i].section, at_most[i].name);
		const struct option *limit =
			option_find(at_most[i].limit_section, at_most[i].limit);
		assert(option != NULL && limit != NULL);
		if (value_number(option, &draft->config) <= value_number(limit, &draft->config))
			continue;
		char one[64], other[64];
		struct strbuf value = STRBUF(one), bound = STRBUF(other);
		describe(draft, option, &value);
		describe(draft, limit, &bound);
		int line = later_line(draft->option_line[option - options],
				      draft->option_line[limit - options]);
		notes_add(&draft->notes, at_most[i].severity, line,
			  "\"%s\" %s is larger than \"%s\" %s", option->name, one, limit->name,
			  other);
		notes_hint(&draft->notes, "%s", at_most[i].why);
	}
}

/* An observation that is stale before the next one can be there would make the node
 * look unobserved in every round. */
static void check_stale(struct draft *draft)
{
	struct probe_config *probe = &draft->config.probe;
	const struct option *stale = option_find("probe", "stale");
	const struct option *interval = option_find("", "monitor_interval_secs");
	const struct option *timeout = option_find("probe", "timeout");
	char texts[3][64];
	struct strbuf a = STRBUF(texts[0]), b = STRBUF(texts[1]), c = STRBUF(texts[2]);

	if (probe->stale_ms == 0) {
		probe->stale_ms = 2 * probe->interval_ms + probe->timeout_ms;
		return;
	}
	if (probe->stale_ms >= probe->interval_ms + probe->timeout_ms)
		return;
	assert(stale != NULL && interval != NULL && timeout != NULL);
	describe(draft, stale, &a);
	describe(draft, interval, &b);
	describe(draft, timeout, &c);
	notes_add(&draft->notes, CONFIG_ERROR, draft->option_line[stale - options],
		  "\"stale\" %s is smaller than \"monitor_interval_secs\" %s plus \"timeout\" %s",
		  texts[0], texts[1], texts[2]);
	notes_hint(&draft->notes, "An observation would be stale before the next one is there.");
}

static void check_command(struct draft *draft)
{
	int line = draft_line(draft, "", "event_notifications");
	if (line == 0 || draft->config.command[0] != '\0')
		return;
	notes_add(&draft->notes, CONFIG_WARNING, line,
		  "\"event_notifications\" has no effect without \"event_notification_command\"");
}

static void say_ignored(struct draft *draft)
{
	if (draft->useless[0] != '\0') {
		notes_add(&draft->notes, CONFIG_WARNING, NO_LINE,
			  "parameters of repmgr that have no use here are ignored: %s",
			  draft->useless);
		notes_hint(&draft->notes, "%s", draft->instead);
	}
	if (draft->unknown[0] != '\0')
		notes_add(&draft->notes, CONFIG_WARNING, NO_LINE,
			  "unrecognized parameters are ignored: %s", draft->unknown);
}

/* ------------------------------------------------------- defaults from elsewhere */

/* "/etc/bdrmon/repmgr.ini" gives "repmgr". */
static void name_after_file(struct config *config)
{
	const char *base = strrchr(config->file, '/');
	base = base == NULL ? config->file : base + 1;
	const char *dot = strrchr(base, '.');
	size_t length = dot == NULL || dot == base ? strlen(base) : (size_t)(dot - base);
	struct strbuf out = STRBUF(config->cluster);
	strbuf_add_bytes(&out, base, length);
}

static void fill_names(struct config *config)
{
	if (config->cluster[0] == '\0')
		name_after_file(config);
	if (config->monitor[0] != '\0')
		return;
	COPY_TEXT(config->monitor, config->node[0].name);
	if (config->local_none) {
		/* A longer name is cut; POSIX leaves open whether it is then terminated. */
		gethostname(config->monitor, sizeof config->monitor);
		config->monitor[sizeof config->monitor - 1] = '\0';
	}
}

/* systemd names the directories that it has made for the service; the first one is ours. */
static void fill_directory(struct draft *draft, const char *name, const char *variable,
			   char ours[PATH_TEXT_MAX])
{
	const char *given = getenv(variable);

	if (given == NULL || draft_line(draft, "monitor", name) != 0)
		return;
	copy_text(ours, PATH_TEXT_MAX, given);
	ours[strcspn(ours, ":")] = '\0';
}

void check_draft(struct draft *draft)
{
	unsigned stored = draft->nodes < NODES ? draft->nodes : NODES;

	check_required(draft);
	check_local_none(draft);
	for (unsigned i = 0; i < stored; i++)
		check_node_required(draft, &draft->node[i]);
	check_node_count(draft);
	place_nodes(draft);
	check_nodes_differ(draft);
	check_at_most(draft);
	check_stale(draft);
	check_command(draft);
	say_ignored(draft);
	fill_names(&draft->config);
	fill_directory(draft, "state_directory", "STATE_DIRECTORY", draft->config.state_directory);
	fill_directory(draft, "runtime_directory", "RUNTIME_DIRECTORY",
		       draft->config.runtime_directory);
}
