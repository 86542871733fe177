/* SPDX-License-Identifier: PostgreSQL */
#include "fields.h"

#include <inttypes.h>

const struct report_value value_absent = { .kind = VALUE_ABSENT };

struct report_value value_text(const char *text)
{
	bool there = text != NULL && text[0] != '\0';
	return there ? (struct report_value) { .kind = VALUE_TEXT, .text = text } : value_absent;
}

struct report_value value_integer(int64_t number)
{
	return (struct report_value) { .kind = VALUE_INTEGER, .number = number };
}

struct report_value value_bytes(int64_t number)
{
	return (struct report_value) { .kind = VALUE_BYTES, .number = number };
}

struct report_value value_bool(bool yes)
{
	return (struct report_value) { .kind = VALUE_BOOL, .number = yes };
}

struct report_value value_seconds(int64_t us)
{
	return (struct report_value) { .kind = VALUE_SECONDS, .number = us };
}

/* ------------------------------------------------------------------- printing */

void value_write_seconds(int64_t us, struct strbuf *out)
{
	strbuf_add_decimal(out, us, 6);
}

static void write_sights(const struct report_sight *sights, struct strbuf *out)
{
	bool first = true;

	for (unsigned i = 0; i < NODES; i++) {
		if (sights[i].node == NULL)
			continue;
		strbuf_printf(out, "%s%s %s", first ? "" : ", ", sights[i].node,
			      health_name(sights[i].health));
		first = false;
	}
}

void value_write(const struct report_value *value, struct strbuf *out)
{
	switch (value->kind) {
	case VALUE_ABSENT:
		strbuf_add(out, "-");
		break;
	case VALUE_BOOL:
		strbuf_add(out, value->number ? "yes" : "no");
		break;
	case VALUE_INTEGER:
		strbuf_printf(out, "%" PRId64, value->number);
		break;
	case VALUE_BYTES:
		strbuf_printf(out, "%" PRId64 " B", value->number);
		break;
	case VALUE_SECONDS:
		if (value->number >= 10000000)
			strbuf_printf(out, "%" PRId64, value->number / 1000000);
		else
			strbuf_add_decimal(out, value->number / 1000, 3);
		strbuf_add(out, " s");
		break;
	case VALUE_TEXT:
		strbuf_add(out, value->text);
		break;
	case VALUE_SIGHTS:
		write_sights(value->sights, out);
		break;
	}
}
