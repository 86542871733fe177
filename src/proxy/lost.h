/* SPDX-License-Identifier: PostgreSQL */
/* lost.h - settings that a bdrmon which was killed has left as it needed them for a move, when
 * nobody who lives has read what they were before. PgBouncer's file says it, so a RELOAD brings
 * them back, wherever that file lies and whoever may read it.
 *
 * It is sent only if it moves nothing: right after a look that the file and what runs name the same
 * node, and only while that node can be used. It also loads what else somebody has changed there
 * and not loaded, as the RELOAD of the move does that has left them. (two-node rules, Acting)
 */
#ifndef BDRMON_PROXY_LOST_H
#define BDRMON_PROXY_LOST_H

#include "bdrmon/proxy.h"

/* At the end of a look that has read the settings, server_login_retry being WANTED so.
 * Errors: ERR_STOPPED, and those of console_run() */
enum status lost_care(struct proxy *proxy, enum login_retry wanted, int stop_fd);

#endif
