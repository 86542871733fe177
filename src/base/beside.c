/* SPDX-License-Identifier: PostgreSQL */
#include "bdrmon/beside.h"

#include "bdrmon/lookup.h"
#include "bdrmon/strbuf.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

enum status beside_find(const char *name, char path[PATH_TEXT_MAX], struct error *err)
{
	static const char *const places[] = { "", "../libexec/bdrmon/" };
	char own[PATH_TEXT_MAX];

	ssize_t length = readlink("/proc/self/exe", own, sizeof own - 1);
	if (length < 0)
		return error_set(err, ERR_SYSTEM, "could not read /proc/self/exe: %s",
				 strerror(errno));
	own[length] = '\0';
	*(strrchr(own, '/') + 1) = '\0';
	for (unsigned i = 0; i < ARRAY_LEN(places); i++) {
		struct strbuf out = strbuf_over(path, PATH_TEXT_MAX);
		strbuf_printf(&out, "%s%s%s", own, places[i], name);
		if (!out.cut && access(path, X_OK) == 0)
			return OK;
	}
	error_set(err, ERR_SYSTEM, "could not find the program \"%s\"", name);
	error_hint(err, "It belongs into %s or %s%s; install bdrmon as a whole.", own, own,
		   places[1]);
	return ERR_SYSTEM;
}
