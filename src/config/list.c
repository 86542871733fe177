/* SPDX-License-Identifier: PostgreSQL */
#include "list.h"

#include <string.h>

bool list_next(const char **list, struct strbuf *item)
{
	const char *at = *list + strspn(*list, ", \t");
	size_t length = strcspn(at, ",");

	*list = at + length;
	while (length > 0 && (at[length - 1] == ' ' || at[length - 1] == '\t'))
		length--;
	*item = strbuf_over(item->text, item->size);
	strbuf_add_bytes(item, at, length);
	return length > 0;
}
