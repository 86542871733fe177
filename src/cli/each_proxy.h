/* SPDX-License-Identifier: PostgreSQL */
/* each_proxy.h - what the commands about proxies share. */
#ifndef BDRMON_CLI_EACH_PROXY_H
#define BDRMON_CLI_EACH_PROXY_H

#include "arguments.h"
#include "bdrmon/node_record.h"
#include "bdrmon/proxy.h"
#include "bdrmon/survey.h"

/* One of them, and what is known of the nodes. */
struct one_proxy {
	const struct pgbouncer_config *config; /* its section */
	struct proxy *proxy;                   /* NULL: nothing can be said of it, ERR says why */
	const struct error *err;
	const struct node_record *node;
	const struct survey_node *survey; /* with what was wished */
};

/* Gives an exit code. */
typedef int one_proxy_fn(void *context, const struct one_proxy *one);

/* Look at both nodes, with WISH, and call ACT for each proxy of the configuration, or for those
 * that are named, one after the other; what fails for one does not stop the next. Gives the first
 * exit code that is not EXIT_CODE_OK. The process must then end with _exit(): a thread may hang. */
int each_proxy(const struct arguments *arguments, const struct survey_wish *wish, one_proxy_fn *act,
	       void *context);

#endif
