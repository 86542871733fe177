/* SPDX-License-Identifier: PostgreSQL */
/* The program bdrmond: what needs PostgreSQL. It is started by bdrmon. */
#include "bdrmon/cli.h"

#include "commands.h"

static int refuse(const struct arguments *arguments)
{
	struct error err;
	error_set(&err, ERR_CONFIG, "this command is one of bdrmon, not of bdrmond");
	return tell_error(arguments, &err, EXIT_CODE_BAD_CONFIG);
}

int cli_bdrmond(int argc, char **argv)
{
	static command_fn *const run[COMMANDS] = {
		[COMMAND_DAEMON] = cmd_daemon,
		[COMMAND_ONCE] = cmd_once_probe,
		[COMMAND_STATUS] = cmd_status_probe,
		[COMMAND_PAUSE] = refuse,
		[COMMAND_UNPAUSE] = refuse,
		[COMMAND_RELOAD] = refuse,
		[COMMAND_EXPLAIN] = cmd_explain_past,
		[COMMAND_FAILOVER] = refuse,
		[COMMAND_READMIT] = refuse,
		[COMMAND_ACK] = refuse,
		[COMMAND_REPOINT] = cmd_repoint_here,
		[COMMAND_FAILBACK] = cmd_repoint_here,
		[COMMAND_REGISTER] = cmd_register,
		[COMMAND_UNREGISTER] = cmd_unregister,
		[COMMAND_CLUSTER_SHOW] = cmd_cluster_show,
		[COMMAND_CLUSTER_EVENT] = cmd_cluster_event,
		[COMMAND_PGBOUNCER_SHOW] = cmd_pgbouncer_show,
		[COMMAND_PGBOUNCER_ADOPT] = cmd_pgbouncer_adopt,
		[COMMAND_CONFIG_CHECK] = cmd_config_check,
		[COMMAND_CONFIG_PRINT] = refuse,
		[COMMAND_CONFIG_SAMPLE] = refuse,
	};
	return cli_run(argc, argv, run);
}
