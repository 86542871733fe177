/* SPDX-License-Identifier: PostgreSQL */
/* requests.h - what a client may ask for: one table. */
#ifndef BDRMON_CONTROL_REQUESTS_H
#define BDRMON_CONTROL_REQUESTS_H

#include "bdrmon/control.h"

#define REQUEST_WORDS_MAX 5

/* Exit codes for the command line, which are repmgr's; of "once" they are Nagios'. */
#define CODE_OK          0
#define CODE_REFUSED     1
#define CODE_NODE_STATUS 25

struct request {
	struct cluster *cluster;
	const struct control_facts *facts;
	const char *word[REQUEST_WORDS_MAX]; /* behind the first; those not given are NULL */
};

enum request_end {
	REQUEST_DONE,
	REQUEST_RELOADS, /* the answer comes when the reload is over */
};

/* Carry out the request LINE, which is cut into its words.
 *
 * trusted  the client may change something
 * code     and the text in BODY are the answer, if it is done
 */
enum request_end request_run(char *line, bool trusted, struct cluster *cluster,
			     const struct control_facts *facts, int *code, struct strbuf *body);

#endif
