/* SPDX-License-Identifier: PostgreSQL */
/* file_place.h - the file with a proxy's aliases, where it lies: on this host, or on another
 * one that is reached by ssh or by some other command. Read it together with that host's clock,
 * and replace it by compare-and-set. (two-node rules, Acting)
 *
 * Both are one round trip. The clock is monotonic and the host's own (CLOCK_BOOTTIME), so a
 * write that arrives late loses by the clock of where it arrives. A moment from one place means
 * nothing at another one, nor where the same file is reached in another way.
 *
 * On this host no process is started. Elsewhere a script for `sh -s' does the same, which it
 * gets, with all data, by its standard input: so what is added to the command are two words
 * that no shell in between can read in two ways, and both of these work:
 *     ssh pooler1 sh -s            its words go to a login shell there, joined by blanks
 *     docker exec -i pooler1 sh -s its words go to no shell at all
 * The script wants there: a POSIX shell, coreutils, diffutils (cmp), util-linux (flock), and
 * /proc/uptime, which counts in 10 ms: both the moment of a read and that of a write are taken up
 * to 10 ms to the safe side. A write starts ten processes there: tens of milliseconds on a slow
 * host; and a login shell that is bash reads ~/.bashrc first, however slow that is. Who watches the
 * processes there sees nothing of the file.
 *
 * Threads: any, several at a time too.
 */
#ifndef BDRMON_FILE_PLACE_H
#define BDRMON_FILE_PLACE_H

#include "bdrmon/error.h"
#include "bdrmon/limits.h"
#include "bdrmon/proxy_text.h"
#include "bdrmon/session.h"

struct file_place {
	char file[PATH_TEXT_MAX]; /* absolute; symbolic links are followed, as PgBouncer does */
	/* Words of a shell before the command that is to run where the file lies, for example
	 * "ssh -o BatchMode=yes pooler1", "docker exec -i pooler1", or, on this host as another
	 * user, "sudo -n -u pgbouncer"; empty: this host. What is run must pass standard input on.
	 * It is the site's own text, run by /bin/sh. */
	char command[COMMAND_MAX];
};

/* A copy of the file. */
struct file_copy {
	char text[PROXY_TEXT_MAX]; /* any bytes, not ended by a NUL; large: on the heap */
	size_t length;
	int64_t host_us; /* the host's clock, read before the file was */
};

/* Read the file.
 *
 * wait    a command is over by its deadline, or is killed with its process group, which may take
 * 0.2 s; on this host nothing can wait but the disk, which knows no deadline copy    written on OK
 * only Errors: ERR_TIMEOUT, ERR_STOPPED, ERR_SYSTEM (all else; ERR says what the host said) */
enum status file_place_read(const struct file_place *place, const struct pg_wait *wait,
			    struct file_copy *copy, struct error *err);

/* How a replacement ended. Who has not won has touched nothing. */
enum replaced {
	REPLACED_WON,
	REPLACED_LOST, /* the file was another one */
	REPLACED_LATE  /* it was too late; also: the lock was not to be had in time */
};

/* Replace the file by TEXT, LENGTH bytes, if it still is byte for byte OLD, and the host's clock
 * is before UNTIL_US. Under a lock (flock on FILE.bdrmon.lock there, which stays, FILE being what
 * symbolic links lead to), by a file FILE.bdrmon.new that is flushed to disk and renamed; mode,
 * access list and owner are as before, or it is an error. The bytes are compared, and then the
 * clock is, right before the rename; nothing that is slow is between. Who does not heed the lock,
 * as an editor, can still write in that moment.
 *
 * wait    as above; on this host it bounds the wait for the lock
 * end     written on OK only
 * Errors: as above. After ERR_TIMEOUT, ERR_STOPPED and ERR_SYSTEM it is unknown whether the file
 *         was replaced or will be: but only within its window of time. */
enum status file_place_replace(const struct file_place *place, const struct file_copy *old,
			       const char *text, size_t length, int64_t until_us,
			       const struct pg_wait *wait, enum replaced *end, struct error *err);

/* Make the command that reaches TARGET, [user@]host or an ssh:// URI, by ssh over one connection
 * that is kept open between calls, with its socket in DIRECTORY: 7 ms for a round trip instead of
 * 230. ssh looks at the connection each 2 seconds and gives up one that is dead. The first call
 * opens it; what ssh needs (keys, ports, the host's key) is in its own configuration.
 *
 * Errors: ERR_CONFIG  TARGET would be an option or has a control character, or DIRECTORY is too
 *                     long for a socket in it, or has a character that ssh would expand
 * Source: ssh_config(5), ControlPath; ssh binds a name that is 17 bytes longer, and renames */
enum status file_place_ssh(const char *target, const char *directory, char command[COMMAND_MAX],
			   struct error *err);

#endif
