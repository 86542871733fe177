/* SPDX-License-Identifier: PostgreSQL */
/* cli.h - the command line. */
#ifndef BDRMON_CLI_H
#define BDRMON_CLI_H

/* Do what the command line says; gives the exit code of the process. */
int cli_main(int argc, char **argv);

#endif
