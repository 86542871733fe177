/* SPDX-License-Identifier: PostgreSQL */
/* file_place.h - the file with a proxy's aliases, where it lies: on this host, or on another
 * one that is reached by ssh or by some other command. Read it together with that host's clock,
 * and replace it by compare-and-set. (two-node rules, Acting)
 *
 * Both are one round trip. The clock is monotonic and the host's own (CLOCK_BOOTTIME, or what
 * /proc/uptime says), so a write that arrives late loses by the clock of where it arrives.
 */
#ifndef BDRMON_FILE_PLACE_H
#define BDRMON_FILE_PLACE_H

#include "bdrmon/error.h"
#include "bdrmon/limits.h"
#include "bdrmon/proxy_text.h"
#include "bdrmon/session.h"

struct file_place {
	char file[PATH_TEXT_MAX]; /* absolute */
	/* Words of a shell before the command that is to run where the file lies, for example
	 * "ssh -o BatchMode=yes pooler1" or "docker exec -i pooler1"; empty: this host. */
	char command[COMMAND_MAX];
};

/* A copy of the file. */
struct file_copy {
	char text[PROXY_TEXT_MAX]; /* not ended by a NUL; large: on the heap */
	size_t length;
	int64_t host_us; /* the host's clock, read before the file was */
};

/* Read the file.
 * copy    written on OK only
 * Errors: ERR_TIMEOUT, ERR_STOPPED, ERR_SYSTEM (all else; ERR says what the host said) */
enum status file_place_read(const struct file_place *place, const struct pg_wait *wait,
			    struct file_copy *copy, struct error *err);

/* Replace the file by TEXT, LENGTH bytes, if it still is byte for byte OLD, and the host's clock
 * is not past UNTIL_US. Under a lock (flock on FILE.bdrmon.lock there), by a temporary file beside
 * it that is flushed to disk and renamed; mode and owner stay. What PgBouncer would follow, a
 * symbolic link, is followed.
 *
 * won     written on OK only; false: it was another one, or too late, and it is untouched
 * Errors: as above. After ERR_TIMEOUT, ERR_STOPPED and ERR_SYSTEM it is unknown whether the file
 *         was replaced: but only within its window of time. */
enum status file_place_replace(const struct file_place *place, const struct file_copy *old,
			       const char *text, size_t length, int64_t until_us,
			       const struct pg_wait *wait, bool *won, struct error *err);

#endif
