/* SPDX-License-Identifier: PostgreSQL */
/* look.h - what others need of a look. */
#ifndef BDRMON_PROXY_LOOK_H
#define BDRMON_PROXY_LOOK_H

#include "ask.h"

/* How long a test of NODE may take before a second one is begun. */
int64_t look_hedge_ms(const struct proxy *proxy, unsigned node);

/* Ask what applications have ended, and take it into the sight of the node that they use: if the
 * proxy points to the same node before and after, for somebody else may move it meanwhile.
 * used    true: they work through the proxy. Both are written on OK only.
 * Errors: as console_run() */
enum status look_count(struct proxy *proxy, int64_t limit_ms, int stop_fd, uint64_t *count,
		       bool *used);

/* Through which alias NODE is tested; NULL: it cannot be seen. */
const char *look_alias(const struct proxy *proxy, unsigned node);

/* Ask NODE by a client that is logged in already, if there is one: a login costs PgBouncer and us
 * more than all the rest, two lines in its log, and while it is busy with the logins of
 * applications that it has turned away, it takes long. True: the node is there. False: only a new
 * client can tell. Now and then the time asks for a new one in any case. */
bool look_ask_held(struct proxy *proxy, unsigned node, int stop_fd,
		   struct alias_question *question);

/* Close the clients that are held for the next look. */
void look_let_go(struct proxy *proxy);

#endif
