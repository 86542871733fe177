/* SPDX-License-Identifier: PostgreSQL */
/* utf8.h - what of a text is valid UTF-8. Pure. */
#ifndef BDRMON_UTF8_H
#define BDRMON_UTF8_H

#include <stddef.h>

/* The length of the valid character of at least two bytes at TEXT, which has LENGTH
 * bytes; 0 if there is none. U+0080 to U+009F, which are control characters, count as
 * none. Source: RFC 3629, 4 */
size_t utf8_length(const char *text, size_t length);

#endif
