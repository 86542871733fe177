/* SPDX-License-Identifier: PostgreSQL */
/* release.h - clients that hang on a node which is not reached any more. A proxy that is pointed
 * elsewhere leaves them: their server connections stay until TCP gives up.
 */
#ifndef BDRMON_PROXY_RELEASE_H
#define BDRMON_PROXY_RELEASE_H

#include "console.h"

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

#define QUERY_TIMEOUT "query_timeout"

/* In a look that has READ it: end a pulse that somebody has left. If nobody here knows what it was
 * before, it is lost. Errors: as console_run() */
enum status release_care(struct proxy *proxy, double read, int stop_fd);

#endif
