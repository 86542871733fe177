/* SPDX-License-Identifier: PostgreSQL */
#include "bdrmon/text_diff.h"

#include <string.h>

/* So far is looked for a line that the two texts have again in common. */
#define AHEAD_MAX 64

struct text_lines text_lines_of(const char *text, size_t length)
{
	return (struct text_lines) { .at = text, .length = length, .line = 1 };
}

/* The first line, with its line end. */
static size_t first_length(const struct text_lines *lines)
{
	const char *end = memchr(lines->at, '\n', lines->length);

	return end != NULL ? (size_t)(end - lines->at) + 1 : lines->length;
}

static void drop_first(struct text_lines *lines)
{
	size_t length = first_length(lines);

	lines->at += length;
	lines->length -= length;
	lines->line++;
}

bool text_lines_next(struct text_lines *lines, const char **line, size_t *length)
{
	if (lines->length == 0)
		return false;
	*line = lines->at;
	*length = first_length(lines);
	drop_first(lines);
	if ((*line)[*length - 1] == '\n')
		--*length;
	return true;
}

static bool same_first(struct text_lines one, struct text_lines two)
{
	const char *a, *b;
	size_t a_length, b_length;

	return text_lines_next(&one, &a, &a_length) && text_lines_next(&two, &b, &b_length) &&
	       a_length == b_length && memcmp(a, b, a_length) == 0;
}

/* How many lines of LINES stand before the first one of OTHER; AHEAD_MAX: it is not there. */
static unsigned ahead(struct text_lines lines, struct text_lines other)
{
	unsigned count = 0;

	while (count < AHEAD_MAX && lines.length > 0 && !same_first(lines, other)) {
		drop_first(&lines);
		count++;
	}
	return lines.length > 0 ? count : AHEAD_MAX;
}

/* Let the change have one line more, of REST. */
static void take(struct text_lines *changed, struct text_lines *rest)
{
	size_t length = first_length(rest);

	changed->length += length;
	changed->count++;
	drop_first(rest);
}

static struct text_lines none_at(const struct text_lines *rest)
{
	return (struct text_lines) { .at = rest->at, .line = rest->line };
}

/* Take what differs from the begin of both on. */
static struct text_change take_change(struct text_lines *old, struct text_lines *new)
{
	struct text_change change = { none_at(old), none_at(new) };

	while ((old->length > 0 || new->length > 0) && !same_first(*old, *new)) {
		/* of two texts, one may be over */
		unsigned added = old->length > 0 ? ahead(*new, *old) : 0;
		unsigned removed = new->length > 0 ? ahead(*old, *new) : 0;
		if (added <= removed)
			take(&change.new, new);
		if (removed <= added)
			take(&change.old, old);
	}
	return change;
}

void text_diff(struct text_lines old, struct text_lines new, text_change_fn *tell, void *argument)
{
	while (old.length > 0 || new.length > 0) {
		if (same_first(old, new)) {
			drop_first(&old);
			drop_first(&new);
			continue;
		}
		const struct text_change change = take_change(&old, &new);
		tell(argument, &change);
	}
}
