/* SPDX-License-Identifier: PostgreSQL
 *
 * What monitor m does for proxy p: test the new node through the proxy, read the file, test the old node, replace the file
 * by compare-and-set
 * (two-node rules, 5 and 6). No claim: any monitor that reaches the proxy may do it. File and RELOAD count as one step
 * here; reload.pml takes them apart.
 */
#define MV MOVE(m, p)
#define X  move_from[MOVE(m, p)]
#define Y  OTHER(move_from[MOVE(m, p)])

/* The last done failure of each recorder that m can read goes into the file. */
#define HONOURED(m, n) ((REACHES(m, n) && stage[n] == DONE) -> epoch[n] : 0)
inline read_honours(m, p)
{
#if MIX
	move_honours[2 * MV] = HONOURED(m, 0);
	move_honours[2 * MV + 1] = HONOURED(m, 1);
#endif
	skip
}
inline write_honours(m, p)
{
#if MIX
	file_honours[p * 2] = MAX(file_honours[p * 2], move_honours[2 * MV]);
	file_honours[p * 2 + 1] = MAX(file_honours[p * 2 + 1], move_honours[2 * MV + 1]);
#endif
	skip
}

#ifdef LOCAL_EPOCH /* a counter of the monitor's own */
#define NEW_EPOCH(m, p) local_epoch[MV]
#else
#define NEW_EPOCH(m, p) (move_epoch[MV] + 1)
#endif
#ifdef WITHOUT_COMPARE
#define SAME_FILE(m, p) 1
#else
#define SAME_FILE(m, p) (file_epoch[p] == move_epoch[MV])
#endif
#ifdef WITHOUT_TESTS
#define FIRST READ_FILE
#define AFTER_READ SEND
#else
#define FIRST TEST_Y
#define AFTER_READ TEST_X
#endif

inline forget_move(move)
{
	move_step[move] = STILL;
	if
	:: !write_sent[move] ->
		move_from[move] = 0; move_epoch[move] = 0; move_fenced[move] = 0; usable[move] = 0; dead[move] = 0;
#if MIX
		move_honours[2 * move] = 0; move_honours[2 * move + 1] = 0;
#endif
#ifdef LOCAL_EPOCH
		local_epoch[move] = 0
#endif
	:: else
	fi
}

inline end_write(m, p)
{
	write_sent[MV] = 0;
	if :: move_step[MV] == STILL -> forget_move(MV) :: else fi
}

inline land(m, p)
{
	PROMISE(file_epochs_grow, NEW_EPOCH(m, p) > file_epoch[p]);
	PROMISE(never_off_a_usable_node, file_node[p] == Y || !BIT(usable[MV], file_node[p]) || move_fenced[MV]);
	PROMISE(never_to_a_dead_node, file_node[p] == Y || !BIT(dead[MV], Y));
	file_epoch[p] = NEW_EPOCH(m, p); file_node[p] = Y; write_honours(m, p)
}

proctype Route(byte m; byte p)
{
end:	do
	:: d_step { monitor[m] && move_step[MV] == STILL && !write_sent[MV] && MOVES(m, p, file_node[p]) ->
		move_from[MV] = file_node[p]; dead[MV] = 3 - USABLE(p); move_step[MV] = FIRST }
	:: d_step { move_step[MV] == TEST_Y ->
		if
		:: !REACHES_PROXY(m, p) || !TARGET_OK(p, Y) -> forget_move(MV)
		:: else -> dead[MV] = 3 - USABLE(p); move_step[MV] = READ_FILE
		fi }
	:: d_step { move_step[MV] == READ_FILE ->
		if
		:: !REACHES_PROXY(m, p) || file_node[p] != X -> forget_move(MV)
		:: else ->
			move_epoch[MV] = file_epoch[p]; move_fenced[MV] = SENT_BY_FENCE(m, p, X); read_honours(m, p);
			usable[MV] = USABLE(p);
			/* rule `fenced' may, but only if X went down for real */
			PROMISE(never_off_a_usable_node, !move_fenced[MV] || !USES(p, X) || restarted[Y]);
			move_step[MV] = AFTER_READ
		fi }
	:: d_step { move_step[MV] == TEST_X ->
		if
		:: !REACHES_PROXY(m, p) || (USES(p, X) && !move_fenced[MV]) -> forget_move(MV)
		:: else -> move_step[MV] = SEND
		fi }
	:: d_step { move_step[MV] == SEND ->
		if
		:: !REACHES_PROXY(m, p) -> forget_move(MV)
		:: else ->
#ifdef LOCAL_EPOCH
			counter[m]++; local_epoch[MV] = counter[m];
#endif
			write_sent[MV] = 1; move_step[MV] = WAIT
		fi }
	:: d_step { move_step[MV] == WAIT && (!write_sent[MV] || !REACHES_PROXY(m, p)) -> forget_move(MV) }

	/* ---- on the proxy's host: the write lands, early or late, or is lost */
	:: d_step { write_sent[MV] && proxy[p] ->
		if :: SAME_FILE(m, p) -> land(m, p) :: else fi;
		end_write(m, p) }
	:: d_step { write_sent[MV] && !REACHES_PROXY(m, p) -> end_write(m, p) }
	/* the write window has passed: the write loses */
#ifdef WITHOUT_WINDOW /* it does not lose, so the proxy must have been without X for the whole of the last window */
	:: d_step { write_sent[MV] && !over -> usable[MV] = USABLE(p) }
#else
	:: d_step { write_sent[MV] && !over -> end_write(m, p) }
#endif
	od
}

#undef MV
#undef X
#undef Y
