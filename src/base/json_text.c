/* SPDX-License-Identifier: PostgreSQL */
#include "bdrmon/json_text.h"

#include "bdrmon/utf8.h"

#include <string.h>

#define REPLACEMENT "\\ufffd"

void json_add_text(struct strbuf *out, const char *text)
{
	size_t length = strlen(text);

	strbuf_add_char(out, '"');
	for (size_t i = 0; i < length; i++) {
		unsigned char c = (unsigned char)text[i];
		if (c == '"' || c == '\\') {
			strbuf_printf(out, "\\%c", c);
		} else if (c < ' ' || c == 0x7f) {
			strbuf_printf(out, "\\u%04x", (unsigned)c);
		} else if (c < 0x80) {
			strbuf_add_char(out, (char)c);
		} else {
			/* A server may send what is no UTF-8, and a text may have been cut. */
			size_t wide = utf8_length(text + i, length - i);
			if (wide == 0) {
				strbuf_add(out, REPLACEMENT);
				continue;
			}
			strbuf_add_bytes(out, text + i, wide);
			i += wide - 1;
		}
	}
	strbuf_add_char(out, '"');
}
