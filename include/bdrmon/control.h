/* SPDX-License-Identifier: PostgreSQL */
/* control.h - talk to a running monitor over its unix socket.
 *
 *   request   "status json\n": one line of words
 *   answer    "0 123\n" and 123 bytes: the exit code for the command line, the length
 *             and the text to print
 *
 * Anybody who reaches the socket may ask; only root and the monitor's own user may
 * change something (SO_PEERCRED).
 */
#ifndef BDRMON_CONTROL_H
#define BDRMON_CONTROL_H

#include "bdrmon/cluster.h"
#include "bdrmon/doorbell.h"
#include "bdrmon/error.h"
#include "bdrmon/report.h"

#define CONTROL_REQUEST_MAX 256 /* bytes of a request, with its line feed */
#define CONTROL_CLIENTS_MAX 32  /* served at the same time; the oldest idle one makes room */

/* The socket's path in the directory RUNTIME_DIRECTORY.
 * Errors: ERR_CONFIG  it is longer than the kernel allows */
enum status control_path(const char *runtime_directory, char path[PATH_TEXT_MAX],
			 struct error *err);

/* ---------------------------------------------------------------- in the daemon */

/* What only the main thread knows. */
struct control_facts {
	char cluster[NAME_TEXT_MAX];
	char monitor[NAME_TEXT_MAX];
	bool config_rejected;
};

struct control;

/* Listen at PATH, in a thread of its own.
 *
 * reload_wanted  rings when a client asks for a reload; the caller carries it out and
 *                calls control_reloaded()
 * control        written on OK only; ended by control_stop()
 *
 * Errors:  ERR_CONFIG, ERR_SYSTEM
 * Threads: main
 */
enum status control_start(const char *path, struct cluster *cluster,
			  const struct control_facts *facts, const struct doorbell *reload_wanted,
			  struct control **control, struct error *err);

/* End the thread and remove the socket. CONTROL may be NULL. It must be stopped before
 * its cluster. */
void control_stop(struct control *control);

/* Threads: main. */
void control_tell(struct control *control, const struct control_facts *facts);

/* Answer all who have asked for a reload: TEXT, and whether it was done. */
void control_reloaded(struct control *control, bool done, const char *text);

/* What there is to report of CLUSTER just now, not judged yet. The report borrows from
 * SIGHT and FACTS. Threads: as cluster_look(). */
void control_report(struct cluster *cluster, const struct control_facts *facts,
		    struct cluster_sight *sight, struct report *report);

/* What there is to report of a node's replication, as it says itself and the other one; with
 * so much lag at most. Pure. */
void control_link(const struct repl_sight *own, const struct repl_sight *other,
		  int64_t max_lag_bytes, struct report_link *link);

/* -------------------------------------------------------------------- elsewhere */

/* Send the line REQUEST (without line feed) to the monitor at PATH.
 *
 * code    what the command line should exit with; written on OK only, as is BODY
 *
 * Errors:  ERR_SERVER   nobody listens there
 *          ERR_TIMEOUT  no answer before DEADLINE
 *          ERR_SYSTEM   anything else
 * Threads: any
 */
enum status control_ask(const char *path, const char *request, struct instant deadline, int *code,
			struct strbuf *body, struct error *err);

#endif
