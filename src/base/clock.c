/* SPDX-License-Identifier: PostgreSQL */
#include "bdrmon/clock.h"

#include <stdio.h>

struct instant clock_now(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (struct instant) { (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000 };
}

int64_t clock_wall_us(void)
{
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

struct timespec clock_timespec(int64_t us)
{
	return (struct timespec) { .tv_sec = us / 1000000, .tv_nsec = us % 1000000 * 1000 };
}

struct timespec *clock_rest(struct instant deadline, struct timespec *rest)
{
	if (!instant_is_set(deadline))
		return NULL;
	int64_t us = us_between(clock_now(), deadline);
	if (us < 0)
		us = 0;
	*rest = clock_timespec(us);
	return rest;
}

void clock_stamp(time_t when, char stamp[CLOCK_STAMP_MAX])
{
	struct tm parts;
	strftime(stamp, CLOCK_STAMP_MAX, "%Y-%m-%d %H:%M:%S", localtime_r(&when, &parts));
}

void clock_timestamp(char timestamp[CLOCK_TIMESTAMP_MAX])
{
	struct timespec now;
	struct tm parts;
	char seconds[CLOCK_STAMP_MAX];
	char zone[8]; /* +hhmm */

	clock_gettime(CLOCK_REALTIME, &now);
	localtime_r(&now.tv_sec, &parts);
	strftime(seconds, sizeof seconds, "%Y-%m-%d %H:%M:%S", &parts);
	strftime(zone, sizeof zone, "%z", &parts);
	bool whole_hours = zone[3] == '0' && zone[4] == '0';
	snprintf(timestamp, CLOCK_TIMESTAMP_MAX, "%s.%06ld%.3s%s%s", seconds, now.tv_nsec / 1000,
		 zone, whole_hours ? "" : ":", whole_hours ? "" : zone + 3);
}
