/* SPDX-License-Identifier: PostgreSQL */
/* votes.h - what all vantages say about one node, counted by failure domains. Pure.
 * (two-node rules, Failure domains)
 */
#ifndef BDRMON_VOTES_H
#define BDRMON_VOTES_H

#include "bdrmon/memory.h"

enum vantage {
	VANTAGE_ME,
	VANTAGE_PEER,
	VANTAGE_PROXY,
	VANTAGE_ARBITER,
	VANTAGE_HOST, /* the subject's own: its kernel says that nobody listens */
	VANTAGES
};

const char *vantage_name(enum vantage vantage); /* "proxy" */

/* What a vantage says, the weakest first: of two in one domain the stronger one counts. */
enum voice {
	VOICE_SILENT,    /* nothing that is young enough */
	VOICE_REFUSES,   /* an arbiter that is reserved for another failure */
	VOICE_UNSURE,    /* suspect; or down, by evidence from before my claim; or an arbiter that
			  * can be asked to consent, and has not been yet */
	VOICE_CONSENTS,  /* down */
	VOICE_UP_BEFORE, /* up, by evidence from before my first failed probe */
	VOICE_VETOES,    /* up, by younger evidence */
	VOICES
};

const char *voice_name(enum voice voice); /* "consents" */

struct testimony {
	enum vantage vantage;
	unsigned index; /* of the peer, proxy or arbiter */
	unsigned domain;
	enum voice voice;
	enum health health;
	struct instant evidence; /* as old as that; never: none */
};

#define TESTIMONIES_MAX (1 + PEERS_MAX + PROXIES_MAX + ARBITERS_MAX + 1)

struct votes {
	unsigned count;
	struct testimony testimony[TESTIMONIES_MAX];
	domain_set domains;      /* a majority is counted of them, silent ones included */
	domain_set says[VOICES]; /* each of them is in one of these sets */
	/* Where a third opinion can come from: the domains of all vantages, my own and the
	 * subject's host apart; and that host. */
	domain_set thirds, host;
};

/* Ask all vantages about SUBJECT. */
void votes_count(struct votes *votes, const struct memory *memory, const struct view *view,
		 unsigned subject, const struct decide_policy *policy);

/* More than half of all domains are in SET. */
bool votes_majority(const struct votes *votes, domain_set set);

/* May on_no_quorum=act stand in for the majority, if the domains of SET consent? Every
 * other one must be silent; and where a third opinion can come from, one must be heard, or
 * the subject's own host must consent: if all are silent, I am the one who is cut off. */
bool votes_reach(const struct votes *votes, domain_set set);

/* The moment after which evidence about SUBJECT must have been asked for to count under the
 * claim for it; never: I do not hold it. */
struct instant votes_since(const struct view *view, unsigned subject);

#endif
