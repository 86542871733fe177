/* SPDX-License-Identifier: PostgreSQL */
/* reload.h - go over to a changed configuration file, or stay with the old one. */
#ifndef BDRMON_DAEMON_RELOAD_H
#define BDRMON_DAEMON_RELOAD_H

#include "bdrmon/cluster.h"
#include "bdrmon/config.h"

/* Read FILE and, if there is no error in it, give it to CLUSTER and write it to CONFIG.
 * What cannot change in a running monitor keeps its value and is named in the log, as is
 * all that there is to say about the file.
 *
 * result  what was done, for the one who asked; always written
 *
 * False: the file is bad, and nothing has changed. */
bool reload_config(const char *file, struct config *config, struct cluster *cluster,
		   struct error *result);

#endif
