/* SPDX-License-Identifier: PostgreSQL */
/* proxy_names.h - which proxies a command is about: those that are named behind it, or all. */
#ifndef BDRMON_CLI_PROXY_NAMES_H
#define BDRMON_CLI_PROXY_NAMES_H

#include "arguments.h"
#include "bdrmon/config.h"

bool proxy_is_named(const struct arguments *arguments, const char *name);

/* Is there a section for each name, and one at least? Errors: ERR_CONFIG */
enum status proxy_names_check(const struct arguments *arguments, const struct config *config,
			      struct error *err);

#endif
