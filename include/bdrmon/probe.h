/* SPDX-License-Identifier: PostgreSQL */
/* probe.h - ask one node whether it works. A prober belongs to one thread and
 * holds one session open from probe to probe.
 */
#ifndef BDRMON_PROBE_H
#define BDRMON_PROBE_H

#include "bdrmon/limits.h"
#include "bdrmon/resolve.h"

struct prober {
	char conninfo[CONNINFO_MAX];
	bool write; /* also commit something */
	struct resolver resolver;
	struct session *held;     /* NULL: none; usable whenever no probe runs */
	struct instant connected; /* when the held session was opened */
};

/* Ask once, in one round trip. FRESH: over a new connection, which then takes the place
 * of the held one; otherwise over the held one, if there is one.
 *
 * A node that would refuse to write is read-only. With `write' it has also committed a
 * logical message, which needs no table and PostgreSQL 9.6 or later.
 *
 * result  written unless ERR_STOPPED; an outcome other than ok is no error
 *
 * Errors:  ERR_STOPPED
 */
enum status probe_ask(struct prober *prober, bool fresh, const struct pg_wait *wait,
		      struct probe_result *result);

/* Close the held session, if there is one. */
void probe_drop(struct prober *prober);

/* Close all that the prober has open. */
void probe_close(struct prober *prober);

#endif
