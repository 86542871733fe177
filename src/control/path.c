/* SPDX-License-Identifier: PostgreSQL */
#include "bdrmon/control.h"

#include "bdrmon/strbuf.h"

#include <sys/un.h>

enum status control_path(const char *runtime_directory, char path[PATH_TEXT_MAX], struct error *err)
{
	struct strbuf out = strbuf_over(path, sizeof((struct sockaddr_un *)0)->sun_path);

	strbuf_printf(&out, "%s/bdrmon.sock", runtime_directory);
	if (!out.cut)
		return OK;
	error_set(err, ERR_CONFIG, "path of the control socket is too long: \"%s/bdrmon.sock\"",
		  runtime_directory);
	error_hint(err, "Set runtime_directory in section [monitor] to a shorter path.");
	return ERR_CONFIG;
}
