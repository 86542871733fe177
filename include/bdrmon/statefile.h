/* SPDX-License-Identifier: PostgreSQL */
/* statefile.h - keep a text in a file so that a crash, of bdrmon or of the host,
 * leaves the old text or the new one, and never a mixture that passes for whole.
 *
 * The first line says what the file is and in which format, the last line holds a
 * checksum of all before it. Threads: one at a time for one file.
 */
#ifndef BDRMON_STATEFILE_H
#define BDRMON_STATEFILE_H

#include "bdrmon/error.h"

#define STATEFILE_MAX          (4 * 1024 * 1024)
#define STATEFILE_DAMAGED_KEPT 3 /* files set aside; older ones are removed */

/* The texts are borrowed. */
struct statefile {
	const char *path;
	const char *kind; /* "bdrmon state" */
	int format;
};

/* Replace the file's text by BODY, which ends in a line feed. The file is for its
 * owner's eyes only: the text may hold a password.
 * Errors: ERR_SYSTEM; the old file is whole then */
enum status statefile_save(const struct statefile *file, const char *body, struct error *err);

/* Read the text.
 *
 * body     on OK: memory for free(), or NULL if there is no file
 * Errors:  ERR_SYSTEM  it cannot be read, or it is damaged or of another kind or
 *                      format. Then it was renamed to PATH.damaged-DATE, and the text of
 *                      the error names it.
 */
enum status statefile_load(const struct statefile *file, char **body, struct error *err);

#endif
