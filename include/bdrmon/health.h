/* SPDX-License-Identifier: PostgreSQL */
/* health.h - from single outcomes to a health: the history of one node. Pure.
 *
 *   unknown -> up -> suspect -> down -> recovering -> up
 *
 * The first failed probe, or the end of the held session, makes a node suspect and
 * starts attempt 1 at once. Attempt k starts at the later of attempt 1 +
 * (k-1) x reconnect_interval and the end of attempt k-1. When reconnect_attempts of them
 * have failed, the node is down. (DESIGN, Probes and health.)
 *
 * A server that says that it is starting or stopping is there: for restart_grace from
 * the first doubt on such an answer is no failure, so that a restart, with the short
 * time between in which nobody listens, is none either. After that it is down.
 */
#ifndef BDRMON_HEALTH_H
#define BDRMON_HEALTH_H

#include "bdrmon/probe_result.h"

enum health {
	HEALTH_UNKNOWN,
	HEALTH_UP,
	HEALTH_SUSPECT,
	HEALTH_DOWN,
	HEALTH_RECOVERING, /* it was down and has not been up for recovery_hold yet */
	HEALTHS
};

const char *health_name(enum health health); /* "up" */

struct health_policy {
	int attempts;                /* reconnect_attempts */
	int64_t attempt_interval_ms; /* reconnect_interval */
	int64_t interval_ms;         /* monitor_interval_secs */
	int64_t restart_grace_ms;    /* so long "starting" and "stopping" do not count */
	int64_t recovery_hold_ms;
	outcome_set act_on; /* faults that count as failures all the same */
	bool fast;          /* fast_failover: conclusive evidence spares the remaining attempts */
};

/* Attempts follow each other no faster, whatever reconnect_interval says. */
#define ATTEMPT_PAUSE_MIN_MS 10

/* So often is a node asked that is down because nobody listens there. */
#define RETURN_EVERY_MS 500

struct history {
	enum health health;
	struct instant since; /* of this health */

	/* Of the present or the last doubt: */
	struct instant doubt_since;   /* when the node became suspect */
	struct instant first_attempt; /* when attempt 1 was asked; never: not yet */
	int tries;                    /* attempts without success, */
	int attempts;                 /* and those of them that were failures */
	struct instant evidence;      /* to act on this doubt, what is known of the other node
				       * must have been asked after this */
	bool ended_by_server;         /* the server itself ended the held session */
	bool refused;                 /* and the last attempt was refused */

	bool returning;          /* was down, and recovery_hold is not over */
	struct instant ok_since; /* of the present unbroken run of answers */
	unsigned reconnects;     /* doubts that ended well after a failed attempt, so far */
	int64_t reconnect_ms;    /* how long the last one of these lasted */
};

/* The held session has ended without our doing. BY_SERVER: by end of file or 57P01,
 * not by a reset or a timeout. In a node that is suspect already, or down, this is only
 * evidence for history_conclusive(). */
void history_doubt(struct history *history, struct instant now, bool by_server);

/* Fold one more result into the history. */
void history_fold(struct history *history, const struct probe_result *result,
		  const struct health_policy *policy);

/* When the probe after LAST, which was folded in, is due. */
struct instant history_next(const struct history *history, const struct health_policy *policy,
			    const struct probe_result *last);

/* The server's own kernel says that nobody listens any more: its postmaster ended
 * my session and new connections are refused since. A refusal alone says nothing, a
 * firewall can answer so (two-node rules, Failure domains). */
bool history_conclusive(const struct history *history);

#endif
