/* SPDX-License-Identifier: PostgreSQL */
#include "legacy.h"

#include "bdrmon/lookup.h"

#include <string.h>

static const struct {
	char mark; /* the difference is there if the value has it, */
	char open; /* and, unless 0, the value was opened with this */
	const char *text;
} differences[] = {
	{ '\'', '\0', "repmgr 4 drops each '" },
	{ '#', '\0', "repmgr 4 ends a value at any #" },
	{ '\\', '\'', "repmgr 5 takes \\ inside '...' for the beginning of an escape" },
};

void legacy_explain(const char *raw, const char *value, struct strbuf *out)
{
	if (raw[0] == '"')
		return;
	for (size_t i = 0; i < ARRAY_LEN(differences); i++) {
		if (strchr(value, differences[i].mark) == NULL)
			continue;
		if (differences[i].open == '\0' || differences[i].open == raw[0])
			strbuf_printf(out, "%s%s", out->length > 0 ? "; " : "",
				      differences[i].text);
	}
}
