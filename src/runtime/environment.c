/* SPDX-License-Identifier: PostgreSQL */
#include "environment.h"

#include "bdrmon/guard.h"
#include "bdrmon/template.h"

#include <inttypes.h>

static void add(struct strbuf *out, const char *name, const char *value)
{
	strbuf_printf(out, "%s=%s", name, value);
	strbuf_add_char(out, '\0');
}

static void add_number(struct strbuf *out, const char *name, int64_t value)
{
	strbuf_printf(out, "%s=%" PRId64, name, value);
	strbuf_add_char(out, '\0');
}

static void add_placeholder(struct strbuf *out, enum placeholder which, const struct job *job)
{
	const char *name = placeholder_type(which)->variable;

	switch (which) {
	case PLACEHOLDER_NODE_ID:
		add_number(out, name, job->node_id);
		break;
	case PLACEHOLDER_EVENT:
		add(out, name, event_type(job->event)->name);
		break;
	case PLACEHOLDER_SUCCESS:
		add_number(out, name, job->success);
		break;
	case PLACEHOLDER_TIMESTAMP:
		add(out, name, job->timestamp);
		break;
	case PLACEHOLDER_DETAILS:
		add(out, name, job->details);
		break;
	case PLACEHOLDER_CONNINFO:
		add(out, name, job->conninfo);
		break;
	case PLACEHOLDER_NODE_NAME:
		add(out, name, job->node_name);
		break;
	case PLACEHOLDER_FORMER_ID:
		if (job->former_id == 0)
			add(out, name, "");
		else
			add_number(out, name, job->former_id);
		break;
	case PLACEHOLDERS:
		break;
	}
}

void environment_write(struct strbuf *out, const struct job *job, int attempt)
{
	for (unsigned i = 0; i < PLACEHOLDERS; i++)
		add_placeholder(out, (enum placeholder)i, job);
	add_number(out, GUARD_VARIABLE_PREFIX "CONFIRMED", job->confirmed);
	add(out, GUARD_VARIABLE_PREFIX "CLUSTER", job->cluster);
	add_number(out, GUARD_VARIABLE_PREFIX "ATTEMPT", job->epoch != 0 ? job->run : attempt);
	if (job->epoch != 0)
		add_number(out, GUARD_VARIABLE_PREFIX "EPOCH", job->epoch);
}
