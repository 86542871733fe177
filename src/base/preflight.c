/* SPDX-License-Identifier: PostgreSQL */
#include "bdrmon/preflight.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

/* Standard streams, log, bells, locks, the state file and its successor, the control
 * socket, systemd, and as many again in reserve. */
#define FIXED 32
/* Two sessions, a bell, and what libpq and the resolver open for a while: certificates,
 * passfile, hosts, sockets to name servers. */
#define EACH_WORKER 12
/* Output and its writing end, two pidfds, the guard's pipe. */
#define EACH_COMMAND 8
#define EACH_CLIENT  1

unsigned preflight_descriptors_needed(const struct descriptor_users *users)
{
	return FIXED + users->workers * EACH_WORKER + users->commands * EACH_COMMAND +
	       users->clients * EACH_CLIENT;
}

enum status preflight_descriptors(unsigned needed, struct error *err)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
		return error_set(err, ERR_SYSTEM, "could not read the limit on open files: %s",
				 strerror(errno));
	if (limit.rlim_cur >= needed)
		return OK;
	if (limit.rlim_max < needed) {
		error_set(err, ERR_SYSTEM, "%u open files are needed, but only %ju are allowed",
			  needed, (uintmax_t)limit.rlim_max);
		error_hint(err, "Raise LimitNOFILE in the systemd unit, or \"ulimit -n\".");
		return ERR_SYSTEM;
	}
	limit.rlim_cur = needed;
	if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
		return error_set(err, ERR_SYSTEM,
				 "could not raise the limit on open files to %u: %s", needed,
				 strerror(errno));
	return OK;
}

enum status preflight_directory(const char *path, struct error *err)
{
	struct stat file;

	if (stat(path, &file) != 0)
		return error_set(err, ERR_SYSTEM, "could not use directory \"%s\": %s", path,
				 strerror(errno));
	if (!S_ISDIR(file.st_mode))
		return error_set(err, ERR_SYSTEM, "\"%s\" is not a directory", path);
	if (faccessat(AT_FDCWD, path, W_OK | X_OK, AT_EACCESS) != 0)
		return error_set(err, ERR_SYSTEM, "could not write to directory \"%s\": %s", path,
				 strerror(errno));
	return OK;
}
