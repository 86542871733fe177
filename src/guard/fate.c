/* SPDX-License-Identifier: PostgreSQL */
#include "bdrmon/fate.h"

#include "bdrmon/lookup.h"

#include <string.h>

static const char *const names[FATES] = {
	[FATE_EXITED] = "exited", [FATE_SIGNALED] = "signaled",       [FATE_LATE] = "late",
	[FATE_STUCK] = "stuck",   [FATE_NOT_STARTED] = "not-started", [FATE_LEFT] = "left",
	[FATE_LOST] = "lost",
};

const char *fate_name(enum fate_kind kind)
{
	return names[kind];
}

bool fate_by_name(const char *name, enum fate_kind *kind)
{
	for (unsigned i = 0; i < ARRAY_LEN(names); i++) {
		if (strcmp(names[i], name) == 0) {
			*kind = (enum fate_kind)i;
			return true;
		}
	}
	return false;
}
