/* SPDX-License-Identifier: PostgreSQL */
/* list.h - a value that is a list with commas. Pure. */
#ifndef CONFIG_LIST_H
#define CONFIG_LIST_H

#include "bdrmon/strbuf.h"

/* The next item of the list at *LIST, without blanks around it, takes the place of what ITEM
 * holds; one that is too long is cut, as ITEM then says. Empty items are passed over. False:
 * there is none any more. */
bool list_next(const char **list, struct strbuf *item);

#endif
