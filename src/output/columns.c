/* SPDX-License-Identifier: PostgreSQL */
#include "columns.h"

int columns_width(const char *text)
{
	int width = 0;
	for (; *text != '\0'; text++)
		width += ((unsigned char)*text & 0xc0) != 0x80;
	return width;
}

void columns_pad(struct strbuf *out, const char *text, int width)
{
	strbuf_printf(out, "%s%*s", text, width - columns_width(text), "");
}

void columns_row(struct strbuf *out, const char *const cells[], const int widths[],
		 unsigned columns)
{
	for (unsigned c = 0; c < columns; c++) {
		strbuf_add(out, c == 0 ? " " : " | ");
		columns_pad(out, cells[c], c + 1 < columns ? widths[c] : columns_width(cells[c]));
	}
	strbuf_add_char(out, '\n');
}

void columns_rule(struct strbuf *out, const int widths[], unsigned columns)
{
	for (unsigned c = 0; c < columns; c++) {
		strbuf_add(out, c == 0 ? "-" : "-+-");
		for (int i = 0; i < widths[c]; i++)
			strbuf_add_char(out, '-');
	}
	strbuf_add_char(out, '\n');
}
