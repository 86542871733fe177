/* SPDX-License-Identifier: PostgreSQL */
#include "proxies.h"

#include "list.h"

#include "bdrmon/config.h"
#include "bdrmon/strbuf.h"

#include <stdlib.h>
#include <string.h>

#define DIGITS  "0123456789"
#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

/* NODE, "=", "[", HOST, "]", ":", PORT, blanks around the node and the host. */
#define ITEM_MAX (NAME_TEXT_MAX + TARGET_HOST_MAX + TARGET_PORT_MAX + 16)

bool alias_is_readable(const char *name)
{
	return name[0] != '\0' && name[strspn(name, DIGITS LETTERS "_.-*")] == '\0';
}

/* Copy the LENGTH bytes at FROM into TO; false: there are none, or too many. */
static bool take(char *to, size_t size, const char *from, size_t length)
{
	struct strbuf out = strbuf_over(to, size);

	strbuf_add_bytes(&out, from, length);
	return length > 0 && !out.cut;
}

static bool take_port(const char *text, char port[TARGET_PORT_MAX])
{
	if (text[strspn(text, DIGITS)] != '\0' || !take(port, TARGET_PORT_MAX, text, strlen(text)))
		return false;
	long number = strtol(text, NULL, 10);
	return number > 0 && number <= UINT16_MAX;
}

/* HOST:PORT, or [HOST]:PORT if it is an address with colons. */
static bool take_place(const char *text, struct target_item *item)
{
	bool brackets = text[0] == '[';
	const char *host = text + brackets;
	size_t length = strspn(host, brackets ? DIGITS LETTERS ".:%-_" : DIGITS LETTERS ".-_/");
	const char *end = host + length;

	if (brackets && *end++ != ']')
		return false;
	return *end == ':' && take(item->host, sizeof item->host, host, length) &&
	       take_port(end + 1, item->port);
}

bool target_next(const char **targets, struct target_item *item, bool *fine)
{
	char text[ITEM_MAX];
	struct strbuf whole = STRBUF(text);

	if (!list_next(targets, &whole))
		return false;
	char *equals = strrchr(text, '='); /* no host has one, but a name may */
	*fine = false;
	if (whole.cut || equals == NULL)
		return true;
	size_t length = (size_t)(equals - text);
	while (length > 0 && (text[length - 1] == ' ' || text[length - 1] == '\t'))
		length--;
	const char *place = equals + 1 + strspn(equals + 1, " \t");
	*fine = take(item->node, sizeof item->node, text, length) && take_place(place, item);
	return true;
}

unsigned config_aliases(const struct pgbouncer_config *proxy,
			char names[ALIASES_MAX][NAME_TEXT_MAX])
{
	const char *at = proxy->aliases;
	char name[NAME_TEXT_MAX];
	struct strbuf item = STRBUF(name);
	unsigned count = 0;

	while (list_next(&at, &item)) {
		if (count < ALIASES_MAX)
			copy_text(names[count], NAME_TEXT_MAX, name);
		count++;
	}
	return count;
}

bool config_target(const struct pgbouncer_config *proxy, const char *node,
		   char host[TARGET_HOST_MAX], char port[TARGET_PORT_MAX])
{
	const char *at = proxy->targets;
	struct target_item item;
	bool fine;

	while (target_next(&at, &item, &fine)) {
		if (!fine || strcmp(item.node, node) != 0)
			continue;
		copy_text(host, TARGET_HOST_MAX, item.host);
		copy_text(port, TARGET_PORT_MAX, item.port);
		return true;
	}
	return false;
}
