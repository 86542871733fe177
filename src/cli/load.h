/* SPDX-License-Identifier: PostgreSQL */
/* load.h - the configuration for a command that answers in one line. */
#ifndef BDRMON_CLI_LOAD_H
#define BDRMON_CLI_LOAD_H

#include "arguments.h"
#include "bdrmon/config.h"
#include "bdrmon/instant.h"
#include "bdrmon/strbuf.h"

/* Read the configuration file of ARGUMENTS.
 * config  written on OK only; for free()
 * Errors: ERR_CONFIG, ERR_SYSTEM: ERR has the file's first error, and how many more there
 *         are */
enum status load_config(const struct arguments *arguments, struct config **config,
			struct error *err);

/* Send REQUEST to the monitor that runs with this configuration; as control_ask(). */
enum status ask_monitor(const struct config *config, const char *request, struct instant deadline,
			int *code, struct strbuf *body, struct error *err);

#endif
