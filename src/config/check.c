/* SPDX-License-Identifier: PostgreSQL */
#include "draft.h"

#include "bdrmon/strbuf.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void say_list(struct draft *draft, const char *what, const struct name_list *list)
{
	char more[32] = "";
	struct strbuf rest = STRBUF(more);

	if (list->more > 0)
		strbuf_printf(&rest, ", and %u more", list->more);
	notes_add(&draft->notes, CONFIG_WARNING, NO_LINE, "%s: %s%s", what, list->text, more);
}

static void say_ignored(struct draft *draft)
{
	if (draft->useless.text[0] != '\0') {
		say_list(draft, "parameters of repmgr that have no use here are ignored",
			 &draft->useless);
		notes_hint(&draft->notes, "%s", draft->instead);
	}
	if (draft->unknown.text[0] != '\0')
		say_list(draft, "unrecognized parameters are ignored", &draft->unknown);
}

/* ------------------------------------------------------- defaults from elsewhere */

static void set_source(struct draft *draft, const char *section, const char *name,
		       enum source_kind kind, const char *variable)
{
	const struct option *option = option_find(section, name);
	assert(option != NULL);
	draft->source[option - options] = (struct source) { kind, variable };
}

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

static void fill_names(struct draft *draft)
{
	struct config *config = &draft->config;

	if (config->cluster[0] == '\0') {
		name_after_file(config);
		set_source(draft, "cluster", "name", SOURCE_COMPUTED, NULL);
	}
	if (config->monitor[0] != '\0')
		return;
	set_source(draft, "monitor", "name", SOURCE_COMPUTED, NULL);
	COPY_TEXT(config->monitor, config->node[0].name);
	if (config->local_none) {
		/* A longer name is cut; POSIX leaves open whether it is then terminated. */
		gethostname(config->monitor, sizeof config->monitor);
		config->monitor[sizeof config->monitor - 1] = '\0';
	}
}

static void fill_stale(struct draft *draft)
{
	struct probe_config *probe = &draft->config.probe;

	if (probe->stale_ms != 0)
		return;
	/* Probes of a node that says nothing last as long as they may, one after the other. */
	int64_t round_ms =
		probe->interval_ms > probe->timeout_ms ? probe->interval_ms : probe->timeout_ms;
	probe->stale_ms = 2 * round_ms + probe->timeout_ms;
	set_source(draft, "probe", "stale", SOURCE_COMPUTED, NULL);
}

/* systemd names the directories that it has made for the service; the first one is ours. */
static void fill_directory(struct draft *draft, const char *name, const char *variable,
			   char ours[PATH_TEXT_MAX])
{
	const char *given = getenv(variable);

	if (given == NULL || given[0] == '\0' || draft_line(draft, "monitor", name) != 0)
		return;
	struct strbuf first = strbuf_over(ours, PATH_TEXT_MAX);
	strbuf_add_bytes(&first, given, strcspn(given, ":"));
	if (first.cut) {
		notes_add(&draft->notes, CONFIG_ERROR, NO_LINE,
			  "directory in the environment variable \"%s\" is too long", variable);
		notes_hint(&draft->notes, "Set \"%s\" in section [monitor] to a shorter one.",
			   name);
	}
	set_source(draft, "monitor", name, SOURCE_ENVIRONMENT, variable);
}

static void check_conninfo(struct draft *draft, config_conninfo_fn *check, const char *name,
			   const char *conninfo, int line)
{
	struct error err;

	if (conninfo[0] == '\0' || check(conninfo, &err) == OK)
		return;
	notes_add(&draft->notes, CONFIG_ERROR, line, "invalid value for parameter \"%s\": %s", name,
		  err.text);
	notes_hint(&draft->notes, "%s", err.hint);
}

void check_conninfos(struct draft *draft, config_conninfo_fn *check)
{
	const struct config *config = &draft->config;

	for (unsigned i = 0; i < NODES; i++)
		check_conninfo(draft, check, "conninfo", config->node[i].conninfo,
			       config->node[i].conninfo_line);
	for (unsigned i = 0; i < config->pgbouncers; i++) {
		const struct pgbouncer_config *proxy = &config->pgbouncer[i];
		check_conninfo(draft, check, "conninfo", proxy->conninfo, proxy->conninfo_line);
		check_conninfo(draft, check, "probe_conninfo", proxy->probe_conninfo,
			       named_line(&draft->pgbouncer.at[i], "pgbouncer", "probe_conninfo"));
	}
	for (unsigned i = 0; i < config->arbiters; i++)
		check_conninfo(draft, check, "conninfo", config->arbiter[i].conninfo,
			       config->arbiter[i].conninfo_line);
}

void check_draft(struct draft *draft)
{
	struct config *config = &draft->config;

	nodes_check(draft);
	pgbouncers_check(draft);
	arbiters_check(draft);
	clashes_check(draft);
	say_ignored(draft);
	fill_names(draft);
	monitors_check(draft);
	fill_stale(draft);
	fill_directory(draft, "state_directory", "STATE_DIRECTORY", config->state_directory);
	fill_directory(draft, "runtime_directory", "RUNTIME_DIRECTORY", config->runtime_directory);
}
