/* SPDX-License-Identifier: PostgreSQL */
/* quiet.h - a RELOAD that points applications elsewhere while they work, and turns nobody away. A
 * login to a server that is under way at that moment is ended by it and counts as failed; then
 * whoever asks is turned away until another login has succeeded. So no login may be under way.
 * Source: RELOAD of 1.18 with 20 clients, which lost 13 of their connections at each; 0.2 when one
 * only waits for a moment without a login, since another one may begin; none when none can
 */
#ifndef BDRMON_PROXY_QUIET_H
#define BDRMON_PROXY_QUIET_H

#include "borrowed.h"

/* Before a RELOAD: see to it that no login begins, by the smallest max_db_connections, which
 * RELOAD ends, and wait until none is under way. An alias with a max_db_connections of its own
 * goes on to log in. Not for longer than two seconds. Errors: as console_run() */
enum status quiet_wait(struct proxy *proxy, int stop_fd);

/* Set it back, when there was no RELOAD. */
void quiet_end(struct proxy *proxy);

/* The setting. */
extern const struct borrowed_kind quiet_setting;

#endif
