/* SPDX-License-Identifier: PostgreSQL */
/* proxy.h - one PgBouncer: look at it, and move it. A proxy belongs to one thread, which these
 * calls block, each wait with a deadline. What they find is in its view; what is to be done,
 * and when, is for others to say.
 * Source: facts on active-active and PgBouncer, measured with PgBouncer 1.18
 */
#ifndef BDRMON_PROXY_H
#define BDRMON_PROXY_H

#include "bdrmon/file_place.h"
#include "bdrmon/proxy_eyes.h"
#include "bdrmon/proxy_text.h"
#include "bdrmon/resolve.h"
#include "bdrmon/routes.h"
#include "bdrmon/strbuf.h"

/* What must be known of it. */
struct proxy_setup {
	char name[NAME_TEXT_MAX];
	char conninfo[CONNINFO_MAX];       /* of the admin console */
	char probe_conninfo[CONNINFO_MAX]; /* of a client; its database is replaced */
	struct file_place place;
	struct proxy_aliases aliases;
	struct proxy_eyes_policy eyes;
	struct move_policy move;
	int64_t interval_ms; /* between two reads of the file */
	int64_t fresh_ms;    /* so often a test is a new client's in any case */
	int64_t hold_max_ms; /* early_pause_max; 0: applications are never held back */
};

/* What ends a wait. */
struct proxy_stop {
	int stop_fd; /* readable: everything must end */
	/* Readable: that, or there may be something better to do than a test that hangs. Then
	 * leave(argument) is asked, which must make it unreadable; true: give the look up. */
	int news_fd;
	bool (*leave)(void *argument);
	void *argument;
};

/* server_login_retry, in seconds as PgBouncer counts it. */
struct proxy_retry {
	double runs;          /* as read last; negative: not read */
	double own;           /* what it was before anybody of us touched it; negative: not known */
	struct instant naked; /* since when it is seen to be bare, which nobody may leave so */
};

/* A setting that is another one for a moment of a move. */
struct proxy_borrowed {
	double own;          /* what it is when nobody of us has touched it; negative: not known */
	struct instant left; /* since when our value is seen, which nobody may leave so */
	bool lost;           /* it is not its own, and that is not known */
};

/* Applications that are held back. */
struct proxy_hold {
	struct instant since; /* by us; never: they are not */
	bool spent;           /* we have, and shall not again before it was not wanted */
	bool paused;          /* they are, by anybody */
	bool by_hand;         /* by an operator */
	struct instant left;  /* since when a pause of another bdrmon is seen */
};

/* More are not looked after: the databases that PgBouncer has made of the fallback. */
#define FALLBACKS_MAX 64

struct proxy {
	struct proxy_setup setup;
	struct proxy_view view;
	bool fallback; /* "*" is among its aliases */
	bool answers;  /* the console did, last */
	/* Without probe aliases that run it sees only the node that it points to. */
	bool one_eyed;
	char reason[REASON_MAX]; /* why the console does not answer; empty: it does */
	char odd[REASON_MAX]; /* what is wrong with what runs, or with the file; empty: nothing */
	char file_reason[REASON_MAX]; /* why the file cannot be read or changed; empty: it can */

	/* For the files of src/proxy: */
	char made_of_fallback[FALLBACKS_MAX][NAME_TEXT_MAX]; /* databases, as they were seen last */
	unsigned made_count;
	char file_odd[REASON_MAX]; /* what is wrong with the file, as it was read last */
	struct session *console;
	struct session *held[NODES]; /* clients that have asked, for the next question */
	struct instant held_since[NODES];
	struct resolver console_resolver, probe_resolver;
	struct proxy_eyes eyes;
	struct proxy_retry retry;
	struct proxy_borrowed limit, pool; /* query_timeout, max_db_connections */
	struct proxy_hold hold;
	struct move_done
		unproven; /* a move whose proof is still wanted; rule NULL: there is none */
	struct instant unproven_since; /* when it began */
	struct instant lost; /* since when a setting is lost, or from when on that counts */
	struct instant file_due;
	struct file_copy *copy; /* on the heap */
	char *made;             /* the same: PROXY_TEXT_MAX bytes */
};

/* Begin with SETUP, of which nothing is known yet. PROXY is all zero, or was closed. */
enum status proxy_open(struct proxy *proxy, const struct proxy_setup *setup, struct error *err);
void proxy_close(struct proxy *proxy);

/* The socket of the console's session, to sleep on; -1: there is none. When it is readable: */
int proxy_fd(const struct proxy *proxy);
void proxy_listen(struct proxy *proxy);

/* Look: the console, its settings, a test of both nodes, now and then the file. LOGIN_RETRY is
 * set on the way if it is not so. Everything that is found is in PROXY.
 * Errors: ERR_STOPPED  also if it was given up for something better; nothing is known then */
enum status proxy_look(struct proxy *proxy, enum login_retry login_retry,
		       const struct proxy_stop *stop);

/* Hold applications back if it is WANTED, for hold_max_ms at most, or let them go on. A move lets
 * them go on by itself. */
void proxy_hold(struct proxy *proxy, bool wanted, int stop_fd);

/* Would that do anything now? And when it will by itself: at the end of the time; never: not. */
bool proxy_hold_due(const struct proxy *proxy, bool wanted);
struct instant proxy_hold_end(const struct proxy *proxy);

/* How a move went. */
struct proxy_moved {
	struct move_progress progress;
	enum move_step failed_at;    /* the step at which it ended otherwise than with proof */
	char reason[REASON_MAX];     /* why, if a step failed; empty: nothing to say */
	int64_t took_us[MOVE_STEPS]; /* by step; 0: it was not gone through */
};

/* Move it by ORDER. STARTED_US: the pg_postmaster_start_time() of the nodes, as their own
 * workers have seen it: the proof must show it. 0: not known, what the test of the new node shows
 * counts.
 * Errors: ERR_STOPPED  in the middle; what was set for a while has been set back */
enum status proxy_move(struct proxy *proxy, const struct move_order *order,
		       const int64_t started_us[NODES], const struct proxy_stop *stop,
		       struct proxy_moved *moved);

/* After a look: ask once more for the proof of a move that had none, if the proxy still points
 * there. True: it is there now, and the move counts. */
bool proxy_prove(struct proxy *proxy, const int64_t started_us[NODES],
		 const struct proxy_stop *stop);

/* Is that as it should be? Not only with proof: another monitor was faster, or the node is back. */
bool proxy_moved_well(const struct proxy_moved *moved);

/* Add how it ended, "failed at step write: why", and each step that was gone through with its
 * time, "read 0.2 ms, write 3.1 ms". */
void proxy_moved_end(const struct proxy_moved *moved, struct strbuf *out);
void proxy_moved_times(const struct proxy_moved *moved, struct strbuf *out);

/* What adopting a proxy comes to: its file gets the probe aliases and the comment line, and
 * what it says is loaded. */
struct proxy_adopted {
	bool write;              /* the file has to be changed; false: it is as it should be */
	bool load;               /* RELOAD is needed; false, too: it is adopted already */
	struct proxy_file file;  /* what it says then */
	const char *text, *made; /* as it was, and is to be; the proxy's own, till the next */
	size_t text_length, made_length; /* call */
	bool tested;                     /* what follows is so: */
	bool serves[NODES];              /* a query through the probe alias was answered, */
	char reason[NODES][REASON_MAX];  /* or why it was not */
};

/* Adopt it, or with REHEARSE only see what that would come to. Where it points does not change:
 * it is refused unless the file and what runs agree about that. If PgBouncer does not take the
 * new file over, the old one is put back.
 *
 * adopted  always written as far as it came
 * Errors:  ERR_CONFIG  the file, or what runs, is not fit for it
 *          ERR_TAKEN   somebody else changed the file meanwhile
 *          ERR_SYSTEM  the file cannot be read or replaced
 *          ERR_SERVER, ERR_TIMEOUT  the console, or either of these
 *          ERR_STOPPED */
enum status proxy_adopt(struct proxy *proxy, bool rehearse, const struct proxy_stop *stop,
			struct proxy_adopted *adopted, struct error *err);

/* What else there is to know of its file. */
struct proxy_inspected {
	bool readable; /* false: proxy->file_reason says why, and the rest is nothing */
	struct proxy_said said;
	bool adopted; /* nothing is to be done to adopt it, and that runs */
};

/* proxy_look(), and its file in any case. Errors: ERR_STOPPED */
enum status proxy_inspect(struct proxy *proxy, const struct proxy_stop *stop,
			  struct proxy_inspected *inspected);

#endif
