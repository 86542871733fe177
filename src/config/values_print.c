/* SPDX-License-Identifier: PostgreSQL */
#include "values.h"

#include "notify.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

enum unit_kind value_unit(const struct option *option)
{
	return option->type == TYPE_SIZE ? UNITS_SIZE : UNITS_TIME;
}

int64_t value_number(const struct option *option, const void *holder)
{
	const char *field = (const char *)holder + option->offset;
	if (option->type == TYPE_COUNT)
		return *(const int *)field;
	assert(option->type == TYPE_DURATION || option->type == TYPE_SIZE);
	return *(const int64_t *)field;
}

void value_print_number(const struct option *option, int64_t number, struct strbuf *out)
{
	if (option->type == TYPE_COUNT)
		strbuf_printf(out, "%" PRId64, number);
	else
		unit_print(value_unit(option), number, out);
}

static void print_events(event_set set, struct strbuf *out)
{
	const char *comma = "";
	if (set == 0)
		strbuf_add(out, NOTIFY_NONE); /* an empty list means another thing */
	for (unsigned i = 0; i < EVENT_KINDS; i++) {
		if ((set & event_bit((enum event_kind)i)) == 0)
			continue;
		strbuf_printf(out, "%s%s", comma, event_type((enum event_kind)i)->name);
		comma = ", ";
	}
}

static void print_outcomes(outcome_set set, struct strbuf *out)
{
	const char *comma = "";
	for (unsigned i = 0; i < OUTCOMES; i++) {
		if ((set & outcome_bit((enum outcome)i)) == 0)
			continue;
		strbuf_printf(out, "%s%s", comma, outcome_name((enum outcome)i));
		comma = ", ";
	}
}

void value_print(const struct option *option, const void *holder, struct strbuf *out)
{
	const char *field = (const char *)holder + option->offset;
	unsigned word = 0;

	switch (option->type) {
	case TYPE_BOOL:
		strbuf_add(out, *(const bool *)field ? "on" : "off");
		break;
	case TYPE_COUNT:
	case TYPE_DURATION:
	case TYPE_SIZE:
		value_print_number(option, value_number(option, holder), out);
		break;
	case TYPE_CHOICE:
		if (option->size == sizeof(bool))
			word = *(const bool *)field;
		else
			memcpy(&word, field, sizeof word);
		strbuf_add(out, option->words[word]);
		break;
	case TYPE_TEXT:
	case TYPE_CONNINFO:
	case TYPE_COMMAND:
		strbuf_add(out, field);
		break;
	case TYPE_EVENTS:
		print_events(*(const event_set *)field, out);
		break;
	case TYPE_OUTCOMES:
		print_outcomes(*(const outcome_set *)field, out);
		break;
	}
}

bool value_needs_quotes(const struct option *option)
{
	switch (option->type) {
	case TYPE_TEXT:
	case TYPE_CONNINFO:
	case TYPE_COMMAND:
	case TYPE_EVENTS:
	case TYPE_OUTCOMES:
		return true;
	default:
		return false;
	}
}

void value_print_range(const struct option *option, struct strbuf *out)
{
	switch (option->type) {
	case TYPE_BOOL:
		strbuf_add(out, "on, off");
		break;
	case TYPE_COUNT:
	case TYPE_DURATION:
	case TYPE_SIZE:
		value_print_number(option, option->min, out);
		strbuf_add(out, " .. ");
		value_print_number(option, option->max, out);
		break;
	case TYPE_CHOICE:
		for (unsigned i = 0; option->words[i] != NULL; i++)
			strbuf_printf(out, "%s%s", i > 0 ? ", " : "", option->words[i]);
		break;
	default:
		break;
	}
}
