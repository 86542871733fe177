/* SPDX-License-Identifier: PostgreSQL
 *
 * What is promised, and what has to be remembered to judge it (ghosts: no actor reads them). A promise is a name; the
 * error that spin prints holds it.
 */
#define PROMISE(name, holds) assert((holds) || name)

/* Each is always 0. */
bit one_command_at_a_time;    /* for one failure */
bit never_again_when_done;
bit nobody_heard_saw_it_up;   /* all the time since the claim */
bit majority_saw_it_down;     /* at some instant since the claim; with on_no_quorum=wait */
bit act_heard_a_third;        /* with on_no_quorum=act, where there is a third domain with eyes */
bit act_on_fit_node_only;     /* with on_no_quorum=act: no open failure known of the node that is to take over */
bit one_grant_at_a_time;      /* the arbiter is behind one of two opposite failures only */
bit open_key_stays;         /* the arbiter's memory */
bit never_off_a_usable_node;  /* usable to the proxy all the time since its file was read */
bit never_to_a_dead_node;     /* dead to the proxy all that time */
bit file_epochs_grow;
bit claims_end;               /* at rest */
bit failures_end;             /* at rest, if all is well again */
bit keys_end;                 /* at rest, if all is well again */
bit nothing_left_to_fail_over;/* at rest */
bit no_proxy_stuck;           /* at rest */
bit no_proxy_unfenced;        /* at rest */

byte saw_up[2];              /* mask of the vantages that m hears and that saw X up ever since the claim */
byte saw_down[2];            /* mask of the domains that could not use X at some instant since the claim */
bit  granted[2];             /* [Y]: the arbiter consented to the open failure on Y */
byte usable[2 * PROXY_SLOTS]; /* [move]: mask of the nodes that the proxy could use ever since its file was read */
byte dead[2 * PROXY_SLOTS];  /* [move]: mask of those that it could not use ever since the new one was tested */

#define COLLECTS(m) (step[m] != IDLE && step[m] != WANT && step[m] != RUN && step[m] != FINISH && \
                     step[m] != RECOVER && step[m] != CLOSE)

/* The peer sees X up, or a proxy that it reaches uses X, and it has a way to tell m. */
#define PEER_SEES(m, X) (monitor[OTHER(m)] && (REACHES(OTHER(m), X) || ANY_PROXY(USED_BY, OTHER(m), X)))
#ifdef WITHOUT_RELAY
#define PEER_TELLS(m, X) (REACHES(OTHER(m), OTHER(X)) && REACHES(m, OTHER(X)))
#else
#define PEER_TELLS(m, X) ((REACHES(OTHER(m), OTHER(X)) && PEER_ROW(m, X) != NOTHING) || \
                          (REACHES_ARBITER(OTHER(m)) && PEER_ARBITER_ROW(m, X) != NOTHING))
#endif
#define PROXY_SEES(p, m, X) ((REACHES_PROXY(m, p) && USES(p, X)) -> 2 << (p) : 0)
#define SEES_UP(m, X) (((PEER_SEES(m, X) && PEER_TELLS(m, X)) -> 1 : 0) | MASK_PROXY(PROXY_SEES, m, X))

#define HOST_SEES_DOWN(m, X)     ((monitor[m] && !REACHES(m, X)) -> HOST_VOTE(m) : 0)
#define PROXY_SEES_DOWN(p, m, X) ((proxy[p] && !USES(p, X)) -> 1 << DOMAIN(p) : 0)
#define SEES_DOWN(X) (HOST_SEES_DOWN(0, X) | HOST_SEES_DOWN(1, X) | MASK_PROXY(PROXY_SEES_DOWN, 0, X) | \
                      (node[X] == REFUSES -> HOST_VOTE(X) : 0) | ((key && key == KEY(OTHER(X))) -> ARBITER_VOTE : 0))
#define USABLE(p) ((USES(p, 0) -> 1 : 0) | (USES(p, 1) -> 2 : 0))

inline judge_node(m)
{
	if
	:: COLLECTS(m) ->
		saw_up[m] = saw_up[m] & SEES_UP(m, failed[m]);
		saw_down[m] = saw_down[m] | SEES_DOWN(failed[m])
	:: else
	fi
}

inline judge_move(move, p)
{
	if
	:: write_sent[move] || move_step[move] != STILL ->
		usable[move] = usable[move] & USABLE(p);
		dead[move] = dead[move] & (3 - USABLE(p))
	:: else
	fi
}

/* What a monitor knows of open failures: it reads the records whenever it reaches them. */
inline learn()
{
#if ACT
	if :: monitor[0] && REACHES(0, 0) -> knows[1] = (stage[0] != NONE) :: else fi;
	if :: monitor[0] && REACHES(0, 1) -> knows[0] = (stage[1] != NONE) :: else fi;
	if :: monitor[1] && REACHES(1, 0) -> knows[3] = (stage[0] != NONE) :: else fi;
	if :: monitor[1] && REACHES(1, 1) -> knows[2] = (stage[1] != NONE) :: else fi;
#endif
	skip
}

/* After every change of the world or of a row. */
inline world_changed()
{
	if :: REACHES(0, 1) || !monitor[0] -> ended[0] = 0 :: else fi;
	if :: REACHES(1, 0) || !monitor[1] -> ended[1] = 0 :: else fi;
#if MIX
	if :: REACHES(0, 0) || !monitor[0] -> old_start[0] = 0 :: else fi;
	if :: REACHES(0, 1) || !monitor[0] -> old_start[1] = 0 :: else fi;
	if :: REACHES(1, 0) || !monitor[1] -> old_start[2] = 0 :: else fi;
	if :: REACHES(1, 1) || !monitor[1] -> old_start[3] = 0 :: else fi;
#endif
#if NODES
	learn();
	judge_node(0);
	judge_node(1);
#endif
#if ROUTES && PROXIES > 0
	judge_move(MOVE(0, 0), 0);
	judge_move(MOVE(1, 0), 0);
#if PROXIES > 1
	judge_move(MOVE(0, 1), 1);
	judge_move(MOVE(1, 1), 1);
#endif
#endif
	skip
}

/* ---- at rest: nothing can happen any more, neither faults nor repair */
#define NODES_WELL (node[0] == UP && node[1] == UP && link[0] == OPEN && link[1] == OPEN && monitor[0] && monitor[1] && \
                    !monitor_arbiter_cut[0] && !monitor_arbiter_cut[1])
#define PROXY_ILL(p, m, n) (!USED_BY(p, 0, 0) || !USED_BY(p, 0, 1) || !USED_BY(p, 1, 0) || !USED_BY(p, 1, 1))
#define ALL_WELL (NODES_WELL && !ANY_PROXY(PROXY_ILL, 0, 0))
#define REACHED(p) ((monitor[0] && REACHES_PROXY(0, p)) || (monitor[1] && REACHES_PROXY(1, p)))
#define STUCK(p, m, n) (!USES(p, file_node[p]) && USES(p, OTHER(file_node[p])) && REACHED(p))
#define UNFENCED(p, m, n) (monitor[m] && REACHES_PROXY(m, p) && USES(p, OTHER(file_node[p])) && FENCED(m, p, file_node[p]))
#define LEFT(m, X) (monitor[m] && FAILOVER(m, X))

proctype AtRest()
{
end:	timeout ->
	d_step {
		PROMISE(claims_end, claim[0] == 0 && claim[1] == 0);
		PROMISE(failures_end, !ALL_WELL || (stage[0] == NONE && stage[1] == NONE));
		PROMISE(keys_end, !ALL_WELL || key == 0);
#if NODES
		PROMISE(nothing_left_to_fail_over, !LEFT(0, 0) && !LEFT(0, 1) && !LEFT(1, 0) && !LEFT(1, 1));
#endif
#if ROUTES
		PROMISE(no_proxy_stuck, !ANY_PROXY(STUCK, 0, 0));
		PROMISE(no_proxy_unfenced, !ANY_PROXY(UNFENCED, 0, 0) && !ANY_PROXY(UNFENCED, 1, 0));
#endif
	}
}
