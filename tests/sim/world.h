/* SPDX-License-Identifier: PostgreSQL */
/* world.h - a small world under a virtual clock: two servers, monitors, proxies and an
 * arbiter on hosts with a network between them. Event-driven, one thread, no allocation;
 * all chance comes from one seed, so that a seed tells the same story each time.
 *
 * Time is in microseconds since the world's begin. A monitor's own clock differs from it by
 * an offset, so that nothing works only because all clocks agree.
 */
#ifndef SIM_WORLD_H
#define SIM_WORLD_H

#include "told.h"

#include "bdrmon/decide.h"
#include "bdrmon/proxy_eyes.h"
#include "bdrmon/lookup.h"

/* ------------------------------------------------------------------- events */

enum event {
	EVENT_ARRIVE,  /* message INDEX reaches its host */
	EVENT_RESEND,  /* message INDEX was lost, and is sent again */
	EVENT_RETRY,   /* message INDEX, a test, waits in a proxy for a server */
	EVENT_TIMEOUT, /* the call on channel INDEX of monitor WHO, SERIAL */
	EVENT_TIMER,   /* timer INDEX of monitor WHO */
	EVENT_COMMAND, /* command INDEX begins or ends */
	EVENT_APP,     /* the applications of proxy WHO work */
	EVENT_FAULT,   /* fault INDEX strikes */
	EVENT_HEAL,    /* fault INDEX heals */
	EVENT_STARTED, /* the server on host WHO takes sessions; SERIAL is its boot */
	EVENTS
};

struct happening {
	int64_t at;
	uint32_t order; /* what happens at the same time happens in the order of posting */
	uint32_t serial;
	uint8_t event, who;
	uint16_t index;
};

#define HAPPENINGS_MAX 4096

/* ----------------------------------------------------------------- messages */

enum ask {
	ASK_PROBE,  /* a monitor's probe of a server */
	ASK_RELAY,  /* only the relay, over the held session */
	ASK_LOCK,   /* the claim */
	ASK_READ,   /* the record, over the session of the claim */
	ASK_WRITE,  /* the record, the same way */
	ASK_UNLOCK, /* give the claim back */
	ASK_ACTIVATE,
	ASK_ARBITER,
	ASK_LOOK, /* at a proxy: console and file */
	ASK_PING, /* its console */
	ASK_TEST, /* a query through a probe alias, or through the applications' */
	ASK_FILE, /* read the file with the aliases */
	ASK_REPLACE,
	ASK_RELOAD,
	ASK_SET,    /* server_login_retry */
	ASK_ELECT,  /* repmgrd: set the flag in the survivor's shared memory */
	ASK_SCRIPT, /* repmgrd's command: rewrite the file, RELOAD */
	ASK_END,    /* no question: the server has ended a session */
	ASKS
};

/* What one monitor publishes in its sessions. */
struct relayed {
	enum health health;
	/* When the question was asked, and when applications last worked on the node through
	 * a proxy: on the clock of the server where this stands. */
	int64_t asked, used;
};

#define NO_DATE INT64_MIN

struct row {
	bool set;
	int64_t stamp; /* when it was published, on the server's clock; state_change */
	struct relayed sight[NODES];
};

/* The latest failure that a server has recorded of the other one. */
struct stored {
	uint64_t epoch;
	enum stage stage;
	unsigned runs, recent;
	int64_t until_ms, started_us;
};

/* A question on its way, and then its answer. */
struct message {
	uint8_t ask, monitor, channel, from, to, target, tries, alias;
	bool used, reply, fresh, waiting, published, done, works, won, level;
	uint32_t incarnation, serial, session, boot;
	int64_t sent, give_up; /* the asker forgets it after that */
	enum outcome outcome;
	int64_t number; /* of ASK_SET, answers: what the word says */
	unsigned route;
	uint64_t count;
	struct stored stored;
	bool active[NODES];
	struct proxy_file file, old;
	struct arbiter_key key, give_up_key;
	int64_t server_now;
	struct row row[MONITORS];
	struct row mine;
};

#define MESSAGES_MAX 1024

/* ------------------------------------------------------------------ servers */

#define PARKED_MAX 128

struct lock {
	bool held;
	uint8_t monitor;
	uint32_t incarnation, session;
	int64_t last; /* its holder's last statement */
};

struct server {
	bool running, frozen, full, denied;
	int starting;        /* so many starts are under way */
	int64_t slow, clock; /* it answers so late; its clock is wrong by so much */
	uint32_t boot;
	int64_t level_at;       /* it has caught up then */
	bool reset_from[HOSTS]; /* a firewall answers with RST */
	struct stored stored;
	bool active[NODES];
	struct lock lock;
	struct row row[MONITORS];
	bool elected[NODES]; /* repmgrd's flag for the failure of that node */
	uint16_t parked[PARKED_MAX], parked_count;
};

struct arbiter {
	bool present, running;
	struct arbiter_key key;
	struct row row[MONITORS];
};

/* ------------------------------------------------------------------ proxies */

/* The pool behind one alias: PgBouncer's traps. */
struct pool {
	bool connected, failed, login;
	uint32_t boot;     /* of the server that it is connected to */
	int64_t stuck_at;  /* a query did not get through last then */
	int64_t failed_at; /* the last login failed then: until retry the answer is no */
	int64_t login_at;  /* one is under way since */
	int syns;
};

enum alias { ALIAS_PROBE_A, ALIAS_PROBE_B, ALIAS_APP, ALIASES };

struct proxy {
	bool present, running;
	uint8_t host;
	struct proxy_file file, older; /* and as it was before its last change */
	unsigned route;
	int64_t login_retry;
	struct pool pool[ALIASES];
	uint64_t count;     /* transactions of applications */
	bool serves;        /* the last one worked, */
	int64_t since;      /* and so, or not, it is since then */
	int64_t worst;      /* the longest outage */
	int64_t hung;       /* a test of the other node hung last then */
	int64_t late_write; /* ssh delays a replacement of the file by so much */
	uint64_t told;      /* the epoch of its file of which the proof was told */
	unsigned moves, harm;
};

/* ----------------------------------------------------------------- monitors */

/* One question at a time on each channel. */
enum channel {
	CHANNEL_PROBE = 0,
	CHANNEL_RELAY = CHANNEL_PROBE + NODES,
	CHANNEL_CLAIM = CHANNEL_RELAY + NODES,
	CHANNEL_FLAG = CHANNEL_CLAIM + NODES,
	CHANNEL_ARBITER = CHANNEL_FLAG + NODES,
	CHANNEL_LOOK,
	CHANNEL_PING = CHANNEL_LOOK + PROXIES,
	CHANNEL_TEST = CHANNEL_PING + PROXIES,
	CHANNEL_MOVE = CHANNEL_TEST + PROXIES * NODES,
	CHANNEL_SET = CHANNEL_MOVE + PROXIES,
	CHANNELS = CHANNEL_SET + PROXIES
};

enum timer {
	TIMER_DECIDE,
	TIMER_HURRY,
	TIMER_CLAIM,
	TIMER_ARBITER,
	TIMER_PROBE,
	TIMER_LOOK = TIMER_PROBE + NODES,
	TIMERS = TIMER_LOOK + PROXIES
};

struct channel_state {
	uint32_t serial;
	bool busy;
};

/* A node worker. */
struct worker {
	bool held; /* a session */
	uint32_t boot;
	struct instant asked, ask;
	int probes;
	struct sight published[NODES]; /* what its session says */
};

/* A proxy worker. */
struct looker {
	bool looking, console;
	struct instant began, asked[NODES], ask;
	unsigned tests, hung; /* bits: not answered yet; hung */
	struct proxy_eyes eyes;
	int64_t retry_seen;
	enum login_retry retry_wanted;
	struct move_order order;
	struct move_progress move;
	bool moving;
	int64_t move_again;
};

struct claimant {
	uint32_t session[NODES];
	bool wanted, asked_at_once;
	unsigned failed;
	struct record_order record;
	struct instant statement; /* the last one that was answered was sent then */
	struct instant retry;
	bool activate[NODES];
	struct instant flagged[NODES]; /* it was asked for on that node last then */
};

/* When a peer's row on a server, or at the arbiter, was first seen, on the reader's clock. */
struct row_seen {
	int64_t stamp;
	struct instant at;
};

/* What a server said of its clock last, and when that was heard. */
struct clock_heard {
	struct instant heard;
	int64_t said;
};

struct monitor {
	bool present, running, repmgrd;
	uint8_t host;
	uint32_t incarnation;
	int64_t offset;
	int64_t stalled_until;
	bool stepped; /* its clock was set since its last decision */
	struct channel_state channel[CHANNELS];
	int64_t timer[TIMERS];
	struct worker worker[NODES];
	struct looker looker[PROXIES];
	struct claimant claimant;
	struct row_seen row_seen[NODES + 1][MONITORS];
	struct clock_heard clock[NODES + 1];
	struct instant flag[NODES]; /* when this server was read to say that all are active */
	bool flag_active[NODES][NODES];
	unsigned peers[PEERS_MAX]; /* peer's index -> monitor */
	struct arbiter_key reserve, give_up;
	struct arbiter_key seen_key;
	struct memory memory;
	struct decide_policy policy;
	struct view view;
	struct {
		bool failing[NODES], done[NODES];
		int tries;
		unsigned turn;
		bool scripting, electing;
		unsigned failed, proxy;
	} old; /* repmgrd's algorithm */
};

/* ---------------------------------------------------------------- commands */

struct command {
	bool used, running;
	uint8_t monitor;
	uint32_t incarnation;
	unsigned failed, run;
	uint64_t epoch;
	int64_t begin, end;
	bool killed;
};

#define COMMANDS_MAX 64

/* ---------------------------------------------------------------- the world */

struct world {
	int64_t now;
	uint64_t random;
	struct story story;
	bool cut[HOSTS][HOSTS];
	uint8_t loss[HOSTS][HOSTS]; /* percent */
	int64_t extra[HOSTS][HOSTS];
	bool dead[HOSTS];
	struct server server[NODES];
	struct proxy proxy[PROXIES];
	struct arbiter arbiter;
	struct monitor monitor[MONITORS];
	struct command command[COMMANDS_MAX];
	unsigned commands;
	int64_t command_takes;
	int64_t fault_at;            /* the last fault struck, or healed, then */
	int64_t healed_at;           /* the last one has healed; FOREVER: not yet */
	int64_t well_since;          /* nothing is left to be done; FOREVER: something is */
	int64_t blind[HOSTS][NODES]; /* the last moment at which this host could not use it */
	uint64_t done_epoch[NODES];  /* by recorder: its failure up to here is done */
	int64_t dead_since[HOSTS];
	int64_t claim_at[NODES]; /* by recorder: the lock was granted last then */
	bool trap_set;           /* a fault waits for a stage or a step */
	struct outcome_of_story out;
	bool talks; /* print what happens */

	uint32_t order;
	unsigned happenings;
	struct happening heap[HAPPENINGS_MAX];
	unsigned free_count;
	uint16_t free[MESSAGES_MAX];
	struct message message[MESSAGES_MAX];
	struct decision decision;
};

void world_run(struct world *w, const struct story *story, bool talks);

/* A moment on monitor M's clock, and back. */
static inline struct instant mono(const struct world *w, unsigned m)
{
	return (struct instant) { w->now + w->monitor[m].offset };
}

void post(struct world *w, int64_t at, enum event event, unsigned who, unsigned index,
	  uint32_t serial);
uint32_t chance(struct world *w, uint32_t below);
void tell(struct world *w, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
