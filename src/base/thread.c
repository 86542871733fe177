/* SPDX-License-Identifier: PostgreSQL */
#include "bdrmon/thread.h"

#include "bdrmon/clock.h"

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

/* gcc 12's thread sanitizer does not know pthread_clockjoin_np(), and would see races in
 * what is freed behind it; it knows the call with the wall clock. */
#ifdef __SANITIZE_THREAD__
static int join_until(pthread_t thread, struct instant deadline)
{
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	int64_t us = us_between(clock_now(), deadline) + now.tv_nsec / 1000;
	struct timespec end = clock_timespec(us);
	end.tv_sec += now.tv_sec;
	return pthread_timedjoin_np(thread, NULL, &end);
}
#else
static int join_until(pthread_t thread, struct instant deadline)
{
	struct timespec end = clock_timespec(deadline.us);
	return pthread_clockjoin_np(thread, NULL, CLOCK_MONOTONIC, &end);
}
#endif

bool thread_join(pthread_t thread, struct instant deadline)
{
	return join_until(thread, deadline) == 0;
}
