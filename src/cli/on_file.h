/* SPDX-License-Identifier: PostgreSQL */
/* on_file.h - what the commands about the configuration file share. */
#ifndef BDRMON_CLI_ON_FILE_H
#define BDRMON_CLI_ON_FILE_H

#include "arguments.h"
#include "bdrmon/config.h"

/* Look at the file PATH, and tell REPORT. */
typedef enum status look_fn(const struct arguments *arguments, const char *path,
			    struct config_report *report);

/* Find the file and LOOK at it; gives the exit code. */
int on_file(const struct arguments *arguments, look_fn *look);

/* Write each message to stderr as PostgreSQL does: "ERROR: FILE:LINE: ...", and its
 * "HINT: ..." */
void tell_report(const struct config_report *report);

#endif
