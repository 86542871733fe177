/* SPDX-License-Identifier: PostgreSQL */
/* systemd.h - tell systemd how the daemon is: its notification protocol, without its
 * library. The protocol "is guaranteed to be stable" (sd_notify(3)). Without systemd
 * all of this does nothing.
 */
#ifndef BDRMON_SYSTEMD_H
#define BDRMON_SYSTEMD_H

#include "bdrmon/error.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/un.h>

struct systemd {
	int fd; /* -1: nobody wants to be told */
	struct sockaddr_un address;
	socklen_t length;
	int64_t watchdog_us; /* see systemd_watchdog_us() */
};

/* Read what systemd has left in the environment, and take it out, so that no child
 * speaks for us. In main, before any thread.
 *
 * systemd  always written; after an error it does nothing
 *
 * Errors: ERR_SYSTEM. */
enum status systemd_open(struct systemd *systemd, struct error *err);

void systemd_close(struct systemd *systemd);

/* Send assignments, one a line: "READY=1", "STOPPING=1", "WATCHDOG=1". Never blocks.
 * False: it was not sent, because systemd is behind with reading; what matters must be
 * sent again. Threads: any. */
bool systemd_notify(const struct systemd *systemd, const char *assignments);

/* A reload begins; it ends with "READY=1". */
bool systemd_reloading(const struct systemd *systemd);

/* What `systemctl status' shows: one line; line feeds in TEXT become blanks. */
bool systemd_status(const struct systemd *systemd, const char *text);

/* Within which time systemd wants to hear "WATCHDOG=1" again; 0: never. Send it in half
 * of that. Source: sd_watchdog_enabled(3). */
int64_t systemd_watchdog_us(const struct systemd *systemd);

#endif
