/* SPDX-License-Identifier: PostgreSQL */
/* commands.h - one function per command; each gives the exit code. */
#ifndef BDRMON_CLI_COMMANDS_H
#define BDRMON_CLI_COMMANDS_H

#include "arguments.h"

/* Exit codes of all commands but --once are repmgr's. */
enum exit_code { EXIT_CODE_OK = 0, EXIT_CODE_BAD_CONFIG = 1, EXIT_CODE_SYSTEM = 13 };

int cmd_daemon(const struct arguments *arguments);
int cmd_once(const struct arguments *arguments);

/* Tell an error of the command line in the form that --once needs. */
int cmd_once_unknown(const struct arguments *arguments, const struct error *err);

#endif
