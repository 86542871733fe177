/* SPDX-License-Identifier: PostgreSQL */
/* borrowed.h - a setting that a move changes for a moment, to a value that hardly anybody else
 * sets: so whoever finds it, and knows what it was, sets it back if nobody has.
 */
#ifndef BDRMON_PROXY_BORROWED_H
#define BDRMON_PROXY_BORROWED_H

#include "console.h"

/* Who has changed something for a move sets it back sooner. What is older was left by a bdrmon that
 * is gone. */
#define BORROWED_MS 3000

struct borrowed_kind {
	const char *name;
	double ours;
	/* Does least harm where nobody knows what it was; negative: there it is taken for the
	 * site's own. */
	double otherwise;
};

/* In a look that has READ it: end what somebody has left. If nobody here knows what it was before,
 * it is lost. Errors: as console_run() */
enum status borrowed_care(struct proxy *proxy, struct proxy_borrowed *setting,
			  const struct borrowed_kind *kind, double read, int stop_fd);

#endif
