/* SPDX-License-Identifier: PostgreSQL
 *
 * The adversary: faults cost, repair is free, and both end when it says `over'.
 */
inline sessions_end(n)
{
	claim[n] = 0; row[n] = NOTHING; row[2 + n] = NOTHING
}

/* The server dies and its host lives: the kernel ends the sessions and refuses new ones. */
inline server_dies(n)
{
	if :: monitor[OTHER(n)] && REACHES(OTHER(n), n) -> ended[OTHER(n)] = 1 :: else fi;
	node[n] = REFUSES; sessions_end(n)
}

inline server_starts(n)
{
	node[n] = UP;
#if MIX
	old_start[n] = 1; old_start[2 + n] = 1;
	if :: stage[OTHER(n)] != NONE -> restarted[OTHER(n)] = 1 :: else fi
#endif
}

inline monitor_dies(m)
{
	monitor[m] = 0;
#if NODES
	forget(m);
	key_closed[m] = 0;
#endif
#ifdef WITHOUT_STAGE
	did[m * 2] = 0; did[m * 2 + 1] = 0;
#endif
#ifdef LOCAL_EPOCH
	counter[m] = 0;
#endif
#if ROUTES && PROXIES > 0
	forget_move(MOVE(m, 0));
#if PROXIES > 1
	forget_move(MOVE(m, 1));
#endif
#endif
	skip
}

inline host_dies(h)
{
	node[h] = SILENT; sessions_end(h); monitor_dies(h);
	command[0] = command[0] & (3 - (1 << h));
	command[1] = command[1] & (3 - (1 << h));
#if PROXIES > 0
	if :: DOMAIN0 == h -> proxy[0] = 0 :: else fi;
#endif
#if PROXIES > 1
	if :: DOMAIN1 == h -> proxy[1] = 0 :: else fi;
#endif
	skip
}

/* Cuts proxy p off host h. */
inline cut_proxy(p, h)
{
	proxy_node_cut[p * 2 + h] = 1; monitor_proxy_cut[MOVE(h, p)] = 1
}

inline hosts_part(how)
{
	link[0] = how; link[1] = how;
#if PROXIES > 0
	if :: DOMAIN0 < 2 -> cut_proxy(0, (1 - DOMAIN0)) :: else fi;
#endif
#if PROXIES > 1
	if :: DOMAIN1 < 2 -> cut_proxy(1, (1 - DOMAIN1)) :: else fi;
#endif
	skip
}

inline host_is_isolated(h)
{
	link[0] = CUT; link[1] = CUT; monitor_arbiter_cut[h] = ARBITER;
#if PROXIES > 0
	if :: DOMAIN0 == h -> cut_proxy(0, OTHER(h)) :: else -> cut_proxy(0, h) fi;
#endif
#if PROXIES > 1
	if :: DOMAIN1 == h -> cut_proxy(1, OTHER(h)) :: else -> cut_proxy(1, h) fi;
#endif
	skip
}

inline proxy_restarts_with_old_file(p)
{
	file_epoch[p] = 0; file_node[p] = p; file_honours[p * 2] = 0; file_honours[p * 2 + 1] = 0
}

#define HURT(what, how)    :: d_step { STRIKES && (what) -> faults--; how; world_changed() }
#define REPAIR(what, how)  :: d_step { !over && (what) -> how; world_changed() }

proctype World()
{
end:	do
	HURT(node[0] == UP || node[0] == SLOW, server_dies(0))
	HURT(node[1] == UP || node[1] == SLOW, server_dies(1))
	REPAIR(node[0] == REFUSES || node[0] == SILENT, server_starts(0))
	REPAIR(node[1] == REFUSES || node[1] == SILENT, server_starts(1))
#if SLOW_NODES
	HURT(node[0] == UP, node[0] = SLOW)
	HURT(node[1] == UP, node[1] = SLOW)
	REPAIR(node[0] == SLOW, node[0] = UP)
	REPAIR(node[1] == SLOW, node[1] = UP)
#endif
#if MONITORS
	HURT(monitor[0], monitor_dies(0))
	HURT(monitor[1], monitor_dies(1))
#endif
	REPAIR(!monitor[0], monitor[0] = 1)
	REPAIR(!monitor[1], monitor[1] = 1)
#if HOSTS
	HURT(node[0] != SILENT, host_dies(0))
	HURT(node[1] != SILENT, host_dies(1))
	HURT(1, host_is_isolated(0))
	HURT(1, host_is_isolated(1))
	HURT(link[0] == OPEN || link[1] == OPEN, hosts_part(CUT))
#endif
#if FIREWALLS
	HURT(link[0] == OPEN || link[1] == OPEN, hosts_part(FORGED))
	HURT(link[0] == OPEN, link[0] = FORGED)
	HURT(link[1] == OPEN, link[1] = FORGED)
#endif
#if LINKS
	HURT(link[0] == OPEN, link[0] = CUT)
	HURT(link[1] == OPEN, link[1] = CUT)
#endif
	REPAIR(link[0] != OPEN, link[0] = OPEN)
	REPAIR(link[1] != OPEN, link[1] = OPEN)
#if ARBITER
#if LINKS
	HURT(!monitor_arbiter_cut[0], monitor_arbiter_cut[0] = 1)
	HURT(!monitor_arbiter_cut[1], monitor_arbiter_cut[1] = 1)
#endif
#if HOSTS
	HURT(1, monitor_arbiter_cut[0] = 1; monitor_arbiter_cut[1] = 1)
#endif
	REPAIR(monitor_arbiter_cut[0], monitor_arbiter_cut[0] = 0)
	REPAIR(monitor_arbiter_cut[1], monitor_arbiter_cut[1] = 0)
#endif

#define PROXY_TROUBLE(p, own) \
	HURT(proxy[p], proxy[p] = 0) \
	REPAIR(!proxy[p], proxy[p] = 1) \
	HURT(LINKS && own != 0 && !proxy_node_cut[p * 2], proxy_node_cut[p * 2] = 1) \
	HURT(LINKS && own != 1 && !proxy_node_cut[p * 2 + 1], proxy_node_cut[p * 2 + 1] = 1) \
	HURT(LINKS && own != 0 && !monitor_proxy_cut[MOVE(0, p)], monitor_proxy_cut[MOVE(0, p)] = 1) \
	HURT(LINKS && own != 1 && !monitor_proxy_cut[MOVE(1, p)], monitor_proxy_cut[MOVE(1, p)] = 1) \
	HURT(OLD_FILES && proxy[p], proxy_restarts_with_old_file(p)) \
	REPAIR(proxy_node_cut[p * 2], proxy_node_cut[p * 2] = 0) \
	REPAIR(proxy_node_cut[p * 2 + 1], proxy_node_cut[p * 2 + 1] = 0) \
	REPAIR(monitor_proxy_cut[MOVE(0, p)], monitor_proxy_cut[MOVE(0, p)] = 0) \
	REPAIR(monitor_proxy_cut[MOVE(1, p)], monitor_proxy_cut[MOVE(1, p)] = 0)
#if PROXIES > 0
	PROXY_TROUBLE(0, DOMAIN0)
#endif
#if PROXIES > 1
	PROXY_TROUBLE(1, DOMAIN1)
#endif
	:: d_step { !over -> over = 1; faults = 0; world_changed() }
	od
}
