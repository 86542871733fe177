/* SPDX-License-Identifier: PostgreSQL */
/* The program bdrmon: what the daemon, or files alone, can answer. */
#include "bdrmon/cli.h"

#include "commands.h"

int cli_bdrmon(int argc, char **argv)
{
	static command_fn *const run[COMMANDS] = {
		[COMMAND_DAEMON] = hand_over,
		[COMMAND_ONCE] = cmd_once,
		[COMMAND_STATUS] = cmd_status,
		[COMMAND_PAUSE] = cmd_pause,
		[COMMAND_UNPAUSE] = cmd_unpause,
		[COMMAND_RELOAD] = cmd_reload,
		[COMMAND_EXPLAIN] = cmd_explain,
		[COMMAND_FAILOVER] = cmd_failover,
		[COMMAND_READMIT] = cmd_readmit,
		[COMMAND_ACK] = cmd_ack,
		[COMMAND_REPOINT] = cmd_repoint,
		[COMMAND_FAILBACK] = cmd_repoint,
		[COMMAND_REGISTER] = hand_over,
		[COMMAND_UNREGISTER] = hand_over,
		[COMMAND_CLUSTER_SHOW] = hand_over,
		[COMMAND_CLUSTER_EVENT] = hand_over,
		[COMMAND_PGBOUNCER_SHOW] = hand_over,
		[COMMAND_PGBOUNCER_ADOPT] = hand_over,
		[COMMAND_CONFIG_CHECK] = hand_over,
		[COMMAND_CONFIG_PRINT] = cmd_config_print,
		[COMMAND_CONFIG_SAMPLE] = cmd_config_sample,
	};
	return cli_run(argc, argv, run);
}
