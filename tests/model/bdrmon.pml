/* SPDX-License-Identifier: PostgreSQL
 *
 * The two-node rules of bdrmon as a transition system for spin: two nodes, a monitor on each one's host, up to two
 * proxies, at most one arbiter, and an adversary. README.md says what is in it and what is not.
 *
 * Every step of every actor is one d_step of a loop with one control state: between any two steps anything else can
 * happen. All state is global, so that a crash can wipe an actor. X is the node in doubt, Y the other one.
 */
#include "flags.pml"

#define OTHER(n)      (1 - (n))
#define BIT(mask, i)  (((mask) >> (i)) & 1)
#define MAX(a, b)     ((a) > (b) -> (a) : (b))
#define MIX           (NODES && ROUTES && PROXIES > 0)
#define STRIKES       (!over && faults > 0) /* the adversary may hurt something */

/* An array of length 0 does not exist in Promela. */
#if PROXIES == 0
#define PROXY_SLOTS 1
#else
#define PROXY_SLOTS PROXIES
#endif

mtype = {
	/* a node. SLOW: misses the monitors' deadlines, serves applications. REFUSES: no server, the host lives.
	 * SILENT: the host is dead */
	UP, SLOW, REFUSES, SILENT,
	/* a link. FORGED: cut by a firewall that answers with RST */
	OPEN, CUT, FORGED,
	/* the record of a failure. NONE: closed, or there never was one */
	NONE, CLAIMED, COMMANDED, DONE,
	/* what a monitor does for a node */
	IDLE, WANT, LOOK_SELF, LOOK_PROXY0, LOOK_PROXY1, LOOK_PEER, RECORD, ASK_ARBITER, COMMAND, START, PAUSED, RUN, FINISH,
	RECOVER, CLOSE,
	/* what a monitor does for a proxy */
	STILL, TEST_Y, READ_FILE, TEST_X, SEND, WAIT
};

/* ---- the world */
mtype node[2];
bit   monitor[2];           /* runs */
bit   proxy[PROXY_SLOTS];   /* runs */
mtype link[2];              /* from monitor m to the node on the other host */
bit   proxy_node_cut[2 * PROXY_SLOTS];    /* [p * 2 + n] */
bit   monitor_proxy_cut[2 * PROXY_SLOTS]; /* [m * PROXY_SLOTS + p] */
bit   monitor_arbiter_cut[2];
byte  faults;               /* left */
bit   over;                 /* no fault and no repair from here on */
bit   ended[2];             /* the other host's node itself ended m's held session, and m has not reached it since */

/* ---- what stands on node Y: the failure of OTHER(Y), and the claim */
mtype stage[2];
byte  epoch[2];             /* the highest one; it is the open record's, if one is open */
byte  claim[2];             /* 0 free, 1 + m */

/* ---- the arbiter's key: 0 free, else KEY(Y), which names recorder, failed node and epoch */
byte  key;
byte  key_closed[2];        /* m read that key, and then its record as closed */
#define KEY(Y) (2 * epoch[Y] + (Y))

/* ---- the relay */
byte  row[4];               /* [m * 2 + n]: what m says on node n about OTHER(n) */
byte  arbiter_row[2];       /* the same on the arbiter: 0 nothing, else 1 + mask of the nodes that m vetoes */
bit   old_row[2];           /* the peer's row on Y is older than m's claim */
bit   old_arbiter_row[2];
#define NOTHING   0
#define SAYS_UP   1         /* also if m sees it down and a proxy that m reaches uses it: the row's p */
#define SAYS_DOWN 2

/* ---- a monitor, about a node */
mtype step[2];
bit   failed[2];            /* X */
byte  consent[2];           /* mask of votes collected under the claim */
byte  command[2];           /* [Y]: mask of the monitors whose command runs */
bit   knows[4];             /* [m * 2 + n]: m remembers an open failure of n (state file) */
bit   old_start[4];         /* [m * 2 + n]: n has restarted since m saw it last */
#ifdef WITHOUT_STAGE
bit   did[4];               /* [m * 2 + Y]: m remembers that it is done */
#endif
bit   restarted[2];         /* [Y]: X's start time is not the one in the record */

/* ---- a proxy's file, and a monitor, about a proxy: [m * PROXY_SLOTS + p] */
byte  file_epoch[PROXY_SLOTS];
bit   file_node[PROXY_SLOTS];
byte  file_honours[2 * PROXY_SLOTS];      /* [p * 2 + recorder] */
mtype move_step[2 * PROXY_SLOTS];
bit   move_from[2 * PROXY_SLOTS];
byte  move_epoch[2 * PROXY_SLOTS];        /* the file's epoch as read */
bit   move_fenced[2 * PROXY_SLOTS];       /* rule `fenced' sent it, not `repair' */
byte  move_honours[4 * PROXY_SLOTS];      /* [move * 2 + recorder] */
bit   write_sent[2 * PROXY_SLOTS];        /* and neither landed nor lost; it outlives its monitor */
#ifdef LOCAL_EPOCH
byte  counter[2];
byte  local_epoch[2 * PROXY_SLOTS];
#endif
#define MOVE(m, p) ((m) * PROXY_SLOTS + (p))

#include "sights.pml"
#include "promises.pml"
#include "node.pml"
#include "route.pml"
#include "world.pml"
#include "endless.pml"

init {
	atomic {
		node[0] = UP; node[1] = UP; link[0] = OPEN; link[1] = OPEN;
		monitor[0] = 1; monitor[1] = 1; proxy[0] = 1;
		stage[0] = NONE; stage[1] = NONE; step[0] = IDLE; step[1] = IDLE;
		move_step[0] = STILL; move_step[1] = STILL;
#if PROXIES > 1
		proxy[1] = 1; file_node[1] = 1; move_step[2] = STILL; move_step[3] = STILL;
#endif
#ifndef WITHOUT_RELAY
		row[0] = SAYS_UP; row[1] = SAYS_UP; row[2] = SAYS_UP; row[3] = SAYS_UP;
#if ARBITER
		arbiter_row[0] = 4; arbiter_row[1] = 4;
#endif
#endif
		faults = FAULTS;
		run World(); run AtRest();
#if NODES
		run Node(0); run Node(1);
#endif
#if ROUTES && PROXIES > 0
		run Route(0, 0); run Route(1, 0);
#if PROXIES > 1
		run Route(0, 1); run Route(1, 1);
#endif
#endif
	}
}
