/* SPDX-License-Identifier: PostgreSQL */
/* proxy_survey.h - what must be known of a proxy to look at it or adopt it without a daemon. */
#ifndef BDRMON_PROXY_SURVEY_H
#define BDRMON_PROXY_SURVEY_H

#include "bdrmon/config.h"
#include "bdrmon/node_record.h"
#include "bdrmon/proxy.h"

/* Make what src/proxy must know of the proxy WHICH of CONFIG, as a monitor would.
 *
 * node    both nodes, the local one first, as survey_take() finds them; id 0: not known
 * setup   written on OK only
 * Errors: ERR_CONFIG  a node is not known, or has no address that a proxy could connect to, or a
 *                     connection string
 *         ERR_SYSTEM */
enum status proxy_survey(const struct config *config, unsigned which,
			 const struct node_record node[NODES], struct proxy_setup *setup,
			 struct error *err);

#endif
