/* SPDX-License-Identifier: PostgreSQL
 *
 * What monitor m does for a node: claim, look again, record, arbiter, command, take over, recover (two-node rules, 6),
 * its row in the relay, and what a server does about the sessions of m that are gone.
 */
#define X failed[m]
#define Y OTHER(failed[m])

#ifdef WITHOUT_CLAIM_CHECK
#define HOLDS(m) REACHES(m, Y)
#else
#define HOLDS(m) (REACHES(m, Y) && claim[Y] == 1 + (m))
#endif

#if PROXIES == 0
#define AFTER_SELF LOOK_PEER
#else
#define AFTER_SELF LOOK_PROXY0
#endif
#if PROXIES < 2
#define AFTER_PROXY0 LOOK_PEER
#else
#define AFTER_PROXY0 LOOK_PROXY1
#endif
#if ARBITER
#define AFTER_RECORD ASK_ARBITER
#else
#define AFTER_RECORD COMMAND
#endif

/* At the end of the run nothing can be gained from a start that waits for a claim for ever. */
#define MAY_START(m, x) (FAILOVER(m, x) && (!over || claim[OTHER(x)] == 0))
#ifdef RECOVERY_WITHOUT_CLAIM
#define MAY_RECOVER(m, x) RECOVERED(m, x)
#define MAY_CLOSE(m) REACHES(m, Y)
#else
#define MAY_RECOVER(m, x) (RECOVERED(m, x) && claim[OTHER(x)] == 0)
#define MAY_CLOSE(m) HOLDS(m)
#endif

/* What decide() says last. Its evidence may be as old as the claim, so it may show something new or not; what m itself
 * remembers is always new. */
#define SAYS_NO(m)   (REACHES(m, X) || !REACHES(m, Y) || VETOED(m, X) || !FIT(m))
#define MAY_BEGIN(m) (step[m] == START && FIT(m))
#define FIT(m)       (!UNFIT(m, Y) || MAJORITY(VOTES_NOW(m, X)))

/* No run of an earlier holder's command can be under way, nor begin: the deadline in the row (limit + kill time +
 * lease) has passed. An earlier holder that wrote `commanded' less than lease/2 ago is in step START. */
#ifdef TAKEOVER_AT_ONCE
#define DEADLINE_PASSED(m) 1
#else
#define DEADLINE_PASSED(m) (stage[Y] != COMMANDED || \
                            (command[Y] == 0 && !(step[OTHER(m)] == START && failed[OTHER(m)] == X)))
#endif

inline forget(m)
{
	step[m] = IDLE; failed[m] = 0; consent[m] = 0; old_row[m] = 0; old_arbiter_row[m] = 0; saw_up[m] = 0; saw_down[m] = 0
}

inline give_back(m)
{
	if :: REACHES(m, Y) && claim[Y] == 1 + m -> claim[Y] = 0 :: else fi;
#ifdef GRANT_UNTIL_UNLOCK
	if :: REACHES_ARBITER(m) && key != 0 && (key & 1) == Y -> key = 0 :: else fi;
#endif
	forget(m)
}

inline recover(m, x)
{
	failed[m] = x; step[m] = RECOVER;
#ifndef RECOVERY_WITHOUT_CLAIM
	claim[OTHER(x)] = 1 + m
#endif
}

inline close_record(m)
{
#ifdef KEY_GOES_WITH_CLOSER
	if :: KEY_MINE(m, Y) -> key = 0 :: else fi;
#endif
	stage[Y] = NONE; restarted[Y] = 0; granted[Y] = 0; learn()
}

inline abandon(m)
{
	if :: HOLDS(m) -> close_record(m) :: else fi;
	give_back(m)
}

inline look_proxy(m, p, next)
{
	if
	:: PROXY_VETOES(p, m, X) -> give_back(m)
	:: else -> consent[m] = consent[m] | PROXY_CONSENT(p, m, X); step[m] = next
	fi
}

inline begin_command(m)
{
	PROMISE(one_command_at_a_time, command[Y] == 0);
	PROMISE(never_again_when_done, !IS_DONE(Y));
	PROMISE(nobody_heard_saw_it_up, saw_up[m] == 0);
	PROMISE(majority_saw_it_down, ACT || MORE_THAN_HALF(saw_down[m], DOMAINS));
	PROMISE(act_heard_a_third, !ACT || THIRDS(m, X, VANTAGES) == 0 || THIRDS(m, X, saw_down[m]) != 0);
	PROMISE(act_on_fit_node_only, !knows[m * 2 + Y] || MORE_THAN_HALF(saw_down[m], DOMAINS));
	PROMISE(one_grant_at_a_time, !(granted[0] && granted[1]));
	command[Y] = command[Y] | (1 << m);
	step[m] = RUN; saw_up[m] = 0; saw_down[m] = 0
}

#define KEY_IS_OPEN (key != 0 && stage[key & 1] != NONE && key == KEY(key & 1))
#ifdef DELETE_WITHOUT_COMPARISON
#define DELETES(m) 1
#else
#define DELETES(m) (key == key_closed[m])
#endif

/* The claimant's wait for the peer's next row ends with that row, or with its end. */
#define AWAITS_ROW(m, n)  (old_row[m] && OTHER(failed[m]) == (n))
#define OFFERS(m, n)      (monitor[m] && REACHES(m, n) && (row[m * 2 + n] != SAYS(m, OTHER(n)) || AWAITS_ROW(OTHER(m), n)))
inline set_row(m, n, text)
{
	row[m * 2 + n] = text;
	if :: AWAITS_ROW(OTHER(m), n) -> old_row[OTHER(m)] = 0 :: else fi;
	world_changed()
}
inline set_arbiter_row(m, text)
{
	arbiter_row[m] = text; old_arbiter_row[OTHER(m)] = 0; world_changed()
}
#define ROW_LOST(m, n)  (row[m * 2 + n] != NOTHING && (!monitor[m] || !REACHES(m, n)))
#define ROW_FADES(m, n) (STALE_ROWS && STRIKES && row[m * 2 + n] != NOTHING && !ROW_LOST(m, n))

/* The server ends the claim of a session that is gone. */
#define CLAIM_LOST(m, n) (claim[n] == 1 + m && (!monitor[m] || !REACHES(m, n) || step[m] == IDLE || step[m] == WANT || \
                                                OTHER(failed[m]) != n))
/* The guard of a command ends it, whatever its monitor does. */
#define ORPHAN(m, n) (BIT(command[n], m) && !(step[m] == RUN && OTHER(failed[m]) == n))

proctype Node(byte m)
{
end:	do
	/* ---- failover */
	:: d_step { monitor[m] && step[m] == IDLE && MAY_START(m, 0) -> failed[m] = 0; step[m] = WANT }
	:: d_step { monitor[m] && step[m] == IDLE && MAY_START(m, 1) -> failed[m] = 1; step[m] = WANT }
	:: d_step { step[m] == WANT && !FAILOVER(m, X) -> forget(m) }
	:: d_step { STALLS && step[m] == WANT && REACHES(m, Y) && claim[Y] == 1 + OTHER(m) && STRIKES ->
		faults--; claim[Y] = 0 }
	:: d_step { step[m] == WANT && REACHES(m, Y) && claim[Y] == 0 ->
		claim[Y] = 1 + m;
		saw_up[m] = SEES_UP(m, X); saw_down[m] = SEES_DOWN(X);
#ifdef WITHOUT_LOOK
		step[m] = RECORD
#else
		step[m] = LOOK_SELF;
#if !defined(STALE_CONSENT) && !defined(WITHOUT_RELAY)
		if :: row[OTHER(m) * 2 + Y] != NOTHING -> old_row[m] = 1 :: else fi;
		if :: arbiter_row[OTHER(m)] != 0 -> old_arbiter_row[m] = 1 :: else fi
#endif
#endif
		}
	:: d_step { step[m] == LOOK_SELF ->
		if
		:: !HOLDS(m) || REACHES(m, X) || ALREADY(m, Y) -> give_back(m)
		:: else -> consent[m] = OWN_CONSENT(m, X); step[m] = AFTER_SELF
		fi }
#if PROXIES > 0
	:: d_step { step[m] == LOOK_PROXY0 -> look_proxy(m, 0, AFTER_PROXY0) }
#endif
#if PROXIES > 1
	:: d_step { step[m] == LOOK_PROXY1 -> look_proxy(m, 1, LOOK_PEER) }
#endif
	:: d_step { step[m] == LOOK_PEER && !PEER_IS_OLD(m, X) ->
		consent[m] = consent[m] | PEER_CONSENT(m, X);
		if
		:: !REACHES(m, Y) || PEER_VETOES(m, X) -> give_back(m)
		:: else ->
			if
			:: ENOUGH(m, X, consent[m] | (WOULD_GRANT(m, Y) -> ARBITER_VOTE : 0)) -> step[m] = RECORD
			:: else -> give_back(m)
			fi
		fi;
#if !ARBITER
		consent[m] = 0
#endif
		}
	/* who takes over goes on at the recorded stage, with the recorded epoch */
	:: d_step { step[m] == RECORD && !(HOLDS(m) && !DEADLINE_PASSED(m)) ->
		if
		:: !HOLDS(m) -> give_back(m)
		:: else ->
			if
#ifndef WITHOUT_STAGE
			:: stage[Y] == DONE -> give_back(m)
			:: stage[Y] == CLAIMED || stage[Y] == COMMANDED -> step[m] = AFTER_RECORD
			:: stage[Y] == NONE ->
#else
			:: 1 ->
#endif
				epoch[Y]++; stage[Y] = CLAIMED; restarted[Y] = old_start[m * 2 + X];
				step[m] = AFTER_RECORD; learn()
			fi
		fi }
#if ARBITER
	:: d_step { step[m] == ASK_ARBITER ->
		if
		:: WOULD_GRANT(m, Y) ->
			key = KEY(Y); consent[m] = consent[m] | ARBITER_VOTE; granted[Y] = (stage[Y] != NONE);
			saw_down[m] = saw_down[m] | ARBITER_VOTE
		:: else
		fi;
		if
		:: ENOUGH(m, X, consent[m]) -> step[m] = COMMAND; consent[m] = 0
		:: else -> abandon(m)
		fi }
#endif
	:: d_step { step[m] == COMMAND ->
		if
		:: !HOLDS(m) -> give_back(m)
		:: else -> stage[Y] = COMMANDED; step[m] = START
		fi }
	/* `commanded' was written less than lease/2 ago */
	:: d_step { step[m] == START && SAYS_NO(m) -> abandon(m) }
	:: d_step { step[m] == START && !over -> step[m] = COMMAND }
#ifdef START_LATE
	:: d_step { MAY_BEGIN(m) -> step[m] = PAUSED }
	:: d_step { step[m] == PAUSED -> begin_command(m) }
#else
	:: d_step { MAY_BEGIN(m) -> begin_command(m) }
#endif
	:: d_step { step[m] == RUN -> command[Y] = command[Y] & (3 - (1 << m)); step[m] = FINISH }
	:: d_step { step[m] == FINISH ->
		if
		:: HOLDS(m) ->
			stage[Y] = DONE;
#ifdef WITHOUT_STAGE
			did[m * 2 + Y] = 1;
#endif
			learn()
		:: else
		fi;
		give_back(m) }
	:: d_step { ORPHAN(m, 0) -> command[0] = command[0] & (3 - (1 << m)) }
	:: d_step { ORPHAN(m, 1) -> command[1] = command[1] & (3 - (1 << m)) }

	/* ---- recovery */
	:: d_step { monitor[m] && step[m] == IDLE && MAY_RECOVER(m, 0) -> recover(m, 0) }
	:: d_step { monitor[m] && step[m] == IDLE && MAY_RECOVER(m, 1) -> recover(m, 1) }
	:: d_step { step[m] == RECOVER && !(REACHES(m, Y) && !DEADLINE_PASSED(m)) ->
		if
		:: MAY_CLOSE(m) && RECOVERED(m, X) -> step[m] = CLOSE
		:: else -> give_back(m)
		fi }
	:: d_step { step[m] == CLOSE ->
		if
		:: MAY_CLOSE(m) ->
			close_record(m);
#ifdef WITHOUT_STAGE
			did[Y] = 0; did[2 + Y] = 0
#endif
		:: else
		fi;
		give_back(m) }

	/* ---- the arbiter's key goes when anybody has read its record as closed, and goes by comparison */
#if ARBITER && !defined(KEY_GOES_WITH_CLOSER)
	:: d_step { monitor[m] && key_closed[m] == 0 && key != 0 && !KEY_IS_OPEN && REACHES_ARBITER(m) && REACHES(m, key & 1) ->
		key_closed[m] = key }
	:: d_step { key_closed[m] != 0 ->
		if :: REACHES_ARBITER(m) && DELETES(m) -> PROMISE(open_key_stays, !KEY_IS_OPEN); key = 0 :: else fi;
		key_closed[m] = 0 }
#endif

	/* ---- the relay */
#ifndef WITHOUT_RELAY
	:: d_step { OFFERS(m, 0) -> set_row(m, 0, SAYS(m, 1)) }
	:: d_step { OFFERS(m, 1) -> set_row(m, 1, SAYS(m, 0)) }
	:: d_step { ROW_LOST(m, 0) -> set_row(m, 0, NOTHING) }
	:: d_step { ROW_LOST(m, 1) -> set_row(m, 1, NOTHING) }
	:: d_step { ROW_FADES(m, 0) -> faults--; set_row(m, 0, NOTHING) }
	:: d_step { ROW_FADES(m, 1) -> faults--; set_row(m, 1, NOTHING) }
#if ARBITER
	:: d_step { monitor[m] && REACHES_ARBITER(m) && (old_arbiter_row[OTHER(m)] || arbiter_row[m] != SAYS_TO_ARBITER(m)) ->
		set_arbiter_row(m, SAYS_TO_ARBITER(m)) }
	:: d_step { arbiter_row[m] != 0 && (!monitor[m] || !REACHES_ARBITER(m)) -> set_arbiter_row(m, 0) }
	:: d_step { STALE_ROWS && STRIKES && arbiter_row[m] != 0 && monitor[m] && REACHES_ARBITER(m) ->
		faults--; set_arbiter_row(m, 0) }
#endif
#endif

	/* ---- the servers */
	:: d_step { CLAIM_LOST(m, 0) -> claim[0] = 0 }
	:: d_step { CLAIM_LOST(m, 1) -> claim[1] = 0 }
	od
}

#undef X
#undef Y
