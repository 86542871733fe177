/* SPDX-License-Identifier: PostgreSQL */
/* preflight.h - what is looked at before the monitor starts, so that what is missing is
 * said then and not in the middle of a failover. Threads: main.
 */
#ifndef BDRMON_PREFLIGHT_H
#define BDRMON_PREFLIGHT_H

#include "bdrmon/error.h"

/* Who opens descriptors. */
struct descriptor_users {
	unsigned workers;  /* of nodes, each with a held and a fresh session */
	unsigned commands; /* that run at a time, each with its pipes and pidfds */
	unsigned clients;  /* connections to the control socket */
};

/* How many descriptors all of them need together, at most. Pure. */
unsigned preflight_descriptors_needed(const struct descriptor_users *users);

/* See to it that NEEDED descriptors may be open. Raises the soft limit if need be, no
 * higher: the commands inherit it, and some programs cannot use descriptors above 1023.
 * Errors: ERR_SYSTEM, when the hard limit is lower. */
enum status preflight_descriptors(unsigned needed, struct error *err);

/* Errors: ERR_SYSTEM  PATH is no directory, or we cannot make files in it. */
enum status preflight_directory(const char *path, struct error *err);

#endif
