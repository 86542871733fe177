/* SPDX-License-Identifier: PostgreSQL */
/* lockfile.h - a file that one process at a time can hold, with its process id in it:
 * the pid file, and the lock in the state directory.
 *
 * What counts is the lock (flock(2)), which the kernel takes away when the process
 * ends, however it ends: a file that was left behind blocks nobody.
 */
#ifndef BDRMON_LOCKFILE_H
#define BDRMON_LOCKFILE_H

#include "bdrmon/error.h"
#include "bdrmon/limits.h"

struct lockfile {
	int fd; /* -1: not held */
	char path[PATH_TEXT_MAX];
};

#define LOCKFILE_NONE ((struct lockfile) { .fd = -1 })

/* Take the file PATH, made if it does not exist, and write our process id to it. Never
 * waits.
 *
 * lock  written on OK only; give it back with lockfile_release()
 *
 * Errors:  ERR_TAKEN   another process holds it, or it is the pid file of a repmgrd that
 *                      runs; the text names that process
 *          ERR_SYSTEM  the file cannot be made, locked or written, or holds something
 *                      that is no process id: then it is not touched
 */
enum status lockfile_take(struct lockfile *lock, const char *path, struct error *err);

/* Remove the file, if it is still ours, and the lock. LOCK may be LOCKFILE_NONE. */
void lockfile_release(struct lockfile *lock);

#endif
