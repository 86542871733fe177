/* SPDX-License-Identifier: PostgreSQL */
/* repoint.h - what is checked before any proxy is moved to the node that the operator names. */
#ifndef BDRMON_CLI_REPOINT_H
#define BDRMON_CLI_REPOINT_H

#include "arguments.h"
#include "bdrmon/config.h"

/* Is it said where to, is there a section for each name, and will they stay there?
 * Errors: ERR_CONFIG */
enum status repoint_check(const struct arguments *arguments, const struct config *config,
			  struct error *err);

#endif
