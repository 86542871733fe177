/* SPDX-License-Identifier: PostgreSQL */
#include "commands.h"

#include "bdrmon/beside.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

int hand_over(const struct arguments *arguments)
{
	char path[PATH_TEXT_MAX];
	struct error err;

	if (beside_find("bdrmond", path, &err) == OK) {
		execv(path, arguments->argv);
		error_set(&err, ERR_SYSTEM, "could not start \"%s\": %s", path, strerror(errno));
	}
	return tell_error(arguments, &err, EXIT_CODE_SYSTEM);
}
