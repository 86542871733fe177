/* SPDX-License-Identifier: PostgreSQL
 *
 * The file and RELOAD are two steps: PgBouncer runs what it read last. One proxy, two nodes, two monitors that move it
 * without a claim (two-node rules, 6, "Moving a proxy", steps 1 to 4), and an adversary. README.md says more.
 */
#ifndef FAULTS
#define FAULTS 2
#endif

#define OTHER(n)              (1 - (n))
#define BIT(mask, i)          (((mask) >> (i)) & 1)
#define STRIKES               (!over && faults > 0)
#define PROMISE(name, holds)  assert((holds) || name)

mtype = { IDLE, TEST_Y, READ, TEST_X, WRITE, RELOAD, AWAY, BACK };

bit   node[2];           /* runs */
bit   monitor[2];        /* runs */
bit   proxy_node_cut[2];
bit   running;           /* the node that the proxy uses */
bit   file;              /* the node that its file names */
byte  file_epoch;
byte  faults;
bit   over;

mtype step[2], move[2];  /* move: AWAY, BACK (what runs into the file) or RELOAD: AWAY, to what the file names already */
bit   move_from[2];      /* X: what ran, or what the mutant took for it */
byte  move_epoch[2];     /* the file's epoch as looked at */

/* Promises, each always 0, and the ghosts that judge them: masks of the nodes that the proxy could use ever since m read,
 * or could not use ever since m tested the new node. */
bit   never_off_a_usable_node;
bit   never_to_a_dead_node;
bit   file_epochs_grow;
bit   no_proxy_stuck;    /* at rest */
bit   file_is_what_runs; /* at rest */
byte  usable[2], dead[2];

/* What the other one has written, and may still be about to load, is left alone until its window has passed. */
#ifdef WITHOUT_WAIT
#define LOADING(m) 0
#else
#define LOADING(m) (step[OTHER(m)] == RELOAD)
#endif

#define USES(n) (node[n] && !proxy_node_cut[n])
#define USABLE  ((USES(0) -> 1 : 0) | (USES(1) -> 2 : 0))

#ifdef ROUTE_FROM_FILE /* the file is taken for the route */
#define ROUTE  file
#define APART  0
#else
#define ROUTE  running
#define APART  (running != file)
#endif

inline world_changed()
{
	usable[0] = usable[0] & USABLE; dead[0] = dead[0] & (3 - USABLE);
	usable[1] = usable[1] & USABLE; dead[1] = dead[1] & (3 - USABLE)
}

inline forget(m)
{
	step[m] = IDLE; move[m] = IDLE; move_from[m] = 0; move_epoch[m] = 0; usable[m] = 0; dead[m] = 0
}

inline write(m, n)
{
	if
	:: file_epoch == move_epoch[m] ->
		PROMISE(file_epochs_grow, move_epoch[m] + 1 > file_epoch);
		file_epoch = move_epoch[m] + 1; file = n
	:: else
	fi
}

inline reload(m)
{
	PROMISE(never_off_a_usable_node, running == file || !BIT(usable[m], running));
	PROMISE(never_to_a_dead_node, running == file || !BIT(dead[m], file));
	running = file
}

#ifdef RELOAD_UNSEEN /* whatever the file names */
#define RELOAD_ALLOWED (!USES(running))
#define TARGET_OK(m) (move[m] == RELOAD || USES(TARGET(m)))
#else
#define RELOAD_ALLOWED (!USES(running) && USES(file))
#define TARGET_OK(m) USES(TARGET(m))
#endif
#define TARGET(m) (move[m] == BACK -> move_from[m] : OTHER(move_from[m]))
#define ORDER(when, what) :: d_step { monitor[m] && step[m] == IDLE && (when) -> \
	move[m] = what; move_from[m] = ROUTE; move_epoch[m] = file_epoch; dead[m] = 3 - USABLE; step[m] = TEST_Y }

proctype Mover(byte m)
{
end:	do
	/* ---- what was looked at: which move is it to be */
	ORDER(!APART && !USES(ROUTE) && USES(OTHER(ROUTE)), AWAY)
	ORDER(APART && !LOADING(m) && USES(running), BACK)
	ORDER(APART && !LOADING(m) && RELOAD_ALLOWED, RELOAD)

	:: d_step { step[m] == TEST_Y ->
		dead[m] = 3 - USABLE;
		if :: TARGET_OK(m) -> step[m] = READ :: else -> forget(m) fi }
	:: d_step { step[m] == READ ->
		usable[m] = USABLE;
		if
		:: file_epoch != move_epoch[m] -> forget(m)
		:: else -> step[m] = (move[m] == BACK -> WRITE : TEST_X)
		fi }
	:: d_step { step[m] == TEST_X ->
		if
		:: USES(move_from[m]) -> forget(m)
		:: else -> step[m] = WRITE
		fi }
	:: d_step { step[m] == WRITE ->
		if
		:: file_epoch == move_epoch[m] && move[m] != BACK ->
			write(m, OTHER(move_from[m])); move_epoch[m]++; step[m] = RELOAD
		:: file_epoch == move_epoch[m] && move[m] == BACK -> write(m, move_from[m]); forget(m)
		:: else -> forget(m)
		fi }
	:: d_step { step[m] == RELOAD -> reload(m); forget(m) }
	/* the window has passed */
#ifdef WITHOUT_WINDOW /* the move goes on, so the proxy must have been without X for the whole of the last window */
	:: d_step { step[m] == RELOAD && !over -> usable[m] = USABLE }
#else
	:: d_step { step[m] != IDLE && step[m] != RELOAD && !over -> forget(m) }
	/* with the file written it has only what it was too slow for itself */
	:: d_step { step[m] == RELOAD && STRIKES -> faults--; forget(m) }
#endif
#ifdef BARE_RELOAD /* for another reason, without a look */
	:: d_step { monitor[m] && step[m] == IDLE && running != file ->
		usable[m] = USABLE; reload(m); forget(m) }
#endif
	od
}

#define HURT(what, how)   :: d_step { STRIKES && (what) -> faults--; how; world_changed() }
#define REPAIR(what, how) :: d_step { !over && (what) -> how; world_changed() }

proctype World()
{
end:	do
	HURT(node[0], node[0] = 0)
	HURT(node[1], node[1] = 0)
	HURT(!proxy_node_cut[0], proxy_node_cut[0] = 1)
	HURT(!proxy_node_cut[1], proxy_node_cut[1] = 1)
	HURT(monitor[0], monitor[0] = 0; forget(0))
	HURT(monitor[1], monitor[1] = 0; forget(1))
	/* the proxy restarts, and so runs what its file names */
	HURT(running != file, running = file)
	REPAIR(!node[0], node[0] = 1)
	REPAIR(!node[1], node[1] = 1)
	REPAIR(proxy_node_cut[0], proxy_node_cut[0] = 0)
	REPAIR(proxy_node_cut[1], proxy_node_cut[1] = 0)
	REPAIR(!monitor[0], monitor[0] = 1)
	REPAIR(!monitor[1], monitor[1] = 1)
	:: d_step { !over -> over = 1; faults = 0 }
	od
}

#define NOBODY (!monitor[0] && !monitor[1])

proctype AtRest()
{
end:	timeout ->
	d_step {
		PROMISE(no_proxy_stuck, USES(running) || !USES(OTHER(running)) || NOBODY);
		PROMISE(file_is_what_runs, running == file || (!USES(0) && !USES(1)) || NOBODY);
	}
}

#include "endless.pml"

init {
	atomic {
		node[0] = 1; node[1] = 1; monitor[0] = 1; monitor[1] = 1; forget(0); forget(1); faults = FAULTS;
		run World(); run AtRest(); run Mover(0); run Mover(1)
	}
}
