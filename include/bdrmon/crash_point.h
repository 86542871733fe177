/* SPDX-License-Identifier: PostgreSQL */
/* crash_point.h - places in the code at which a test can have the process die or stop, by
 * name: BDRMON_CRASH_AT=claimed kills it there, BDRMON_STOP_AT=claimed stops it there, once,
 * until somebody continues it. With BDRMON_CRASH_TOKEN=FILE only the first process that comes
 * there, which removes the file. Only in builds for debugging.
 */
#ifndef BDRMON_CRASH_POINT_H
#define BDRMON_CRASH_POINT_H

#ifdef BDRMON_CRASH_POINTS
void crash_point(const char *name);
#else
static inline void crash_point(const char *name)
{
	(void)name;
}
#endif

#endif
