/* SPDX-License-Identifier: PostgreSQL */
/* failures.h - the claim, and the failures that are recorded under it in bdrmon.failure. All
 * is done on the node that records, over the one session that holds the claim: so nothing of
 * it can land after the claim is lost. (two-node rules, Acting)
 *
 * Errors: as session_query(), with store->failure. Threads: the one that has the session.
 */
#ifndef BDRMON_FAILURES_H
#define BDRMON_FAILURES_H

#include "bdrmon/events.h"
#include "bdrmon/limits.h"
#include "bdrmon/record.h"
#include "bdrmon/store.h"

/* Try to take the claim for a failure of node FAILED_ID. If somebody has it who has not said
 * anything over his session for LEASE_MS, by the server's clock, the session is ended first:
 * only one of the same role can be. */
enum status claim_try(struct store *store, int failed_id, int64_t lease_ms, bool *granted);

/* Give it back. */
enum status claim_release(struct store *store, int failed_id);

/* Read the latest failure of FAILED_ID that RECORDER_ID has recorded; `recent' stays. It is
 * what shows the others that the holder of the claim lives. */
enum status failures_read(struct store *store, int recorder_id, int failed_id,
			  struct record *record);

/* The row as it should be; the texts are borrowed. */
struct failure_row {
	int recorder_id, failed_id;
	uint64_t epoch;
	enum stage stage; /* `commanded' and `abandoned' comprise repmgr.nodes.active of the failed
			   * node on the recorder */
	unsigned runs;
	int64_t limit_ms; /* stage `commanded': a run has ended by then for certain */
	/* Of the first stage only, they stay: */
	bool confirmed;
	int64_t started_us;
	const char *evidence; /* why, as JSON; or NULL */
	const char *monitor;
	const struct event_row *event; /* written with it; or NULL */
};

/* Write ROW, in one transaction. RECORD is what stands there then, and when it was sent; as it
 * was after an error, when nobody knows. */
enum status failures_write(struct store *store, const struct failure_row *row,
			   struct record *record);

/* A failure as it is recorded; the texts are empty where there is none. */
#define EVIDENCE_TEXT_MAX 16384
struct failure_seen {
	int recorder_id, failed_id;
	int64_t epoch; /* 0: none is recorded */
	char stage[NAME_TEXT_MAX], monitor[NAME_TEXT_MAX];
	int runs;
	bool confirmed;
	int64_t since_us; /* since 1970 */
	char since[NAME_TEXT_MAX], until[NAME_TEXT_MAX], ended[NAME_TEXT_MAX];
	char evidence[EVIDENCE_TEXT_MAX]; /* JSON */
};

/* Read the failure EPOCH that the node has recorded, or with 0 the last one, whoever failed. A node
 * without our tables has none. */
enum status failures_find(struct store *store, int64_t epoch, struct failure_seen *seen);

/* The failures so far that RECORDER_ID has recorded do not count as flapping any more. */
enum status failures_acknowledge(struct store *store, int recorder_id);

#endif
