/* SPDX-License-Identifier: PostgreSQL */
/* thread.h - start and end threads: the only caller of pthread_create. */
#ifndef BDRMON_THREAD_H
#define BDRMON_THREAD_H

#include "bdrmon/error.h"
#include "bdrmon/instant.h"

#include <pthread.h>

/* Start FUNCTION(ARGUMENT) with a small stack. NAME is at most 15 characters and
 * is seen in ps and gdb. Signals must be blocked in the caller, since the new
 * thread inherits that: only main handles signals. */
enum status thread_start(pthread_t *thread, const char *name, void *(*function)(void *),
			 void *argument, struct error *err);

/* Wait until the thread has ended, at most until DEADLINE. False: it still runs. */
bool thread_join(pthread_t thread, struct instant deadline);

#endif
