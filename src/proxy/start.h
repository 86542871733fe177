/* SPDX-License-Identifier: PostgreSQL */
/* start.h - start a command in a session and process group of its own. */
#ifndef BDRMON_PROXY_START_H
#define BDRMON_PROXY_START_H

#include "bdrmon/error.h"

#include <sys/types.h>

/* Our ends. */
struct started {
	pid_t process;       /* of its group too; for waitpid() */
	int in;              /* a socket: its standard input */
	int out, complaints; /* its standard output and error; they do not block */
	int end;             /* readable when the process has ended; -1: the kernel cannot tell */
};

/* Start COMMAND by /bin/sh, without a terminal, with no signal blocked or ignored, and with no
 * descriptor of ours.
 * started  written on OK only
 * Errors:  ERR_SYSTEM */
enum status start_command(const char *command, struct started *started, struct error *err);

#endif
