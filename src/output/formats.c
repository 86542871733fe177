/* SPDX-License-Identifier: PostgreSQL */
#include "fields.h"

#include "bdrmon/lookup.h"

#include <assert.h>
#include <string.h>

typedef void write_fn(const struct report *report, struct strbuf *out);

static const struct {
	const char *name;
	write_fn *write;
} formats[FORMATS] = {
	[FORMAT_NAGIOS] = { "nagios", nagios_write },
	[FORMAT_TABLE] = { "table", table_write },
	[FORMAT_CSV] = { "csv", csv_write },
	[FORMAT_JSON] = { "json", json_write },
};

const char *report_format_name(enum report_format format)
{
	assert(format < ARRAY_LEN(formats));
	return formats[format].name;
}

bool report_format_by_name(const char *name, enum report_format *format)
{
	for (unsigned i = 0; i < ARRAY_LEN(formats); i++) {
		if (strcmp(formats[i].name, name) == 0) {
			*format = (enum report_format)i;
			return true;
		}
	}
	return false;
}

void report_write(const struct report *report, enum report_format format, struct strbuf *out)
{
	assert(format < ARRAY_LEN(formats));
	formats[format].write(report, out);
}
