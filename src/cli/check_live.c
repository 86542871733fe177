/* SPDX-License-Identifier: PostgreSQL */
#include "check_live.h"

#include "bdrmon/inspect.h"
#include "bdrmon/script_review.h"
#include "bdrmon/strbuf.h"
#include "commands.h"

#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

/* What was told so far. */
struct told {
	unsigned errors, warnings;
};

static void tell(struct told *told, bool error, const char *what, const char *name,
		 const char *text, const char *hint)
{
	tell_message(error ? "ERROR" : "WARNING", "%s \"%s\": %s", what, name, text);
	if (hint[0] != '\0')
		tell_message("HINT", "%s", hint);
	told->errors += error;
	told->warnings += !error;
}

/* ------------------------------------------------------------------ nodes and arbiters */

static const char *hint_for(enum outcome outcome)
{
	switch (outcome) {
	case OUTCOME_DENIED:
		return "Its \"conninfo\" must name a role and database that are there, with a "
		       "password that is right, and pg_hba.conf must let them in from this host.";
	case OUTCOME_NONE:
	case OUTCOME_REFUSED:
	case OUTCOME_UNREACHABLE:
	case OUTCOME_TIMEOUT:
		return "Unless it is down, its \"conninfo\" must lead to it from this host.";
	default:
		return "";
	}
}

/* That it is down just now is no error of the file. */
static void tell_result(struct told *told, const char *what, const char *name,
			const struct probe_result *result)
{
	enum outcome_class class = outcome_class(result->outcome);
	char text[ERROR_TEXT_MAX];
	struct strbuf out = STRBUF(text);

	if (class == CLASS_ALIVE)
		return;
	if (result->outcome == OUTCOME_NONE)
		strbuf_add(&out, "no answer before the deadline");
	else
		strbuf_printf(&out, "%s at %s: %s", outcome_name(result->outcome),
			      step_name(result->step), result->reason);
	tell(told, class == CLASS_FAULT, what, name, text, hint_for(result->outcome));
}

static void tell_nodes(struct told *told, const struct inspection *inspection)
{
	for (unsigned i = 0; i < NODES; i++) {
		const struct once_sight *sight = &inspection->node[i];
		if (sight->node.id != 0)
			tell_result(told, "node", sight->node.name, &sight->result);
		else
			tell(told, true, "node", "other", sight->missing.text, sight->missing.hint);
	}
	for (unsigned i = 0; i < inspection->arbiters; i++)
		tell_result(told, "arbiter", inspection->arbiter[i].name,
			    &inspection->arbiter[i].result);
}

/* ---------------------------------------------------------------------------- proxies */

static void tell_proxies(struct told *told, const struct inspection *inspection)
{
	for (unsigned i = 0; i < inspection->proxies; i++) {
		const struct inspected_proxy *proxy = &inspection->proxy[i];
		if (proxy->looked != OK)
			tell(told, true, "proxy", proxy->name, proxy->err.text, proxy->err.hint);
		for (unsigned k = 0; k < proxy->report.count; k++) {
			const struct lint_finding *found = &proxy->report.finding[k];
			tell(told, found->error, "proxy", proxy->name, found->text, found->hint);
		}
	}
}

static void print_ms(int64_t ms, const char *what)
{
	printf("  %4" PRId64 ".%" PRId64 " s  %s\n", ms / 1000, ms % 1000 / 100, what);
}

static void print_outage(const struct inspected_proxy *proxy, const struct once_sight node[NODES])
{
	if (proxy->looked != OK)
		return;
	printf("\nproxy \"%s\"", proxy->name);
	if (proxy->route < NODES)
		printf(" points to node \"%s\"", node[proxy->route].node.name);
	printf("; when its node falls silent, applications behind it wait at most\n");
	for (unsigned i = 0; i < OUTAGE_STEPS; i++)
		print_ms(proxy->outage_step_ms[i], outage_step_text((enum outage_step)i));
	print_ms(proxy->outage_ms, "in all; a node that crashes is found sooner");
}

/* ------------------------------------------------------------------------ the command */

static void tell_script(struct told *told, const struct config *config)
{
	struct script_review review;
	char path[PATH_TEXT_MAX];
	bool flawed = false;

	if (config->command[0] == '\0' || !script_find(config->command, path, &review))
		return;
	for (unsigned i = 0; i < SCRIPT_FLAWS; i++)
		flawed |= review.flaw[i];
	if (!flawed && config->pgbouncers == 0)
		return;
	tell_message("WARNING",
		     "\"event_notification_command\": script \"%s\" re-points PgBouncer%s", path,
		     review.published ? " as the one that repmgr has published" : "");
	for (unsigned i = 0; i < SCRIPT_FLAWS; i++) {
		if (review.flaw[i])
			tell_message("DETAIL", "%s", script_flaw_text((enum script_flaw)i));
	}
	tell_message("HINT", config->pgbouncers == 0
				     ? "Give each PgBouncer a section [pgbouncer NAME] instead: "
				       "bdrmon moves it without any of that."
				     : "Take that out of it: bdrmon moves the proxies that have a "
				       "section [pgbouncer NAME], and the script would overwrite "
				       "what it wrote.");
	told->warnings++;
}

/* -------------------------------------------------------------------------------- all */

static void print_summary(const struct told *told, const struct inspection *inspection)
{
	printf("what it leads to has %u error%s and %u warning%s\n", told->errors,
	       told->errors == 1 ? "" : "s", told->warnings, told->warnings == 1 ? "" : "s");
	for (unsigned i = 0; i < inspection->proxies; i++)
		print_outage(&inspection->proxy[i], inspection->node);
	fflush(stdout);
}

/* Gives the exit code. */
static int look(const struct arguments *arguments, const struct config *config,
		struct inspection *inspection)
{
	struct told told = { 0 };
	struct error err;

	enum status st = inspect(config, inspection, &err);
	if (st != OK)
		return tell_error(arguments, &err,
				  st == ERR_SYSTEM ? EXIT_CODE_SYSTEM : EXIT_CODE_BAD_CONFIG);
	tell_nodes(&told, inspection);
	tell_proxies(&told, inspection);
	tell_script(&told, config);
	print_summary(&told, inspection);
	return told.errors > 0 ? EXIT_CODE_BAD_CONFIG : EXIT_CODE_OK;
}

void check_live(const struct arguments *arguments, const char *path)
{
	struct config *config = calloc(1, sizeof *config);
	struct config_report *report = calloc(1, sizeof *report);
	struct inspection *inspection = calloc(1, sizeof *inspection);
	struct error err;

	fflush(stdout);
	if (config == NULL || report == NULL || inspection == NULL) {
		error_set(&err, ERR_SYSTEM, "out of memory");
		_exit(tell_error(arguments, &err, EXIT_CODE_SYSTEM));
	}
	if (config_read(path, config, report) != OK) /* it has changed just now */
		_exit(EXIT_CODE_BAD_CONFIG);
	int code = look(arguments, config, inspection);
	free(config);
	free(report);
	free(inspection);
	_exit(code);
}
