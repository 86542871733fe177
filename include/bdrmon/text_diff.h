/* SPDX-License-Identifier: PostgreSQL */
/* text_diff.h - which lines differ between two texts, to show somebody what an edit changes.
 * Always right, and short if each change is; not the shortest in general. Pure.
 */
#ifndef BDRMON_TEXT_DIFF_H
#define BDRMON_TEXT_DIFF_H

#include <stdbool.h>
#include <stddef.h>

/* Some whole lines of a text, borrowed; the last one may have no line end. */
struct text_lines {
	const char *at;
	size_t length;
	unsigned line, count; /* from 1; of none: where they would be */
};

/* These lines were replaced by those; either may be none. */
struct text_change {
	struct text_lines old, new;
};

typedef void text_change_fn(void *argument, const struct text_change *change);

/* Tell each change from OLD to NEW, in order. Lines that differ only in how the last one ends
 * are the same. */
void text_diff(struct text_lines old, struct text_lines new, text_change_fn *tell, void *argument);

/* All lines of TEXT. */
struct text_lines text_lines_of(const char *text, size_t length);

/* Take the first line off LINES, without its line end; false: there is none left. */
bool text_lines_next(struct text_lines *lines, const char **line, size_t *length);

#endif
