/* SPDX-License-Identifier: PostgreSQL */
#include "arguments.h"

#include "bdrmon/config.h"
#include "bdrmon/lookup.h"
#include "bdrmon/range.h"
#include "bdrmon/strbuf.h"
#include "bdrmon/units.h"
#include "commands.h"

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define NO_LETTER 0
#define WORDS_MAX 64

static enum status refuse(struct error *err, const char *what, const char *argument)
{
	error_set(err, ERR_CONFIG, "%s \"%s\"", what, argument);
	error_hint(err, "Try \"bdrmon --help\" for more information.");
	return ERR_CONFIG;
}

/* ------------------------------------------------------------ values of options */

static enum status set_timeout(void *field, const char *value, struct error *err)
{
	char *end;
	errno = 0;
	double seconds = strtod(value, &end);
	if (end == value || *end != '\0' || errno != 0 || !(seconds >= 0.1 && seconds <= 3600)) {
		error_set(err, ERR_CONFIG, "invalid value for option \"--timeout\": \"%s\"", value);
		error_hint(err, "Give seconds, from 0.1 to 3600.");
		return ERR_CONFIG;
	}
	*(int64_t *)field = (int64_t)(seconds * 1000);
	return OK;
}

static enum status set_duration(void *field, const char *value, struct error *err)
{
	int64_t ms;
	if (unit_parse(UNITS_TIME, value, &ms) != UNIT_FINE || ms <= 0) {
		error_set(err, ERR_CONFIG, "invalid value for option \"--for\": \"%s\"", value);
		error_hint(err, "%s", unit_hint(UNITS_TIME));
		return ERR_CONFIG;
	}
	*(int64_t *)field = ms;
	return OK;
}

static enum status set_count(void *field, const char *value, struct error *err)
{
	char *end;
	errno = 0;
	long number = strtol(value, &end, 10);
	if (end == value || *end != '\0' || errno != 0 || number < 1 || number > INT_MAX) {
		error_set(err, ERR_CONFIG, "invalid number \"%s\"", value);
		error_hint(err, "Give a whole number from 1 on.");
		return ERR_CONFIG;
	}
	*(int *)field = (int)number;
	return OK;
}

static enum status set_range(void *field, const char *value, struct error *err)
{
	struct range range;
	*(const char **)field = value;
	return range_parse(value, &range, err);
}

static enum status set_text(void *field, const char *value, struct error *err)
{
	(void)err;
	*(const char **)field = value;
	return OK;
}

/* repmgrd's option, of which systemd's units give the value false. */
static enum status set_daemonize(void *field, const char *value, struct error *err)
{
	static const char *const no[] = { "false", "off", "no", "0" };

	(void)field;
	for (unsigned i = 0; value != NULL && i < ARRAY_LEN(no); i++) {
		if (strcasecmp(value, no[i]) == 0)
			return OK;
	}
	error_set(err, ERR_CONFIG, "bdrmon stays in the foreground");
	error_hint(err, "Leave \"--daemonize\" out, and let systemd or \"setsid\" put it into the "
			"background.");
	return ERR_CONFIG;
}

/* Which commands take an option. */
#define OF(command)  (1U << COMMAND_##command)
#define OF_ALL       (~0U)
#define OF_DAEMON    OF(DAEMON)
#define OF_ONCE      OF(ONCE)
#define OF_REPORTERS (OF(ONCE) | OF(STATUS))
#define OF_TABLES    (OF(CLUSTER_SHOW) | OF(CLUSTER_EVENT))
#define OF_REGISTRY  (OF(REGISTER) | OF(UNREGISTER))

#define FIELD(field) offsetof(struct arguments, field)

typedef enum status set_fn(void *field, const char *value, struct error *err);

static const struct {
	const char *name;
	char letter;
	const char *value; /* what stands behind it in the help; NULL: nothing, it is a flag */
	set_fn *set;       /* NULL: a flag */
	size_t field;
	unsigned of;      /* the commands that take it */
	const char *help; /* NULL: another name for the row above */
} options[] = {
	{ "config-file", 'f', "FILE", set_text, FIELD(config_file), OF_ALL, "configuration file" },
	{ "config", NO_LETTER, "FILE", set_text, FIELD(config_file), OF_ALL, NULL },
	{ "once", NO_LETTER, NULL, NULL, FIELD(once), OF_ONCE,
	  "check both nodes once, print one line for Nagios, exit with 0, 1, 2 or 3" },
	{ "timeout", 't', "SECONDS", set_timeout, FIELD(timeout_ms), OF_ONCE,
	  "the whole check takes no longer (default 10)" },
	{ "warning", 'w', "RANGE", set_range, FIELD(warning), OF_ONCE,
	  "WARNING if the number of nodes down is outside (default 0)" },
	{ "critical", 'c', "RANGE", set_range, FIELD(critical), OF_ONCE,
	  "CRITICAL if the number of nodes down is outside (default 1)" },
	{ "probe", NO_LETTER, NULL, NULL, FIELD(probe), OF_REPORTERS,
	  "ask the nodes themselves, and not the daemon" },
	{ "json", NO_LETTER, NULL, NULL, FIELD(json),
	  OF_REPORTERS | OF_TABLES | OF(CONFIG_PRINT) | OF(EXPLAIN) | OF(PGBOUNCER_SHOW),
	  "print JSON" },
	{ "csv", NO_LETTER, NULL, NULL, FIELD(csv), OF(STATUS) | OF_TABLES | OF(PGBOUNCER_SHOW),
	  "print CSV" },
	{ "compact", NO_LETTER, NULL, NULL, FIELD(compact), OF_TABLES,
	  "leave out the last column" },
	{ "verbose", 'v', NULL, NULL, FIELD(verbose), OF(CLUSTER_SHOW),
	  "show replication too, and why a node cannot be reached" },
	{ "limit", NO_LETTER, "N", set_count, FIELD(limit), OF(CLUSTER_EVENT),
	  "the newest N events (default 20)" },
	{ "all", NO_LETTER, NULL, NULL, FIELD(all), OF(CLUSTER_EVENT), "all events" },
	{ "event", NO_LETTER, "NAME", set_text, FIELD(event), OF(CLUSTER_EVENT) | OF(EXPLAIN),
	  "only events of this name; the failure of this number (epoch)" },
	{ "node-id", NO_LETTER, "N", set_count, FIELD(node_id), OF(CLUSTER_EVENT) | OF(UNREGISTER),
	  "only events of this node; the node to unregister" },
	{ "node-name", NO_LETTER, "NAME", set_text, FIELD(node_name), OF(CLUSTER_EVENT),
	  "only events of this node" },
	{ "force", 'F', NULL, NULL, FIELD(force),
	  OF(REGISTER) | OF(FAILOVER) | OF(REPOINT) | OF(FAILBACK),
	  "overwrite an existing node record; fail over a node that somebody sees up; move a "
	  "PgBouncer to a node that has not recovered" },
	{ "to", NO_LETTER, "NODE", set_text, FIELD(to), OF(FAILOVER) | OF(REPOINT),
	  "the node that takes over, by name or ID" },
	{ "yes", NO_LETTER, NULL, NULL, FIELD(yes), OF(FAILOVER), "do not ask back" },
	{ "last", NO_LETTER, NULL, NULL, FIELD(last), OF(EXPLAIN),
	  "the last failure, as it was recorded" },
	{ "live", NO_LETTER, NULL, NULL, FIELD(live), OF(CONFIG_CHECK),
	  "connect too, and say what is wrong with nodes, arbiters and PgBouncers" },
	{ "dry-run", NO_LETTER, NULL, NULL, FIELD(dry_run), OF_REGISTRY | OF(PGBOUNCER_ADOPT),
	  "say what would be done, and change nothing" },
	{ "markdown", NO_LETTER, NULL, NULL, FIELD(markdown), OF(CONFIG_SAMPLE),
	  "print a document instead of a file" },
	{ "for", NO_LETTER, "TIME", set_duration, FIELD(pause_ms), OF(PAUSE),
	  "end of the pause, for example 30min (default: until \"unpause\")" },
	{ "pid-file", 'p', "FILE", set_text, FIELD(pid_file), OF_DAEMON,
	  "file for the number of the process; takes the place of repmgrd_pid_file" },
	{ "ignore-repmgrd", NO_LETTER, NULL, NULL, FIELD(ignore_repmgrd), OF_DAEMON,
	  "act even if a repmgrd watches the same nodes" },
	{ "daemonize", 'd', "BOOL", set_daemonize, 0, OF_DAEMON,
	  "as repmgrd has it; only \"false\" is possible" },
	{ "version", 'V', NULL, NULL, FIELD(version), OF_ALL, "print the version and exit" },
	{ "help", '?', NULL, NULL, FIELD(help), OF_ALL, "print this help and exit" },
};

/* ------------------------------------------------------------------------- help */

static void print_row(FILE *out, const char *left, const char *right)
{
	fprintf(out, "  %-28s %s\n", left, right);
}

void arguments_help(FILE *out)
{
	char text[64];

	fputs("bdrmon watches two active-active PostgreSQL nodes and re-routes applications when "
	      "one fails.\n\nUsage: bdrmon [-f FILE] [COMMAND] [OPTION]...\n\nCommands:\n",
	      out);
	for (unsigned i = 0; i < COMMANDS; i++) {
		const struct command_type *type = command_type((enum command)i);
		print_row(out, type->usage[0] != '\0' ? type->usage : "(none)", type->help);
	}
	fputs("\nOptions:\n", out);
	for (unsigned i = 0; i < ARRAY_LEN(options); i++) {
		struct strbuf left = STRBUF(text);
		if (options[i].letter != NO_LETTER)
			strbuf_printf(&left, "-%c, ", options[i].letter);
		else
			strbuf_add(&left, "    ");
		strbuf_printf(&left, "--%s%s%s", options[i].name, options[i].value ? "=" : "",
			      options[i].value ? options[i].value : "");
		print_row(out, text,
			  options[i].help ? options[i].help : "same as the option above");
	}
	fputs("\nWithout -f: /etc/bdrmon/repmgr.ini, ./repmgr.ini, or /etc/repmgr.conf, the first "
	      "that exists.\n",
	      out);
}

/* ---------------------------------------------------------------------- reading */

/* getopt_long() wants the table in its own form. */
static void fill_getopt(struct option long_options[ARRAY_LEN(options) + 1], struct strbuf *letters)
{
	strbuf_add_char(letters, ':');
	for (unsigned i = 0; i < ARRAY_LEN(options); i++) {
		int has_value = options[i].value ? required_argument : no_argument;
		long_options[i] =
			(struct option) { options[i].name, has_value, NULL, 1000 + (int)i };
		/* getopt gives '?' for an option that it does not know: -? is found below */
		if (options[i].letter == 0 || options[i].letter == '?')
			continue;
		strbuf_add_char(letters, options[i].letter);
		if (options[i].value != NULL)
			strbuf_add_char(letters, ':');
	}
	long_options[ARRAY_LEN(options)] = (struct option) { 0 };
}

/* The row of the option that getopt found; ARRAY_LEN(options) if none. */
static unsigned find_row(int found, char **argv)
{
	if (found >= 1000)
		return (unsigned)found - 1000;
	if (found == '?' && strcmp(argv[optind - 1], "-?") != 0)
		return ARRAY_LEN(options);
	unsigned row = 0;
	while (row < ARRAY_LEN(options) && options[row].letter != found)
		row++;
	return row;
}

/* Take the option of the table's ROW. */
static enum status take_option(struct arguments *arguments, unsigned row, struct error *err)
{
	void *field = (char *)arguments + options[row].field;

	if (options[row].set != NULL)
		return options[row].set(field, optarg, err);
	*(bool *)field = true;
	return OK;
}

/* *given: the rows of all options, one bit each. */
static enum status read_options(int argc, char **argv, struct arguments *arguments, unsigned *given,
				struct error *err)
{
	struct option long_options[ARRAY_LEN(options) + 1];
	char memory[2 * ARRAY_LEN(options) + 2];
	struct strbuf letters = STRBUF(memory);
	enum status st = OK;
	int found;

	fill_getopt(long_options, &letters);
	opterr = 0;
	while (st == OK && (found = getopt_long(argc, argv, memory, long_options, NULL)) != -1) {
		if (found == ':')
			return refuse(err, "missing value for option", argv[optind - 1]);
		unsigned row = find_row(found, argv);
		if (row == ARRAY_LEN(options))
			return refuse(err, "unrecognized option", argv[optind - 1]);
		*given |= 1U << row;
		st = take_option(arguments, row, err);
	}
	return st;
}

/* The words up to END, joined by blanks. False: there are too many. */
static bool join_words(int end, char **argv, char memory[WORDS_MAX])
{
	struct strbuf words = strbuf_over(memory, WORDS_MAX);

	for (int i = optind; i < end; i++)
		strbuf_printf(&words, "%s%s", i > optind ? " " : "", argv[i]);
	return !words.cut;
}

/* What is left on the command line are the words of the command. */
static enum status read_words(int argc, char **argv, struct arguments *arguments, struct error *err)
{
	char memory[WORDS_MAX];

	if (optind == argc) {
		arguments->command = arguments->once ? COMMAND_ONCE : COMMAND_DAEMON;
		return OK;
	}
	for (int end = argc; end > optind; end--) {
		unsigned operands = (unsigned)(argc - end);
		if (!join_words(end, argv, memory) ||
		    !command_by_words(memory, operands, &arguments->command))
			continue;
		arguments->operands = argv + end;
		arguments->operand_count = operands;
		return OK;
	}
	join_words(argc, argv, memory);
	return refuse(err, "unrecognized command", memory);
}

static enum status check_options(const struct arguments *arguments, unsigned given,
				 struct error *err)
{
	const char *usage = command_type(arguments->command)->usage;

	_Static_assert(ARRAY_LEN(options) <= 32, "one bit for each option");
	for (unsigned row = 0; row < ARRAY_LEN(options); row++) {
		if ((given & 1U << row) == 0 || (options[row].of & 1U << arguments->command) != 0)
			continue;
		error_set(err, ERR_CONFIG, "option \"--%s\" is not one of \"bdrmon%s%s\"",
			  options[row].name, usage[0] != '\0' ? " " : "", usage);
		error_hint(err, "Try \"bdrmon --help\" for more information.");
		return ERR_CONFIG;
	}
	return OK;
}

enum status arguments_read(int argc, char **argv, struct arguments *arguments, struct error *err)
{
	unsigned given = 0;

	*arguments = (struct arguments) { .timeout_ms = ONCE_TIMEOUT_MS,
					  .limit = EVENT_LIMIT,
					  .argv = argv };
	for (int i = 1; i < argc; i++)
		arguments->once |= strcmp(argv[i], "--once") == 0;
	arguments->command = arguments->once ? COMMAND_ONCE : COMMAND_DAEMON;
	enum status st = read_options(argc, argv, arguments, &given, err);
	if (st == OK)
		st = read_words(argc, argv, arguments, err);
	if (st != OK || arguments->help || arguments->version)
		return st;
	return check_options(arguments, given, err);
}

enum status arguments_find_config(const struct arguments *arguments, const char **path,
				  struct error *err)
{
	const char *found = arguments->config_file;

	if (found == NULL)
		found = config_default_path();
	if (found == NULL) {
		error_set(err, ERR_CONFIG, "no configuration file was found");
		error_hint(err, "Name one with \"-f FILE\".");
		return ERR_CONFIG;
	}
	*path = found;
	return OK;
}
