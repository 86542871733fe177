/* SPDX-License-Identifier: PostgreSQL */
/* fresh.h - put a new file in the place of another one, so that a crash, of bdrmon or of the
 * host, leaves the old one or the new one whole: it is written beside the old one, flushed to
 * disk and renamed. Threads: one at a time for one file.
 */
#ifndef BDRMON_FRESH_H
#define BDRMON_FRESH_H

#include "bdrmon/error.h"
#include "bdrmon/limits.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct fresh {
	const char *path;           /* of the file that it will replace; borrowed */
	char beside[PATH_TEXT_MAX]; /* where it is now */
	int fd;
};

/* Create it, as PATH with SUFFIX.
 *
 * flags   of open(2), for a file of this name that was left behind: O_TRUNC overwrites it,
 *         O_EXCL takes it for an error
 * fresh   written on OK only; end it with fresh_keep() or fresh_discard()
 * Errors: ERR_SYSTEM, as for all of them */
enum status fresh_create(struct fresh *fresh, const char *path, const char *suffix, int flags,
			 mode_t mode, struct error *err);

/* Add bytes. */
enum status fresh_write(struct fresh *fresh, const char *bytes, size_t length, struct error *err);

/* Flush what was written to disk. Waits for the disk, for as long as that takes. */
enum status fresh_flush(struct fresh *fresh, struct error *err);

/* Rename it to its path, and flush the directory. After an error it is unknown which of both
 * is there. */
enum status fresh_keep(struct fresh *fresh, struct error *err);

/* Remove it. */
void fresh_discard(struct fresh *fresh);

#endif
