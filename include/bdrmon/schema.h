/* SPDX-License-Identifier: PostgreSQL */
/* schema.h - create what is missing of our tables on one node: repmgr's, by its extension if
 * that can be had, and our own.
 *
 *   repmgr.nodes, repmgr.events, repmgr.show_nodes   as repmgr 4 and 5 have them
 *   bdrmon.failure   one row for each failure that a monitor has recorded, written only by
 *                    the node that is its recorder
 *   bdrmon.meta      the number of the protocol that the monitors speak
 *
 * Threads: the one that has the session.
 */
#ifndef BDRMON_SCHEMA_H
#define BDRMON_SCHEMA_H

#include "bdrmon/store.h"

/* Monitors that differ in this must not work together. */
#define SCHEMA_PROTOCOL "1"

/* Tell what is done, or with a dry run would be done: one line without a full stop. */
typedef void schema_tell_fn(void *argument, const char *text);

/* Within a transaction (store_begin()) create what is missing; nothing if all is there. With
 * DRY_RUN only tell. Lets TELL, which may be NULL, know of what is worth a notice.
 *
 * Errors:  ERR_CONFIG  another protocol is in use there
 *          as session_query(); err says what could not be done
 */
enum status schema_ensure(struct store *store, bool dry_run, schema_tell_fn *tell, void *argument,
			  struct error *err);

/* Is the table repmgr.nodes there? Errors: as session_query(), with ERR. */
enum status schema_has_nodes(struct store *store, bool *has, struct error *err);

/* BDR only: let the rows of our tables travel, by a replication set "repmgr" of which NODE, by
 * its name there, is a member.
 * Errors: as session_query(), with ERR. */
enum status schema_share(struct store *store, const char *node, struct error *err);

/* Find out which grants the session's role lacks for all that bdrmon does there.
 * Errors:  ERR_CONFIG  some; the hint of ERR names them
 *          as session_query(), with ERR */
enum status schema_check_grants(struct store *store, struct error *err);

#endif
