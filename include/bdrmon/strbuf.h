/* SPDX-License-Identifier: PostgreSQL */
/* strbuf.h - build a text in memory of a fixed size. What does not fit is cut,
 * and said so in `cut'; the text is always terminated. No allocation, pure.
 */
#ifndef BDRMON_STRBUF_H
#define BDRMON_STRBUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct strbuf {
	char *text; /* borrowed */
	size_t size, length;
	bool cut;
};

/* A strbuf over the array ARRAY. */
#define STRBUF(array) strbuf_over((array), sizeof(array))

struct strbuf strbuf_over(char *memory, size_t size);
void strbuf_add_char(struct strbuf *buf, char c);
void strbuf_add(struct strbuf *buf, const char *text);
void strbuf_add_bytes(struct strbuf *buf, const char *bytes, size_t length);
void strbuf_printf(struct strbuf *buf, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* NUMBER with its last PLACES digits behind the point: -1500 with three is "-1.500". */
void strbuf_add_decimal(struct strbuf *buf, int64_t number, int places);

/* Copy TEXT into ARRAY; true if all of it fitted. */
#define COPY_TEXT(array, text) copy_text((array), sizeof(array), (text))
bool copy_text(char *to, size_t size, const char *text);

/* The same, on one line: each run of white space and control characters (libpq's
 * messages hold line feeds and tabs) becomes one blank, none at either end, and each byte
 * that is no UTF-8 a question mark: a server may say anything. */
#define COPY_LINE(array, text) copy_line((array), sizeof(array), (text))
bool copy_line(char *to, size_t size, const char *text);

#endif
