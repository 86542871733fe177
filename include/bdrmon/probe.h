/* SPDX-License-Identifier: PostgreSQL */
/* probe.h - ask one node whether it works. A prober belongs to one thread and
 * holds one session open from probe to probe.
 */
#ifndef BDRMON_PROBE_H
#define BDRMON_PROBE_H

#include "bdrmon/limits.h"
#include "bdrmon/session.h"

struct prober {
	char conninfo[CONNINFO_MAX];
	struct session *held;     /* NULL: none; usable whenever no probe runs */
	struct instant connected; /* when the held session was opened */
};

/* Ask once. FRESH: over a new connection, which then takes the place of the held
 * one; otherwise over the held one, if there is one.
 *
 * result  written unless ERR_STOPPED; an outcome other than ok is no error
 *
 * Errors:  ERR_STOPPED
 */
enum status probe_ask(struct prober *prober, bool fresh, const struct pg_wait *wait,
		      struct probe_result *result);

/* Close the held session, if there is one. */
void probe_drop(struct prober *prober);

#endif
