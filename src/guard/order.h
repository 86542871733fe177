/* SPDX-License-Identifier: PostgreSQL */
/* order.h - what a guard is told to run, and the process that runs it. That process is
 * there ahead, too, and takes the message itself: between bdrmon and the command's first
 * instruction there is nothing but an exec.
 */
#ifndef BDRMON_GUARD_ORDER_H
#define BDRMON_GUARD_ORDER_H

#include "bdrmon/guard.h"

#include <stdbool.h>

/* It makes system calls, and one malloc(). The address sanitizer needs several times that. */
#ifdef __SANITIZE_ADDRESS__
#define ORDER_STACK_SIZE (1024 * 1024)
#else
#define ORDER_STACK_SIZE (64 * 1024)
#endif

/* Large, and mostly untouched; not for a stack. It must not move. */
struct order {
	struct guard_job job;
	pid_t process; /* the command's, and its process group */
	bool received; /* a job */
	int failure;   /* errno, if the shell could not be started */
	pid_t guard;
	int output;  /* the command's stdout and stderr */
	int running; /* ends when the shell runs, or the process has ended */
	char **environment;
	char message[GUARD_MESSAGE_MAX + 1];
	_Alignas(16) char stack[ORDER_STACK_SIZE]; /* of the process until it is the shell */
};

/* Start the process in a process group of its own, with stdin /dev/null and OUTPUT as
 * stdout and stderr. Gives an errno, 0 for success. */
int order_prepare(struct order *order, int output);

/* Wait until it has got its job and runs the shell. False: it does not run. Then either
 * received is false, bdrmon having ended before it gave a job, or failure says why. */
bool order_wait(struct order *order);

#endif
