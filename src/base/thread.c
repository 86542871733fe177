/* SPDX-License-Identifier: PostgreSQL */
#include "bdrmon/thread.h"

#include <string.h>
#include <time.h>

/* Measured need: 20 KiB with TLS, SCRAM and GSS; sanitizers need several times that. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define STACK_SIZE (1024 * 1024)
#else
#define STACK_SIZE (128 * 1024)
#endif

enum status thread_start(pthread_t *thread, const char *name, void *(*function)(void *),
			 void *argument, struct error *err)
{
	pthread_attr_t attr;
	pthread_t started;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK_SIZE);
	int failure = pthread_create(&started, &attr, function, argument);
	pthread_attr_destroy(&attr);
	if (failure != 0)
		return error_set(err, ERR_SYSTEM, "could not start thread \"%s\": %s", name,
				 strerror(failure));
	pthread_setname_np(started, name);
	*thread = started;
	return OK;
}

bool thread_join(pthread_t thread, struct instant deadline)
{
	struct timespec end = { .tv_sec = deadline.us / 1000000,
				.tv_nsec = deadline.us % 1000000 * 1000 };
	return pthread_clockjoin_np(thread, NULL, CLOCK_MONOTONIC, &end) == 0;
}
