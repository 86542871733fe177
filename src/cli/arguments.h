/* SPDX-License-Identifier: PostgreSQL */
/* arguments.h - the command line, by tables: commands.c has the words, arguments.c the
 * options and which of them a command takes.
 */
#ifndef BDRMON_CLI_ARGUMENTS_H
#define BDRMON_CLI_ARGUMENTS_H

#include "bdrmon/error.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum command {
	COMMAND_DAEMON,
	COMMAND_ONCE,
	COMMAND_STATUS,
	COMMAND_PAUSE,
	COMMAND_UNPAUSE,
	COMMAND_RELOAD,
	COMMAND_EXPLAIN,
	COMMAND_FAILOVER,
	COMMAND_READMIT,
	COMMAND_ACK,
	COMMAND_REPOINT,
	COMMAND_FAILBACK,
	COMMAND_REGISTER,
	COMMAND_UNREGISTER,
	COMMAND_CLUSTER_SHOW,
	COMMAND_CLUSTER_EVENT,
	COMMAND_PGBOUNCER_SHOW,
	COMMAND_PGBOUNCER_ADOPT,
	COMMAND_CONFIG_CHECK,
	COMMAND_CONFIG_PRINT,
	COMMAND_CONFIG_SAMPLE,
	COMMANDS
};

struct arguments {
	enum command command;
	const char *config_file; /* NULL: not given */
	bool once, json, csv, markdown, probe, ignore_repmgrd, daemonize, help, version;
	bool compact, verbose, all, force, dry_run, yes, last, live;
	int limit;                     /* of cluster event */
	int node_id;                   /* 0: not given */
	const char *event, *node_name; /* NULL: not given */
	const char *to;                /* of failover and repoint; NULL: not given */
	char **operands;               /* what stands behind the command's words, */
	unsigned operand_count;
	int64_t timeout_ms;             /* of --once */
	int64_t pause_ms;               /* of pause; 0: until unpause */
	const char *warning, *critical; /* ranges of --once; NULL: not given */
	const char *pid_file;           /* NULL: not given */
	char **argv;                    /* the command line itself */
};

#define ONCE_TIMEOUT_MS 10000 /* what monitoring plugins allow themselves */

#define EVENT_LIMIT 20 /* as repmgr has it */

/* Read the command line.
 *
 * arguments  always written as far as the command line could be read, `once' in any
 *            case, since it says in which form errors are told
 * Errors:    ERR_CONFIG
 */
enum status arguments_read(int argc, char **argv, struct arguments *arguments, struct error *err);

/* The configuration file to read: the given one, else the first default that exists.
 * Errors: ERR_CONFIG  there is none */
enum status arguments_find_config(const struct arguments *arguments, const char **path,
				  struct error *err);

void arguments_help(FILE *out);

#endif
