/* SPDX-License-Identifier: PostgreSQL */
#include "bdrmon/report.h"
#include "commands.h"

int cli_run(int argc, char **argv, command_fn *const run[COMMANDS])
{
	struct arguments arguments;
	struct error err;
	enum status st = arguments_read(argc, argv, &arguments, &err);

	if (st != OK)
		return tell_error(&arguments, &err, EXIT_CODE_BAD_CONFIG);
	if (arguments.help || arguments.version) {
		if (arguments.help)
			arguments_help(stdout);
		else
			printf("bdrmon %s\n", BDRMON_VERSION);
		return arguments.once ? STATE_UNKNOWN : EXIT_CODE_OK; /* as monitoring plugins do */
	}
	return run[arguments.command](&arguments);
}
