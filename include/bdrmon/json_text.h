/* SPDX-License-Identifier: PostgreSQL */
/* json_text.h - a text as JSON has it. Pure. */
#ifndef BDRMON_JSON_TEXT_H
#define BDRMON_JSON_TEXT_H

#include "bdrmon/strbuf.h"

/* Add TEXT as a string of JSON, with its quotes. What is no UTF-8 becomes U+FFFD.
 * Source: RFC 8259, 7 */
void json_add_text(struct strbuf *out, const char *text);

#endif
