/* SPDX-License-Identifier: PostgreSQL */
/* name_query.h - ask for a host's addresses in a thread of its own, since
 * getaddrinfo() knows no deadline: a silent name server holds it for 10 s and more.
 *
 * The asking thread never waits for the other one. Whichever lets go last frees.
 */
#ifndef BDRMON_PG_NAME_QUERY_H
#define BDRMON_PG_NAME_QUERY_H

#include "bdrmon/resolve.h"

struct name_query;

/* Start asking for HOST.
 * query   written on OK only; end it with name_query_drop()
 * Errors: ERR_SYSTEM */
enum status name_query_start(const char *host, struct name_query **query, struct error *err);

/* Is the answer there? */
bool name_query_over(const struct name_query *query);

/* Readable when it is. */
int name_query_fd(const struct name_query *query);

/* The host that was asked for. */
const char *name_query_host(const struct name_query *query);

/* Take the answer, which is there.
 * found    written on OK only, with one address or more
 * Errors:  ERR_SERVER  err says why, without the host */
enum status name_query_answer(const struct name_query *query, struct address_list *found,
			      struct error *err);

/* Let go of QUERY, which may be NULL. A thread that still waits for a name server goes
 * on by itself, and frees what it uses when it ends. Never blocks. */
void name_query_drop(struct name_query *query);

#endif
