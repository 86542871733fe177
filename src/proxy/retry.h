/* SPDX-License-Identifier: PostgreSQL */
/* retry.h - server_login_retry: low while a node is in doubt, nothing for the moment of a move,
 * and what it was before at all other times. (two-node rules, How a proxy sees)
 */
#ifndef BDRMON_PROXY_RETRY_H
#define BDRMON_PROXY_RETRY_H

#include "console.h"

#define LOGIN_RETRY "server_login_retry"

/* In a look that has READ this: set it if it is not as WANTED.
 * Errors: as console_run() */
enum status retry_care(struct proxy *proxy, enum login_retry wanted, double read, int stop_fd);

/* It is one of our values, and nobody here knows what it was before: who set it is gone. */
bool retry_lost(const struct proxy_retry *retry);

/* It is one of our values: somebody of us has set it. */
bool retry_is_ours(double value);

/* Set it low, if it is not lower already. Errors: as console_run() */
enum status retry_lower(struct proxy *proxy, int64_t limit_ms, int stop_fd);

/* Right after a RELOAD, which has reset it: remember what the file says, and set it bare. Not
 * for longer than a move takes. Errors: as console_run() */
enum status retry_bare(struct proxy *proxy, int64_t limit_ms, int stop_fd);

/* After a move, well or not: set it to what it was, or if LOW to the low value. */
void retry_restore(struct proxy *proxy, bool low);

#endif
