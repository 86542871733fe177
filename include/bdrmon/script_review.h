/* SPDX-License-Identifier: PostgreSQL */
/* script_review.h - a notification command that re-points PgBouncer by itself, as the script does
 * that repmgr has published for two BDR nodes and many have taken over: what goes wrong with it.
 * Source: facts on real configurations (16 of 16 such scripts prove nothing, none touches
 * server_login_retry), and on PgBouncer
 */
#ifndef BDRMON_SCRIPT_REVIEW_H
#define BDRMON_SCRIPT_REVIEW_H

#include "bdrmon/limits.h"

#include <stdbool.h>
#include <stddef.h>

enum script_flaw {
	SCRIPT_LOGIN_RETRY, /* server_login_retry stays as it is */
	SCRIPT_PAUSE,       /* it waits for PAUSE */
	SCRIPT_NO_PROOF,    /* after RELOAD it does not look what runs */
	SCRIPT_IN_TURN,     /* one proxy after the other, without a deadline */
	SCRIPT_CONNINFO,    /* a node's conninfo becomes an alias */
	SCRIPT_WHOLE_FILE,  /* the file is written anew, with the aliases that the script knows */
	SCRIPT_FLAWS
};

struct script_review {
	bool repoints;  /* it has PgBouncer reload a file: only then there are flaws */
	bool published; /* it is repmgr's own, or made of it */
	bool flaw[SCRIPT_FLAWS];
};

const char *script_flaw_text(enum script_flaw flaw); /* for people */

/* Review the text of a script, LENGTH bytes, any. Pure. */
void script_review(const char *text, size_t length, struct script_review *review);

#define SCRIPT_TEXT_MAX (64 * 1024)

/* Find among the words of the notification COMMAND the first one that is a script which re-points
 * PgBouncer: a file given by its whole path, of at most SCRIPT_TEXT_MAX bytes, that can be read.
 * False, and nothing is written: there is none. */
bool script_find(const char *command, char path[PATH_TEXT_MAX], struct script_review *review);

#endif
