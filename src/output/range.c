/* SPDX-License-Identifier: PostgreSQL */
#include "bdrmon/range.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define NUMBER_CHARS "0123456789.-+"

/* Read the number at *TEXT, and move behind it. */
static bool take_number(const char **text, double *number)
{
	char *end;

	if (strspn(*text, NUMBER_CHARS) == 0) /* strtod() would take "inf" and "0x1" */
		return false;
	*number = strtod(*text, &end);
	bool all = end == *text + strspn(*text, NUMBER_CHARS);
	*text = end;
	return all && isfinite(*number);
}

static bool parse(const char *text, struct range *range)
{
	struct range got = { .start = 0, .end = INFINITY };

	got.inside = *text == '@';
	text += got.inside;
	const char *begin = text;
	const char *colon = strchr(text, ':');
	if (colon != NULL && *text == '~') {
		got.start = -INFINITY;
		text++;
	} else if (colon != NULL && text != colon && !take_number(&text, &got.start)) {
		return false;
	}
	if (colon != NULL && text++ != colon)
		return false;
	bool open_end = colon != NULL && *text == '\0';
	if (open_end && text - 1 == begin) /* a colon alone */
		return false;
	if (!open_end && (!take_number(&text, &got.end) || *text != '\0'))
		return false;
	if (got.start > got.end)
		return false;
	*range = got;
	return true;
}

enum status range_parse(const char *text, struct range *range, struct error *err)
{
	if (parse(text, range))
		return OK;
	error_set(err, ERR_CONFIG, "invalid range: \"%s\"", text);
	error_hint(err, "Write [@][START:]END, for example \"1\", \"1:\", \"~:5\" or \"@1:5\".");
	return ERR_CONFIG;
}

bool range_alerts(const struct range *range, double x)
{
	bool inside = x >= range->start && x <= range->end;
	return inside == range->inside;
}
