/* SPDX-License-Identifier: PostgreSQL */
/* commands.h - what bdrmon can be told to do: one table of commands, and for each
 * program a list of the functions that carry them out (bdrmon.c, bdrmond.c).
 */
#ifndef BDRMON_CLI_COMMANDS_H
#define BDRMON_CLI_COMMANDS_H

#include "arguments.h"

/* Exit codes of all commands but --once are repmgr's. */
enum exit_code {
	EXIT_CODE_OK = 0,
	EXIT_CODE_BAD_CONFIG = 1, /* and bad usage */
	EXIT_CODE_DB_CONN = 6,
	EXIT_CODE_DB_QUERY = 7,
	EXIT_CODE_SYSTEM = 13,
	EXIT_CODE_NODE_STATUS = 25,    /* a node is not as it should be */
	EXIT_CODE_REPMGRD_SERVICE = 27 /* the daemon could not be reached */
};

struct command_type {
	const char *words; /* "config check"; empty: the command is no word */
	const char *usage; /* what stands behind "bdrmon [-f FILE]" */
	const char *help;
	const char *also; /* other words for the same, repmgr's for example; NULL: none */
	/* So many more words must, and may, stand behind the command's. */
	unsigned operands_min, operands_max;
};

const struct command_type *command_type(enum command command);

/* Find the command that WORDS, joined by blanks, are, of those that may have so many OPERANDS
 * behind it; false if there is none. */
bool command_by_words(const char *words, unsigned operands, enum command *command);

/* Gives the exit code of the process. */
typedef int command_fn(const struct arguments *arguments);

/* Send REQUEST to the running monitor and print the answer. Without a monitor OTHERWISE is
 * called; NULL: that is an error. */
int ask_and_print(const struct arguments *arguments, const char *request, command_fn *otherwise);

/* Find the command, and the function in RUN for it; carry it out. */
int cli_run(int argc, char **argv, command_fn *const run[COMMANDS]);

/* Of bdrmon: by the daemon or by files alone. */
command_fn cmd_once, cmd_status, cmd_pause, cmd_unpause, cmd_reload;
command_fn cmd_explain, cmd_failover, cmd_readmit, cmd_ack, cmd_repoint;
command_fn cmd_config_print, cmd_config_sample;
/* Of bdrmond: with libpq. */
command_fn cmd_daemon, cmd_once_probe, cmd_status_probe, cmd_config_check;
command_fn cmd_explain_past;
command_fn cmd_register, cmd_unregister, cmd_cluster_show, cmd_cluster_event;
command_fn cmd_pgbouncer_show, cmd_pgbouncer_adopt, cmd_repoint_here;

/* Start bdrmond with the same arguments in the place of this process; returns only if
 * that fails. */
command_fn hand_over;

/* Tell an error in the form that the command needs: one line on stdout for --once, else
 * ERROR and HINT on stderr. Gives the exit code, CODE or that of --once. */
int tell_error(const struct arguments *arguments, const struct error *err, int code);

/* Write a line to stderr as repmgr does: SEVERITY ("NOTICE"), a colon, and the text. */
void tell_message(const char *severity, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Tell it as a line of Nagios' (or JSON); gives the exit code UNKNOWN. */
int tell_unknown(const struct arguments *arguments, const struct error *err);

#endif
