/* SPDX-License-Identifier: PostgreSQL */
/* proxies.h - the lists in a section [pgbouncer NAME], item by item. Pure. */
#ifndef CONFIG_PROXIES_H
#define CONFIG_PROXIES_H

#include "bdrmon/limits.h"

#include <stdbool.h>

/* An item of `targets'. */
struct target_item {
	char node[NAME_TEXT_MAX];
	char host[TARGET_HOST_MAX];
	char port[TARGET_PORT_MAX];
};

/* The next item of the list TARGETS into ITEM; false: there is none any more.
 * fine  written if there is one; false: it is not NODE=HOST:PORT, and ITEM is undefined */
bool target_next(const char **targets, struct target_item *item, bool *fine);

/* Would PgBouncer read NAME as that of an alias? Its reader of ini files takes these characters
 * only, and no quotes. (libusual, cfparser.c) */
bool alias_is_readable(const char *name);

#endif
