/* SPDX-License-Identifier: PostgreSQL */
#include "commands.h"

#include "bdrmon/limits.h"
#include "bdrmon/lookup.h"

#include <assert.h>
#include <string.h>

static const struct command_type types[COMMANDS] = {
	[COMMAND_DAEMON] = { "", "", "run the monitor, in the foreground" },
	[COMMAND_ONCE] = { "", "--once", "check both nodes once, for Nagios and the like" },
	[COMMAND_STATUS] = { "status", "status", "show what the monitor knows" },
	[COMMAND_PAUSE] = { "pause", "pause [--for TIME]",
			    "go on watching, but do nothing when a node fails" },
	[COMMAND_UNPAUSE] = { "unpause", "unpause", "end a pause" },
	[COMMAND_RELOAD] = { "reload", "reload", "read the configuration file again" },
	[COMMAND_EXPLAIN] = { "explain", "explain [--last|--event N]",
			      "show why the monitor does what it does, or did at the last "
			      "failure" },
	[COMMAND_FAILOVER] = { "failover", "failover --to NODE [--force] [--yes]",
			       "fail the other node over, though no majority can confirm it" },
	[COMMAND_READMIT] = { "readmit", "readmit NODE", "take a failed node back as it is", NULL,
			      1, 1 },
	[COMMAND_ACK] = { "ack", "ack", "let failovers go on after too many of them" },
	[COMMAND_REPOINT] = { "repoint", "repoint --to NODE [NAME]... [--force]",
			      "move each PgBouncer, or those that are named, to a node; also "
			      "\"switchover\"",
			      "switchover", 0, PROXIES_MAX },
	[COMMAND_FAILBACK] = { "failback", "failback [NAME]... [--force]",
			       "move each PgBouncer that has a home, or those that are named, "
			       "there",
			       NULL, 0, PROXIES_MAX },
	[COMMAND_REGISTER] = { "register", "register [-F] [--dry-run]",
			       "write this node into repmgr.nodes; also \"bdr register\"",
			       "bdr register" },
	[COMMAND_UNREGISTER] = { "unregister", "unregister [--node-id N] [--dry-run]",
				 "take a node out of repmgr.nodes; also \"bdr unregister\"",
				 "bdr unregister" },
	[COMMAND_CLUSTER_SHOW] = { "cluster show", "cluster show", "show the registered nodes" },
	[COMMAND_CLUSTER_EVENT] = { "cluster event", "cluster event",
				    "show what happened, the newest first" },
	[COMMAND_PGBOUNCER_SHOW] = { "pgbouncer show", "pgbouncer show [NAME]...",
				     "show where each PgBouncer points to, and what is odd with it",
				     NULL, 0, PROXIES_MAX },
	[COMMAND_PGBOUNCER_ADOPT] = { "pgbouncer adopt", "pgbouncer adopt [NAME]...",
				      "make each PgBouncer one that bdrmon can move; moves none",
				      NULL, 0, PROXIES_MAX },
	[COMMAND_CONFIG_CHECK] = { "config check", "config check [--live]",
				   "say what is wrong with the configuration file" },
	[COMMAND_CONFIG_PRINT] = { "config print", "config print",
				   "print each setting's value and where it is from" },
	[COMMAND_CONFIG_SAMPLE] = { "config sample", "config sample",
				    "print a configuration file with all settings" },
};

const struct command_type *command_type(enum command command)
{
	assert(command < ARRAY_LEN(types));
	return &types[command];
}

bool command_by_words(const char *words, unsigned operands, enum command *command)
{
	for (unsigned i = 0; i < ARRAY_LEN(types); i++) {
		const char *also = types[i].also;
		if (operands < types[i].operands_min || operands > types[i].operands_max)
			continue;
		if ((types[i].words[0] != '\0' && strcmp(types[i].words, words) == 0) ||
		    (also != NULL && strcmp(also, words) == 0)) {
			*command = (enum command)i;
			return true;
		}
	}
	return false;
}
