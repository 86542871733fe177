/* SPDX-License-Identifier: PostgreSQL */
#include "bdrmon/columns.h"

#include "bdrmon/harmless.h"

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

void columns_measure(int widths[], const char *const cells[], unsigned columns)
{
	for (unsigned c = 0; c < columns; c++) {
		int width = columns_width(cells[c]);
		if (width > widths[c])
			widths[c] = width;
	}
}

void columns_row(struct strbuf *out, const char *const cells[], const int widths[],
		 unsigned columns)
{
	size_t start = out->length;
	for (unsigned c = 0; c < columns; c++) {
		strbuf_add(out, c == 0 ? " " : " | ");
		columns_pad(out, cells[c], c + 1 < columns ? widths[c] : columns_width(cells[c]));
	}
	text_make_harmless(out->text + start, out->length - start);
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
