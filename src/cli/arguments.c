/* SPDX-License-Identifier: PostgreSQL */
#include "arguments.h"

#include "bdrmon/config.h"
#include "bdrmon/lookup.h"
#include "bdrmon/strbuf.h"

#include <errno.h>
#include <getopt.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

static enum status set_config(struct arguments *a, const char *value, struct error *err)
{
	(void)err;
	a->config_file = value;
	return OK;
}

static enum status set_timeout(struct arguments *a, const char *value, struct error *err)
{
	char *end;
	errno = 0;
	double seconds = strtod(value, &end);
	if (end == value || *end != '\0' || errno != 0 || !(seconds >= 0.1 && seconds <= 3600)) {
		error_set(err, ERR_CONFIG, "invalid value for option \"--timeout\": \"%s\"", value);
		error_hint(err, "Give seconds, from 0.1 to 3600.");
		return ERR_CONFIG;
	}
	a->timeout_ms = (int64_t)(seconds * 1000);
	return OK;
}

#define FLAG(field) NULL, NULL, offsetof(struct arguments, field)

static const struct {
	const char *name;
	char letter;       /* 0: none */
	const char *value; /* what stands behind it in the help; NULL: nothing, it is a flag */
	enum status (*set)(struct arguments *arguments, const char *value, struct error *err);
	size_t flag;      /* where a flag's bool is */
	const char *help; /* NULL: another name for the row above */
} options[] = {
	{ "config-file", 'f', "FILE", set_config, 0, "configuration file" },
	{ "config", 0, "FILE", set_config, 0, NULL },
	{ "once", 0, FLAG(once),
	  "check both nodes once, print one line for Nagios, exit with 0, 1, 2 or 3" },
	{ "timeout", 't', "SECONDS", set_timeout, 0,
	  "with --once: the whole check takes no longer (default 10)" },
	{ "json", 0, FLAG(json), "with --once: print JSON" },
	{ "version", 'V', FLAG(version), "print the version and exit" },
	{ "help", '?', FLAG(help), "print this help and exit" },
};

void arguments_help(FILE *out)
{
	fprintf(out, "bdrmon watches two active-active PostgreSQL nodes and re-routes applications "
		     "when one "
		     "fails.\n\n"
		     "Usage:\n"
		     "  bdrmon [-f FILE]                 run the monitor, in the foreground\n"
		     "  bdrmon [-f FILE] --once          check both nodes once\n\n"
		     "Options:\n");
	for (unsigned i = 0; i < ARRAY_LEN(options); i++) {
		char text[64];
		struct strbuf left = STRBUF(text);
		if (options[i].letter != 0)
			strbuf_printf(&left, "-%c, ", options[i].letter);
		else
			strbuf_add(&left, "    ");
		strbuf_printf(&left, "--%s%s%s", options[i].name, options[i].value ? "=" : "",
			      options[i].value ? options[i].value : "");
		fprintf(out, "  %-26s %s\n", text,
			options[i].help ? options[i].help : "same as the option above");
	}
	fprintf(out, "\nWithout -f: /etc/bdrmon/repmgr.ini, ./repmgr.ini, or /etc/repmgr.conf, the "
		     "first that "
		     "exists.\n");
}

static enum status refuse(struct error *err, const char *what, const char *argument)
{
	error_set(err, ERR_CONFIG, "%s \"%s\"", what, argument);
	error_hint(err, "Try \"bdrmon --help\" for more information.");
	return ERR_CONFIG;
}

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

enum status arguments_read(int argc, char **argv, struct arguments *arguments, struct error *err)
{
	struct option long_options[ARRAY_LEN(options) + 1];
	char memory[2 * ARRAY_LEN(options) + 2];
	struct strbuf letters = STRBUF(memory);
	enum status st = OK;
	int found;

	*arguments = (struct arguments) { .timeout_ms = ONCE_TIMEOUT_MS };
	for (int i = 1; i < argc; i++)
		arguments->once |= strcmp(argv[i], "--once") == 0;
	fill_getopt(long_options, &letters);
	opterr = 0;
	while (st == OK && (found = getopt_long(argc, argv, memory, long_options, NULL)) != -1) {
		if (found == ':')
			return refuse(err, "missing value for option", argv[optind - 1]);
		unsigned row = find_row(found, argv);
		if (row == ARRAY_LEN(options))
			return refuse(err, "unrecognized option", argv[optind - 1]);
		if (options[row].set != NULL)
			st = options[row].set(arguments, optarg, err);
		else
			*(bool *)((char *)arguments + options[row].flag) = true;
	}
	if (st == OK && optind < argc)
		return refuse(err, "unrecognized argument", argv[optind]);
	return st;
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
