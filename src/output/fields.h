/* SPDX-License-Identifier: PostgreSQL */
/* fields.h - the tables of what a report says of each node, each proxy and the monitor. */
#ifndef BDRMON_OUTPUT_FIELDS_H
#define BDRMON_OUTPUT_FIELDS_H

#include "bdrmon/report.h"

enum value_kind {
	VALUE_ABSENT,
	VALUE_BOOL,
	VALUE_INTEGER,
	VALUE_BYTES,
	VALUE_SECONDS,
	VALUE_TEXT,
	VALUE_SIGHTS
};

struct report_value {
	enum value_kind kind;
	int64_t number; /* for seconds: microseconds */
	const char *text;
	const struct report_sight *sights; /* NODES of them */
};

extern const struct report_value value_absent;
struct report_value value_text(const char *text); /* NULL or empty: absent */
struct report_value value_integer(int64_t number);
struct report_value value_bytes(int64_t number);
struct report_value value_bool(bool yes);
struct report_value value_seconds(int64_t us);

struct node_field {
	const char *name;    /* of the key in JSON, of the column in CSV */
	const char *heading; /* of the column in a table; NULL: not there */
	bool measured;       /* stands in performance data too */
	struct report_value (*get)(const struct report_node *node);
};

struct monitor_field {
	const char *name;
	const char *heading;
	struct report_value (*get)(const struct report_monitor *monitor);
};

struct proxy_field {
	const char *name;
	const char *heading;
	const char *absent; /* in a table, for what is not known; NULL: "-" */
	struct report_value (*get)(const struct report_proxy *proxy);
};

extern const struct node_field node_fields[];
extern const unsigned node_field_count;
extern const struct monitor_field monitor_fields[];
extern const unsigned monitor_field_count;
extern const struct proxy_field proxy_fields[];
extern const unsigned proxy_field_count;

/* Write VALUE for people: "yes", "1.234 s", "-" if absent. */
void value_write(const struct report_value *value, struct strbuf *out);

/* Write microseconds as seconds: "1.234567". */
void value_write_seconds(int64_t us, struct strbuf *out);

/* The formats, see report_format. */
void nagios_write(const struct report *report, struct strbuf *out);
void table_write(const struct report *report, struct strbuf *out);
void csv_write(const struct report *report, struct strbuf *out);
void json_write(const struct report *report, struct strbuf *out);

#endif
