/* SPDX-License-Identifier: PostgreSQL */
/* cli.h - the command line of the two programs. */
#ifndef BDRMON_CLI_H
#define BDRMON_CLI_H

/* Do what the command line says; gives the exit code of the process.
 *
 * bdrmon does it with the daemon's help or by files alone, and hands over to bdrmond
 * what needs libpq: it must not be linked to that, since loading takes longer than
 * the whole of asking the daemon. */
int cli_bdrmon(int argc, char **argv);
int cli_bdrmond(int argc, char **argv);

#endif
