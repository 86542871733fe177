/* SPDX-License-Identifier: PostgreSQL */
/* The proxies: each another one, and all that is needed to move it. */
#include "draft.h"
#include "list.h"
#include "proxies.h"
#include "tokens.h"
#include "values.h"

#include "bdrmon/secret.h"
#include "bdrmon/strbuf.h"

#include <string.h>

#define PROBE_PREFIX "bdrmon_probe_"

/* One that is looked at. */
struct proxy {
	struct draft *draft;
	const struct named_section *section;
	const struct pgbouncer_config *config;
};

static int line_of(const struct proxy *proxy, const char *name)
{
	return named_line(proxy->section, "pgbouncer", name);
}

/* ----------------------------------------------------------------------- aliases */

/* Say what is wrong with the alias NAME; false: nothing is. */
static bool refuse_alias(const struct proxy *proxy, const char *name, bool cut)
{
	struct notes *notes = &proxy->draft->notes;
	int line = line_of(proxy, "aliases");
	char shown[VALUE_SHOWN_MAX];

	if (cut || !alias_is_readable(name)) {
		notes_add(notes, CONFIG_ERROR, line, "\"%s\" in \"aliases\" is not an alias",
			  value_shown(name, shown));
		notes_hint(notes,
			   "PgBouncer reads letters, digits, \"_\", \".\", \"-\" and \"*\", "
			   "without quotes, and PostgreSQL at most %d of them. Separate aliases "
			   "by commas.",
			   NAME_TEXT_MAX - 1);
	} else if (strcmp(name, "pgbouncer") == 0) {
		notes_add(notes, CONFIG_ERROR, line,
			  "\"aliases\" names \"pgbouncer\", which is the admin console");
		notes_hint(notes, "Name the databases that applications connect to.");
	} else if (strncmp(name, PROBE_PREFIX, strlen(PROBE_PREFIX)) == 0) {
		notes_add(notes, CONFIG_ERROR, line, "\"aliases\" names \"%s\", an alias of bdrmon",
			  name);
		notes_hint(notes, "Those whose name begins with \"" PROBE_PREFIX "\" lead to one "
				  "node each and are never moved.");
	} else {
		return false;
	}
	return true;
}

/* Say that the last one of COUNT aliases is there before; false: it is not. */
static bool refuse_repeated(const struct proxy *proxy, char names[][NAME_TEXT_MAX], unsigned count)
{
	struct notes *notes = &proxy->draft->notes;
	const char *last = names[count - 1];

	for (unsigned i = 0; i + 1 < count; i++) {
		if (strcmp(names[i], last) != 0)
			continue;
		notes_add(notes, CONFIG_ERROR, line_of(proxy, "aliases"),
			  "\"aliases\" names \"%s\" twice", last);
		notes_hint(notes, "Take one of the two out.");
		return true;
	}
	return false;
}

static void check_aliases(const struct proxy *proxy)
{
	struct notes *notes = &proxy->draft->notes;
	char masked[COMMAND_MAX], name[NAME_TEXT_MAX], names[ALIASES_MAX][NAME_TEXT_MAX];
	struct strbuf whole = STRBUF(masked), item = STRBUF(name);
	const char *at = masked; /* of an item alone one cannot tell that it is a secret */
	unsigned count = 0;

	secret_mask(&whole, proxy->config->aliases);
	for (; list_next(&at, &item); count++) {
		if (refuse_alias(proxy, name, item.cut))
			return;
		if (count >= ALIASES_MAX)
			continue;
		copy_text(names[count], sizeof names[count], name);
		if (refuse_repeated(proxy, names, count + 1))
			return;
	}
	if (count > ALIASES_MAX) {
		notes_add(notes, CONFIG_ERROR, line_of(proxy, "aliases"),
			  "\"aliases\" names %u aliases, but at most %d are possible", count,
			  ALIASES_MAX);
		notes_hint(notes, "Name those that must follow a failover.");
	} else if (count == 0 && proxy->config->aliases[0] != '\0') {
		notes_add(notes, CONFIG_ERROR, line_of(proxy, "aliases"),
			  "\"aliases\" names no alias");
		notes_hint(notes, "Name the databases that applications connect to.");
	}
}

/* ------------------------------------------------------------------ names of nodes */

/* Is NAME a node's, or can it be that of the one which only repmgr.nodes knows? */
static bool may_be_node(const struct config *config, const char *name)
{
	for (unsigned i = 0; i < NODES; i++) {
		if (config->node[i].name[0] == '\0' || strcmp(config->node[i].name, name) == 0)
			return true;
	}
	return false;
}

static void refuse_node(const struct proxy *proxy, const char *option, const char *name)
{
	const struct node_config *node = proxy->draft->config.node;
	char shown[VALUE_SHOWN_MAX];

	notes_add(&proxy->draft->notes, CONFIG_ERROR, line_of(proxy, option),
		  "\"%s\" names \"%s\", which is not a node", option, value_shown(name, shown));
	notes_hint(&proxy->draft->notes, "The nodes are \"%s\" and \"%s\".", node[0].name,
		   node[1].name);
}

static void refuse_targets(const struct proxy *proxy, const char *masked)
{
	char shown[VALUE_SHOWN_MAX];

	notes_add(&proxy->draft->notes, CONFIG_ERROR, line_of(proxy, "targets"),
		  "invalid value for parameter \"targets\": \"%s\"", value_shown(masked, shown));
	notes_hint(&proxy->draft->notes,
		   "Write NODE=HOST:PORT for each node, separated by commas, such as "
		   "\"node1=10.0.0.1:5432, node2=[fd00::2]:5432\".");
}

/* Two targets that are one would leave open where the proxy points. */
static bool refuse_same(const struct proxy *proxy, const struct target_item *one,
			const struct target_item *two)
{
	struct notes *notes = &proxy->draft->notes;
	int line = line_of(proxy, "targets");

	if (strcmp(one->node, two->node) == 0) {
		notes_add(notes, CONFIG_ERROR, line, "\"targets\" names node \"%s\" twice",
			  one->node);
		notes_hint(notes, "Take one of the two out.");
	} else if (strcmp(one->host, two->host) == 0 && strcmp(one->port, two->port) == 0) {
		notes_add(notes, CONFIG_ERROR, line,
			  "\"targets\" leads to the same place for nodes \"%s\" and \"%s\"",
			  one->node, two->node);
		notes_hint(notes, "Each must lead to its own node.");
	} else {
		return false;
	}
	return true;
}

static void check_targets(const struct proxy *proxy)
{
	char masked[COMMAND_MAX];
	struct strbuf whole = STRBUF(masked);
	const char *at = masked;
	struct target_item items[NODES], item;
	bool fine;
	unsigned count = 0;

	secret_mask(&whole, proxy->config->targets);
	while (target_next(&at, &item, &fine)) {
		if (!fine) {
			refuse_targets(proxy, masked);
			return;
		}
		if (!may_be_node(&proxy->draft->config, item.node)) {
			refuse_node(proxy, "targets", item.node);
			return;
		}
		for (unsigned i = 0; i < count; i++) {
			if (refuse_same(proxy, &items[i], &item))
				return;
		}
		if (count == NODES) { /* of nodes without a name yet */
			refuse_targets(proxy, masked);
			return;
		}
		items[count++] = item;
	}
}

static void check_home(const struct proxy *proxy)
{
	const char *home = proxy->config->home;

	if (home[0] != '\0' && !may_be_node(&proxy->draft->config, home))
		refuse_node(proxy, "home", home);
}

/* ------------------------------------------------------------- where the file lies */

static void check_file(const struct proxy *proxy)
{
	char shown[VALUE_SHOWN_MAX];

	if (proxy->config->file[0] == '\0' || proxy->config->file[0] == '/')
		return;
	notes_add(&proxy->draft->notes, CONFIG_ERROR, line_of(proxy, "file"),
		  "invalid value for parameter \"file\": \"%s\"",
		  value_shown(proxy->config->file, shown));
	notes_hint(&proxy->draft->notes,
		   "Write the whole path, as it is where the file lies; it begins with \"/\".");
}

/* It becomes a word of a shell command, and ssh reads one that begins with "-" as an option. */
static void check_ssh(const struct proxy *proxy)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				    "0123456789@._-:/%";
	const char *ssh = proxy->config->ssh;
	char shown[VALUE_SHOWN_MAX];

	if (ssh[0] != '-' && ssh[strspn(ssh, plain)] == '\0')
		return;
	notes_add(&proxy->draft->notes, CONFIG_ERROR, line_of(proxy, "ssh"),
		  "invalid value for parameter \"ssh\": \"%s\"", value_shown(ssh, shown));
	notes_hint(&proxy->draft->notes,
		   "Write [user@]host. What else ssh needs belongs in its own configuration; or "
		   "write the whole command as \"command\" instead.");
}

/* What follows it must not become a part of a quote or comment in it. */
static void check_command(const struct proxy *proxy)
{
	struct tokens tokens = tokens_of(proxy->config->command);
	struct token token;
	struct error err;
	enum status st;

	do {
		st = token_next(&tokens, &token, &err);
	} while (st == OK && token.kind != TOKEN_END);
	if (st == OK && token.context == SHELL_COMMENT) {
		st = error_set(&err, ERR_CONFIG, "what follows it would be a comment");
		error_hint(&err, "Take out the \"#\", or put it into quotes.");
	}
	if (st == OK)
		return;
	notes_add(&proxy->draft->notes, CONFIG_ERROR, line_of(proxy, "command"),
		  "invalid value for parameter \"command\": %s", err.text);
	notes_hint(&proxy->draft->notes, "%s", err.hint);
}

static void check_way(const struct proxy *proxy)
{
	int ssh = line_of(proxy, "ssh"), command = line_of(proxy, "command");

	check_ssh(proxy);
	check_command(proxy);
	if (proxy->config->ssh[0] == '\0' || proxy->config->command[0] == '\0')
		return;
	notes_add(&proxy->draft->notes, CONFIG_ERROR, ssh > command ? ssh : command,
		  "both \"ssh\" (line %d) and \"command\" (line %d) say how to reach the file", ssh,
		  command);
	notes_hint(&proxy->draft->notes, "Take one of the two out.");
}

/* --------------------------------------------------------------------------- all */

static void check_count(struct draft *draft)
{
	if (draft->pgbouncer.count <= PROXIES_MAX)
		return;
	notes_add(&draft->notes, CONFIG_ERROR, draft->pgbouncer.at[PROXIES_MAX].line,
		  "%u sections [pgbouncer NAME] are given, but at most %d are possible",
		  draft->pgbouncer.count, PROXIES_MAX);
	notes_hint(&draft->notes, "Leave the others to the notification command.");
}

static bool same_file(const struct pgbouncer_config *one, const struct pgbouncer_config *two)
{
	return one->file[0] != '\0' && strcmp(one->file, two->file) == 0 &&
	       strcmp(one->ssh, two->ssh) == 0 && strcmp(one->command, two->command) == 0;
}

/* Two that are one would be moved twice at a time. */
static void check_differ(const struct proxy *proxy, const struct pgbouncer_config *other,
			 const struct named_section *other_section)
{
	struct notes *notes = &proxy->draft->notes;
	const struct pgbouncer_config *config = proxy->config;

	if (strcmp(config->name, other->name) == 0) {
		notes_add(notes, CONFIG_ERROR, proxy->section->line,
			  "two PgBouncers have the same name: \"%s\"", config->name);
		notes_hint(notes, "Give each PgBouncer its own.");
	}
	if (config->conninfo[0] != '\0' && strcmp(config->conninfo, other->conninfo) == 0) {
		notes_add(notes, CONFIG_ERROR, config->conninfo_line,
			  "two PgBouncers have the same \"conninfo\", the other is in line %d",
			  other->conninfo_line);
		notes_hint(notes, "Each must lead to its own PgBouncer.");
	}
	if (same_file(config, other)) {
		notes_add(notes, CONFIG_ERROR, line_of(proxy, "file"),
			  "two PgBouncers have the same \"file\", the other is in line %d",
			  named_line(other_section, "pgbouncer", "file"));
		notes_hint(notes, "Each needs a file of its own, or \"ssh\" or \"command\" that "
				  "leads to its host.");
	}
}

/* Bring proxy I to its place in the configuration. */
static struct proxy place(struct draft *draft, unsigned i)
{
	const struct named_section *section = &draft->pgbouncer.at[i];
	struct pgbouncer_config *config = &draft->config.pgbouncer[i];

	*config = section->pgbouncer;
	COPY_TEXT(config->name, section->name);
	config->conninfo_line = named_line(section, "pgbouncer", "conninfo");
	config->targets_line = named_line(section, "pgbouncer", "targets");
	return (struct proxy) { draft, section, config };
}

void pgbouncers_check(struct draft *draft)
{
	struct config *config = &draft->config;

	config->pgbouncers =
		draft->pgbouncer.count < PROXIES_MAX ? draft->pgbouncer.count : PROXIES_MAX;
	for (unsigned i = 0; i < config->pgbouncers; i++) {
		struct proxy proxy = place(draft, i);
		named_check_required(draft, "pgbouncer", proxy.section);
		check_aliases(&proxy);
		check_file(&proxy);
		check_way(&proxy);
		check_targets(&proxy);
		check_home(&proxy);
		for (unsigned k = 0; k < i; k++)
			check_differ(&proxy, &config->pgbouncer[k], &draft->pgbouncer.at[k]);
	}
	check_count(draft);
}
