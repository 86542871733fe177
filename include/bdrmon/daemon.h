/* SPDX-License-Identifier: PostgreSQL */
/* daemon.h - the monitor as a process: from its configuration to its end. */
#ifndef BDRMON_DAEMON_H
#define BDRMON_DAEMON_H

#include "bdrmon/config.h"
#include "bdrmon/error.h"

/* What the command line says besides the configuration. */
struct daemon_options {
	const char *config_file;
	const char *pid_file; /* NULL: as configured */
	bool ignore_repmgrd;
};

/* Watch both nodes and act, until SIGTERM or SIGINT. In the foreground. SIGHUP reads the
 * file again.
 *
 * Errors:  ERR_CONFIG  something in CONFIG that only libpq can tell
 *          ERR_SYSTEM
 * Threads: main, which must not have started any other thread.
 */
enum status daemon_run(const struct config *config, const struct daemon_options *options,
		       struct error *err);

/* Log what there is to say about a configuration file. */
void daemon_log_report(const struct config_report *report);

#endif
