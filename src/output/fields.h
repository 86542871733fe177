/* SPDX-License-Identifier: PostgreSQL */
/* fields.h - the table of what a report says of each node. */
#ifndef BDRMON_OUTPUT_FIELDS_H
#define BDRMON_OUTPUT_FIELDS_H

#include "bdrmon/report.h"

enum value_kind { VALUE_ABSENT, VALUE_INTEGER, VALUE_SECONDS, VALUE_TEXT };

struct report_value {
	enum value_kind kind;
	int64_t number; /* for seconds: microseconds */
	const char *text;
};

struct report_field {
	const char *name;
	bool measured; /* stands in performance data too */
	struct report_value (*get)(const struct report_node *node);
};

extern const struct report_field report_fields[];
extern const unsigned report_field_count;

#endif
