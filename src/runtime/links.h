/* SPDX-License-Identifier: PostgreSQL */
/* links.h - what both nodes say of the replication between them, put together. Pure.
 *
 * A link has two ends, and each is asked only what it can know: who receives may say that it
 * runs while the other end hangs, and who sends may not know how far the other one has got.
 */
#ifndef BDRMON_RUNTIME_LINKS_H
#define BDRMON_RUNTIME_LINKS_H

#include "worker.h"

/* Does anything replicate here, as far as it is known? */
bool links_watched(const struct worker_cell cell[NODES]);

/* Since when the nodes have been seen to replicate both ways, with MAX_LAG_BYTES at most to
 * come: when the older of the two answers was asked for. Never: they are not seen so. */
struct instant links_level(const struct worker_cell cell[NODES], int64_t max_lag_bytes);

/* So many bytes had FAILED written, when it was asked last, that the other node has not
 * received, as far as that one has said; REPL_UNKNOWN_NUMBER: it is not known. */
int64_t links_at_risk(const struct worker_cell cell[NODES], unsigned failed);

/* Do both nodes answer, one of them not for long, and the links are seen not to be up? Then
 * they may
 * be asked to connect at once, and not when their own pauses are over. */
bool links_wait(const struct view *view, const struct worker_cell cell[NODES]);

#endif
