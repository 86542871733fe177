/* SPDX-License-Identifier: PostgreSQL */
#include "bdrmon/record.h"

#include "bdrmon/lookup.h"

#include <assert.h>
#include <string.h>

static const char *const names[STAGES] = {
	[STAGE_NONE] = "none", [STAGE_CLAIMED] = "claimed",     [STAGE_COMMANDED] = "commanded",
	[STAGE_DONE] = "done", [STAGE_ABANDONED] = "abandoned", [STAGE_CLOSED] = "closed",
};

const char *stage_name(enum stage stage)
{
	assert(stage < ARRAY_LEN(names));
	return names[stage];
}

bool stage_by_name(const char *name, enum stage *stage)
{
	for (unsigned i = 0; i < ARRAY_LEN(names); i++) {
		if (strcmp(names[i], name) == 0) {
			*stage = (enum stage)i;
			return true;
		}
	}
	return false;
}

bool record_open(const struct record *record)
{
	return record->stage == STAGE_CLAIMED || record->stage == STAGE_COMMANDED ||
	       record->stage == STAGE_DONE;
}
