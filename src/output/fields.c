/* SPDX-License-Identifier: PostgreSQL */
#include "fields.h"

#include "bdrmon/lookup.h"

static struct report_value text(const char *text)
{
	return (struct report_value) { .kind = text[0] != '\0' ? VALUE_TEXT : VALUE_ABSENT,
				       .text = text };
}

static struct report_value get_id(const struct report_node *node)
{
	return (struct report_value) { .kind = VALUE_INTEGER, .number = node->id };
}

static struct report_value get_name(const struct report_node *node)
{
	return text(node->name);
}

static struct report_value get_outcome(const struct report_node *node)
{
	return text(outcome_name(node->result.outcome));
}

static struct report_value get_step(const struct report_node *node)
{
	return text(step_name(node->result.step));
}

static struct report_value get_reason(const struct report_node *node)
{
	return text(node->result.reason);
}

static struct report_value get_time(const struct report_node *node)
{
	if (outcome_class(node->result.outcome) == CLASS_NOTHING)
		return (struct report_value) { .kind = VALUE_ABSENT };
	return (struct report_value) { .kind = VALUE_SECONDS,
				       .number = us_between(node->result.asked,
							    node->result.answered) };
}

const struct report_field report_fields[] = {
	{ "id", false, get_id },           { "name", false, get_name },
	{ "outcome", false, get_outcome }, { "step", false, get_step },
	{ "reason", false, get_reason },   { "time", true, get_time },
};

const unsigned report_field_count = ARRAY_LEN(report_fields);
