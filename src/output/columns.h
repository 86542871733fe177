/* SPDX-License-Identifier: PostgreSQL */
/* columns.h - tables for people, as psql and repmgr print them. */
#ifndef BDRMON_OUTPUT_COLUMNS_H
#define BDRMON_OUTPUT_COLUMNS_H

#include "bdrmon/strbuf.h"

/* The number of characters, not of bytes: names may be in UTF-8. */
int columns_width(const char *text);

/* Write TEXT, with blanks up to WIDTH. */
void columns_pad(struct strbuf *out, const char *text, int width);

/* Write one row. The last column is not padded. */
void columns_row(struct strbuf *out, const char *const cells[], const int widths[],
		 unsigned columns);

/* Write the line between the headings and the rows. */
void columns_rule(struct strbuf *out, const int widths[], unsigned columns);

#endif
