/* SPDX-License-Identifier: PostgreSQL */
/* known.h - the other node's record, kept in the state directory: whoever knows the
 * other node from repmgr.nodes alone must still know it when the local node, which
 * holds that table, is down.
 */
#ifndef BDRMON_KNOWN_H
#define BDRMON_KNOWN_H

#include "bdrmon/error.h"
#include "bdrmon/node_record.h"

/* Whose record it is: one of another cluster or of another own node is not taken. The
 * texts are borrowed. */
struct known_place {
	const char *directory;
	const char *cluster;
	int own_id;
};

/* Keep OTHER, in a way that a crash leaves the old record or the new one.
 * Errors: ERR_SYSTEM. Threads: one at a time. */
enum status known_save(const struct known_place *place, const struct node_record *other,
		       struct error *err);

/* Give back what was kept. OTHER is untouched if there is nothing of use.
 * Errors: ERR_SYSTEM  as with statefile_load() */
enum status known_load(const struct known_place *place, struct node_record *other,
		       struct error *err);

#endif
