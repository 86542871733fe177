/* SPDX-License-Identifier: PostgreSQL */
/* Settings that are right each for itself and wrong together. */
#include "draft.h"
#include "values.h"

#include "bdrmon/lookup.h"
#include "bdrmon/strbuf.h"

#include <assert.h>
#include <string.h>

/* What is a warning is said only of a setting that stands in the file: nobody shall be
 * warned of a default. */

/* One setting that must not be larger, or smaller, than another one. */
static const struct bound {
	enum config_severity severity;
	const char *section, *name;
	bool at_least; /* else at most */
	const char *limit_section, *limit;
	const char *why;
} bounds[] = {
	{ CONFIG_ERROR, "executor", "kill_after", false, "executor", "deadline",
	  "A command would get longer to end than to run." },
	{ CONFIG_ERROR, "probe", "timeout", false, "failover", "lease",
	  "A claim could lapse during one probe." },
	{ CONFIG_ERROR, "failover", "retest", false, "failover", "write_window",
	  "A proxy's file could never be written back in time." },
	{ CONFIG_WARNING, "probe", "fresh_connection_interval", true, "", "monitor_interval_secs",
	  "Each probe will make a new connection." },
	{ CONFIG_WARNING, "failover", "recovery_hold", true, "", "monitor_interval_secs",
	  "One answer will be enough to count as recovered." },
};

/* How long reconnect_attempts take, at least. */
static int64_t attempts_ms(const struct config *config)
{
	return (config->failover.reconnect_attempts - 1) * config->failover.reconnect_interval_ms;
}

static bool acts_never(const struct config *config)
{
	return config->failover.local_only && config->local_none;
}

static bool pauses_for_nothing(const struct config *config)
{
	return config->failover.early_pause && config->failover.early_pause_max_ms == 0;
}

static bool pause_ends_early(const struct config *config)
{
	return config->failover.early_pause && config->failover.early_pause_max_ms > 0 &&
	       config->failover.early_pause_max_ms < attempts_ms(config);
}

static bool pauses_not(const struct config *config)
{
	return !config->failover.early_pause;
}

static bool one_file_for_two(const struct config *config)
{
	return config->log_file[0] != '\0' && strcmp(config->log_file, config->pid_file) == 0;
}

static bool logs_to_file(const struct config *config)
{
	return config->log_file[0] != '\0' && config->log_facility != LOG_FACILITY_STDERR;
}

static bool counts_no_failovers(const struct config *config)
{
	return config->failover.max_failovers == 0;
}

static bool has_no_command(const struct config *config)
{
	return config->command[0] == '\0';
}

static bool tilts_at_a_breath(const struct config *config)
{
	return config->failover.tilt_ms < 500;
}

static bool takes_ages(const struct config *config)
{
	return attempts_ms(config) > 10 * 60 * 1000;
}

/* Two settings of which one makes the other senseless. */
static const struct clash {
	enum config_severity severity;
	const char *section, *name;
	const char *other_section, *other; /* NULL: there is none */
	bool (*holds)(const struct config *config);
	const char *text, *hint;
} clashes[] = {
	{ CONFIG_ERROR, "", "bdr_local_monitoring_only", "monitor", "local", acts_never,
	  "\"bdr_local_monitoring_only\" is \"on\", but \"local\" is \"none\"",
	  "Without a local node bdrmon would never act. Take one of the two out." },
	{ CONFIG_ERROR, "failover", "early_pause", "failover", "early_pause_max",
	  pauses_for_nothing, "\"early_pause\" is \"on\", but \"early_pause_max\" is 0",
	  "Set \"early_pause_max\" to how long applications may be held back." },
	{ CONFIG_ERROR, "", "log_file", "", "repmgrd_pid_file", one_file_for_two,
	  "\"log_file\" and \"repmgrd_pid_file\" are the same file", "Name two files." },
	{ CONFIG_WARNING, "failover", "early_pause", "failover", "early_pause_max",
	  pause_ends_early,
	  "\"early_pause_max\" is over before a node has had its \"reconnect_attempts\"",
	  "Applications would be held back for nothing whenever a node has really failed." },
	{ CONFIG_WARNING, "failover", "early_pause_max", "failover", "early_pause", pauses_not,
	  "\"early_pause_max\" has no effect while \"early_pause\" is \"off\"", NULL },
	{ CONFIG_WARNING, "failover", "max_failovers_within", "failover", "max_failovers",
	  counts_no_failovers,
	  "\"max_failovers_within\" has no effect while \"max_failovers\" is 0", NULL },
	{ CONFIG_WARNING, "", "log_facility", "", "log_file", logs_to_file,
	  "\"log_facility\" has no effect since \"log_file\" is set", NULL },
	{ CONFIG_WARNING, "", "event_notifications", "", "event_notification_command",
	  has_no_command,
	  "\"event_notifications\" has no effect without \"event_notification_command\"", NULL },
	{ CONFIG_WARNING, "failover", "tilt", NULL, NULL, tilts_at_a_breath,
	  "\"tilt\" is smaller than 500ms",
	  "A busy machine stops a program for so long now and then, and each time bdrmon would "
	  "wait for a round of new observations before it acts." },
	{ CONFIG_WARNING, "", "reconnect_interval", "", "reconnect_attempts", takes_ages,
	  "\"reconnect_attempts\" take more than 10 minutes at this \"reconnect_interval\"",
	  "A node counts as failed only after them. A number without a unit means seconds." },
};

static int later_line(int one, int other)
{
	return one > other ? one : other;
}

static int line_of(const struct draft *draft, const struct option *option)
{
	return draft->option_line[option - options];
}

static const struct option *find(const char *section, const char *name)
{
	const struct option *option = option_find(section, name);
	assert(option != NULL);
	return option;
}

/* Write "(5s, line 7)" or "(5s, the default)". */
static void describe(const struct draft *draft, const struct option *option, struct strbuf *out)
{
	strbuf_add(out, "(");
	value_print(option, &draft->config, out);
	if (line_of(draft, option) != 0)
		strbuf_printf(out, ", line %d)", line_of(draft, option));
	else
		strbuf_add(out, ", the default)");
}

static void check_bound(struct draft *draft, const struct bound *bound)
{
	const struct option *option = find(bound->section, bound->name);
	const struct option *limit = find(bound->limit_section, bound->limit);
	int64_t have = value_number(option, &draft->config);
	int64_t want = value_number(limit, &draft->config);
	char one[64], other[64];
	struct strbuf shown = STRBUF(one), shown_limit = STRBUF(other);

	if (bound->at_least ? have >= want : have <= want)
		return;
	if (bound->severity == CONFIG_WARNING && line_of(draft, option) == 0)
		return;
	describe(draft, option, &shown);
	describe(draft, limit, &shown_limit);
	notes_add(&draft->notes, bound->severity,
		  later_line(line_of(draft, option), line_of(draft, limit)),
		  "\"%s\" %s is %s than \"%s\" %s", option->name, one,
		  bound->at_least ? "smaller" : "larger", limit->name, other);
	notes_hint(&draft->notes, "%s %s \"%s\" or %s \"%s\".", bound->why,
		   bound->at_least ? "Raise" : "Lower", option->name,
		   bound->at_least ? "lower" : "raise", limit->name);
}

static void check_clash(struct draft *draft, const struct clash *clash)
{
	int line = draft_line(draft, clash->section, clash->name);

	if (!clash->holds(&draft->config) || (clash->severity == CONFIG_WARNING && line == 0))
		return;
	if (clash->other != NULL)
		line = later_line(line, draft_line(draft, clash->other_section, clash->other));
	notes_add(&draft->notes, clash->severity, line, "%s", clash->text);
	if (clash->hint != NULL)
		notes_hint(&draft->notes, "%s", clash->hint);
}

/* An observation that is stale before the next one can be there would make the node
 * look unobserved in every round. */
static void check_stale(struct draft *draft)
{
	const struct probe_config *probe = &draft->config.probe;
	const struct option *stale = find("probe", "stale");
	const struct option *interval = find("", "monitor_interval_secs");
	const struct option *timeout = find("probe", "timeout");
	char texts[3][64];
	struct strbuf a = STRBUF(texts[0]), b = STRBUF(texts[1]), c = STRBUF(texts[2]);

	if (probe->stale_ms == 0 || probe->stale_ms >= probe->interval_ms + probe->timeout_ms)
		return;
	describe(draft, stale, &a);
	describe(draft, interval, &b);
	describe(draft, timeout, &c);
	notes_add(&draft->notes, CONFIG_ERROR, line_of(draft, stale),
		  "\"stale\" %s is smaller than \"monitor_interval_secs\" %s plus \"timeout\" %s",
		  texts[0], texts[1], texts[2]);
	notes_hint(&draft->notes, "An observation would be stale before the next one is there. "
				  "Raise \"stale\", or take it out.");
}

void clashes_check(struct draft *draft)
{
	for (size_t i = 0; i < ARRAY_LEN(bounds); i++)
		check_bound(draft, &bounds[i]);
	check_stale(draft);
	for (size_t i = 0; i < ARRAY_LEN(clashes); i++)
		check_clash(draft, &clashes[i]);
}
