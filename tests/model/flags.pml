/* SPDX-License-Identifier: PostgreSQL
 *
 * What a configuration may choose, by -DNAME=VALUE, and what holds if it does not.
 */

/* The cluster. */
#ifndef PROXIES
#define PROXIES 0 /* 0, 1 or 2; the first one points to node 0 at the start, the second one to node 1 */
#endif
#ifndef DOMAIN0
#define DOMAIN0 2 /* failure domain of each proxy: 0 and 1 are the nodes' hosts, 2 and 3 hosts of their own */
#endif
#ifndef DOMAIN1
#define DOMAIN1 3
#endif
#ifndef ARBITER
#define ARBITER 0
#endif
#ifndef ACT
#define ACT 0 /* on_no_quorum: 1 act, 0 wait */
#endif
#ifndef NODES
#define NODES 1 /* the node rules run */
#endif
#ifndef ROUTES
#define ROUTES 0 /* the route rules run */
#endif
#ifndef FAILURES_MAX
#define FAILURES_MAX 2 /* rule `flapping': so many failures of each node; it keeps the model finite */
#endif

/* What the adversary may do. Each act costs one fault; repair is free. */
#ifndef FAULTS
#define FAULTS 1
#endif
#ifndef MONITORS
#define MONITORS 1 /* a monitor is killed */
#endif
#ifndef HOSTS
#define HOSTS 1 /* a host dies, is isolated, or the two hosts are parted, in one step */
#endif
#ifndef LINKS
#define LINKS 1 /* one link is cut */
#endif
#ifndef STALE_ROWS
#define STALE_ROWS 1 /* a live monitor's row in the relay grows too old */
#endif
#ifndef STALLS
#define STALLS 0 /* a live holder of the claim sleeps longer than its lease */
#endif
#ifndef SLOW_NODES
#define SLOW_NODES 0 /* a node misses the monitors' deadlines and still serves applications */
#endif
#ifndef FIREWALLS
#define FIREWALLS 0 /* a firewall cuts a link and answers with RST */
#endif
#ifndef OLD_FILES
#define OLD_FILES 0 /* a proxy restarts with the file that it had at first */
#endif
