/* SPDX-License-Identifier: PostgreSQL */
#include "job_text.h"

#include "bdrmon/lookup.h"
#include "fields_text.h"

static const struct text_field fields[] = {
	TEXT_FIELD(struct kept_job, "job", TEXT_NUMBER, serial),
	TEXT_FIELD(struct kept_job, "attempts", TEXT_NUMBER, attempts),
	TEXT_FIELD(struct kept_job, "event", TEXT_EVENT, job.event),
	TEXT_FIELD(struct kept_job, "success", TEXT_FLAG, job.success),
	TEXT_FIELD(struct kept_job, "confirmed", TEXT_FLAG, job.confirmed),
	TEXT_FIELD(struct kept_job, "node_id", TEXT_NUMBER, job.node_id),
	TEXT_FIELD(struct kept_job, "former_id", TEXT_NUMBER, job.former_id),
	TEXT_FIELD(struct kept_job, "timestamp", TEXT_STRING, job.timestamp),
	TEXT_FIELD(struct kept_job, "details", TEXT_STRING, job.details),
	TEXT_FIELD(struct kept_job, "conninfo", TEXT_STRING, job.conninfo),
	TEXT_FIELD(struct kept_job, "node_name", TEXT_STRING, job.node_name),
	TEXT_FIELD(struct kept_job, "cluster", TEXT_STRING, job.cluster),
	TEXT_FIELD(struct kept_job, "epoch", TEXT_NUMBER, job.epoch),
	TEXT_FIELD(struct kept_job, "run", TEXT_NUMBER, job.run),
};

void job_write(struct strbuf *out, const struct kept_job *kept)
{
	fields_write(out, fields, ARRAY_LEN(fields), kept);
}

bool job_read(const char **text, struct kept_job *kept)
{
	struct kept_job got = { 0 };

	if (!fields_read(text, fields, ARRAY_LEN(fields), &got))
		return false;
	*kept = got;
	return true;
}
