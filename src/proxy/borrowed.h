/* SPDX-License-Identifier: PostgreSQL */
/* borrowed.h - a setting that a move changes for a moment, to a value that nobody else sets: so
 * whoever finds it knows whose it is, and sets it back if nobody has.
 */
#ifndef BDRMON_PROXY_BORROWED_H
#define BDRMON_PROXY_BORROWED_H

#include "console.h"

struct borrowed_kind {
	const char *name;
	double ours;
	double otherwise; /* does least harm where nobody knows what it was */
};

/* In a look that has READ it: end what somebody has left. If nobody here knows what it was before,
 * it is lost. Errors: as console_run() */
enum status borrowed_care(struct proxy *proxy, struct proxy_borrowed *setting,
			  const struct borrowed_kind *kind, double read, int stop_fd);

#endif
