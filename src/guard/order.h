/* SPDX-License-Identifier: PostgreSQL */
/* order.h - what a guard is told to run, and its start. */
#ifndef BDRMON_GUARD_ORDER_H
#define BDRMON_GUARD_ORDER_H

#include "bdrmon/guard.h"

#include <stdbool.h>

struct order {
	struct guard_job job;
	const char *script; /* in the message */
	char **environment;
	char message[GUARD_MESSAGE_MAX + 1];
};

/* Wait for the message; false: bdrmon has ended, or sent what is none. */
bool order_receive(struct order *order);

/* Start the script in a process group of its own, with stdin /dev/null and OUTPUT as
 * stdout and stderr. Gives an errno, 0 for success. */
int order_start(const struct order *order, int output, pid_t *pid);

#endif
