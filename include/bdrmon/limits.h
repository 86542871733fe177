/* SPDX-License-Identifier: PostgreSQL */
/* limits.h - the bounds that several folders share. */
#ifndef BDRMON_LIMITS_H
#define BDRMON_LIMITS_H

#define NODES           2 /* no more: with three, nothing says which one takes over */
#define MONITORS_MAX    5
#define PEERS_MAX       (MONITORS_MAX - 1) /* the other monitors */
#define PROXIES_MAX     16
#define ARBITERS_MAX    3
#define ALIASES_MAX     32   /* of one proxy that are moved */
#define NAME_TEXT_MAX   64   /* a node's, monitor's or cluster's name; PostgreSQL's own limit */
#define CONNINFO_MAX    2048 /* a connection string */
#define COMMAND_MAX     8192 /* the notification command as configured */
#define PATH_TEXT_MAX   1024
#define TARGET_HOST_MAX 256 /* where a proxy reaches a node */
#define TARGET_PORT_MAX 6
#define REASON_MAX      256 /* why a probe ended as it did, for people */

#endif
