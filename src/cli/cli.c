/* SPDX-License-Identifier: PostgreSQL */
#include "bdrmon/cli.h"

#include "bdrmon/report.h"
#include "commands.h"

static int tell_usage(const struct error *err)
{
	fprintf(stderr, "ERROR: %s\n", err->text);
	if (err->hint[0] != '\0')
		fprintf(stderr, "HINT: %s\n", err->hint);
	return EXIT_CODE_BAD_CONFIG;
}

int cli_main(int argc, char **argv)
{
	struct arguments arguments;
	struct error err;
	enum status st = arguments_read(argc, argv, &arguments, &err);

	if (st != OK)
		return arguments.once ? cmd_once_unknown(&arguments, &err) : tell_usage(&err);
	if (arguments.help || arguments.version) {
		if (arguments.help)
			arguments_help(stdout);
		else
			printf("bdrmon %s\n", BDRMON_VERSION);
		return arguments.once ? STATE_UNKNOWN : EXIT_CODE_OK; /* as monitoring plugins do */
	}
	return arguments.once ? cmd_once(&arguments) : cmd_daemon(&arguments);
}
