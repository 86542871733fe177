/* SPDX-License-Identifier: PostgreSQL */
/* resolve.h - from a host's name to its addresses, with a deadline.
 *
 * The name is asked for anew for each connection, since a node may move. A node
 * must not be given up because its name server is: when no answer comes in time, or
 * "no such name", the addresses of the last answer are used, and the log says so once.
 */
#ifndef BDRMON_RESOLVE_H
#define BDRMON_RESOLVE_H

#include "bdrmon/session.h"

#define HOST_TEXT_MAX    256 /* longer than any name that DNS can hold */
#define ADDRESSES_MAX    8   /* of one name; further ones are not tried */
#define ADDRESS_TEXT_MAX 64  /* a numeric IPv6 address with its zone */

/* In the order in which they should be tried. */
struct address_list {
	unsigned count;
	char address[ADDRESSES_MAX][ADDRESS_TEXT_MAX];
};

/* It belongs to one thread, and starts as all zero. It has one helping thread at most:
 * while that one waits for a name server no other is started. */
struct resolver {
	struct name_query *query; /* whose answer was not taken yet; NULL: none */
	char host[HOST_TEXT_MAX]; /* that these are the addresses of */
	struct address_list known;
	bool told; /* that these are used though the name cannot be resolved */
};

/* Give the addresses of HOST.
 *
 * list     written on OK only, with one address or more
 * failure  written unless OK or ERR_STOPPED
 *
 * Errors:  ERR_TIMEOUT, ERR_STOPPED, ERR_SERVER (the name has no address)
 */
enum status resolver_ask(struct resolver *resolver, const char *host, const struct pg_wait *wait,
			 struct address_list *list, struct pg_failure *failure);

/* Forget everything. Never blocks: a helping thread ends by itself. */
void resolver_close(struct resolver *resolver);

#endif
