/* SPDX-License-Identifier: PostgreSQL */
/* daemon.h - the monitor as a whole. */
#ifndef BDRMON_DAEMON_H
#define BDRMON_DAEMON_H

#include "bdrmon/config.h"
#include "bdrmon/error.h"

/* Watch both nodes and act, until SIGTERM or SIGINT. In the foreground.
 *
 * Errors:  ERR_CONFIG  something in CONFIG that only libpq can tell
 *          ERR_SYSTEM
 * Threads: main, which must not have started any other thread.
 */
enum status daemon_run(const struct config *config, struct error *err);

#endif
