/* SPDX-License-Identifier: PostgreSQL */
/* release.h - clients that hang on a node which is not reached any more. A proxy that is pointed
 * elsewhere leaves them: their server connections stay until TCP gives up.
 */
#ifndef BDRMON_PROXY_RELEASE_H
#define BDRMON_PROXY_RELEASE_H

#include "borrowed.h"

/* A pulse of query_timeout, for those versions that cannot end one client. */
struct release {
	struct instant pulse; /* since when; never: there is none */
	double own;           /* what it was before */
};

/* After a RELOAD: release those of the applications' aliases whose server connection is one
 * that PgBouncer wants to close. What does not work is no reason to give the move up. */
void release_begin(struct proxy *proxy, int stop_fd, struct release *release);

/* End the pulse, when it has lasted long enough or STOP rings. */
void release_end(struct proxy *proxy, int stop_fd, struct release *release);

/* The setting. */
extern const struct borrowed_kind release_setting;

#endif
