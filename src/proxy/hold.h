/* SPDX-License-Identifier: PostgreSQL */
/* hold.h - hold the queries of applications back while their node is in doubt (early_pause): PAUSE
 * of the applications' aliases. Who is held back waits, and is not turned away; after the move, or
 * when the node is well again, RESUME lets all go on.
 *
 * Nobody may be held back for ever. server_login_retry is one of our values meanwhile: by that
 * another bdrmon knows whose PAUSE it is, and ends one that is left. One by hand is left alone.
 */
#ifndef BDRMON_PROXY_HOLD_H
#define BDRMON_PROXY_HOLD_H

#include "console.h"

/* In a look that knows what runs, and has read server_login_retry as RETRY: end what a bdrmon that
 * is gone has left, and say of another PAUSE that it is there. Errors: as console_run() */
enum status hold_care(struct proxy *proxy, double retry, int stop_fd);

/* The same at once, when it is known that whoever has left it is gone. Errors: as console_run() */
enum status hold_end_left(struct proxy *proxy, int stop_fd);

/* Let all go on whom a bdrmon holds back. */
void hold_end(struct proxy *proxy, int stop_fd);

#endif
