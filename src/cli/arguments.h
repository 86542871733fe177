/* SPDX-License-Identifier: PostgreSQL */
/* arguments.h - the options of the command line, as a table. */
#ifndef BDRMON_CLI_ARGUMENTS_H
#define BDRMON_CLI_ARGUMENTS_H

#include "bdrmon/error.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct arguments {
	const char *config_file; /* NULL: not given */
	bool once, json, help, version;
	int64_t timeout_ms; /* of --once */
};

#define ONCE_TIMEOUT_MS 10000 /* what monitoring plugins allow themselves */

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
