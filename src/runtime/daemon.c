/* SPDX-License-Identifier: PostgreSQL */
#include "bdrmon/daemon.h"

#include "announce.h"
#include "bdrmon/clock.h"
#include "bdrmon/log.h"
#include "bdrmon/lookup.h"
#include "bdrmon/thread.h"
#include "decider.h"
#include "policy.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A stop takes at most a second: so long for the threads, which all wake up at once
 * unless one hangs in a name server, and so long for the commands. */
#define STOP_THREADS_MS  300
#define STOP_COMMANDS_MS 500

/* All state hangs here, and this stands on daemon_run()'s stack. */
struct cluster {
	const struct config *config;
	struct doorbell bell; /* for the decider */
	struct doorbell stop;
	struct board *board;
	struct executor *executor;
	struct worker worker[NODES];
	struct decider decider;
	bool worker_runs[NODES], decider_runs;
};

static enum status prepare(struct cluster *c, struct error *err)
{
	const struct config *config = c->config;
	enum status st;

	c->decider = (struct decider) {
		.config = config, .worker = c->worker, .bell = &c->bell, .stop = &c->stop
	};
	if ((st = doorbell_open(&c->bell, err)) != OK || (st = doorbell_open(&c->stop, err)) != OK)
		return st;
	if ((st = board_new(&c->bell, &c->board, err)) != OK)
		return st;
	c->decider.board = c->board;
	if ((st = policy_orders(config, c->decider.order, err)) != OK)
		return st;
	for (unsigned i = 0; i < NODES; i++) {
		struct worker *worker = &c->worker[i];

		worker->known = policy_known(config);
		worker->board = c->board;
		worker->cell = CELL_NODE_0 + i;
		worker->stop = &c->stop;
		if ((st = mailbox_open(&worker->mailbox, err)) != OK)
			return st;
		mailbox_put(&worker->mailbox, &c->decider.order[i]);
	}
	return OK;
}

static enum status start(struct cluster *c, struct error *err)
{
	enum status st =
		executor_start(&c->config->executor, c->config->command, &c->executor, err);
	if (st != OK)
		return st;
	c->decider.executor = c->executor;
	for (unsigned i = 0; i < NODES; i++) {
		if ((st = worker_start(&c->worker[i], err)) != OK)
			return st;
		c->worker_runs[i] = true;
	}
	if ((st = decider_start(&c->decider, err)) != OK)
		return st;
	c->decider_runs = true;
	return OK;
}

/* End all threads. False: one did not end, and the memory that it uses must stay. */
static bool stop(struct cluster *c)
{
	struct instant now = clock_now();
	struct instant deadline = instant_add_ms(now, STOP_THREADS_MS);
	bool all = true;

	doorbell_ring(&c->stop);
	for (unsigned i = 0; i < NODES; i++) {
		if (!c->worker_runs[i] || thread_join(c->worker[i].thread, deadline))
			continue;
		log_warning("the worker of node \"%s\" (ID: %d) does not end and is left behind",
			    c->decider.order[i].node.name, c->decider.order[i].node.id);
		all = false;
	}
	if (c->decider_runs && !thread_join(c->decider.thread, deadline)) {
		log_warning("the decider does not end and is left behind");
		return false; /* it may still use the executor */
	}
	if (c->executor != NULL)
		executor_stop(c->executor, instant_add_ms(now, STOP_THREADS_MS + STOP_COMMANDS_MS));
	return all;
}

static void discard(struct cluster *c)
{
	for (unsigned i = 0; i < NODES; i++)
		mailbox_close(&c->worker[i].mailbox);
	board_free(c->board);
	doorbell_close(&c->bell);
	doorbell_close(&c->stop);
}

/* Block all signals, for this thread and those it starts; handlers do not exist. A
 * signal that says that the program itself is broken must stay deadly. */
static void block_signals(sigset_t *blocked)
{
	static const int deadly[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP, SIGSYS };
	sigfillset(blocked);
	for (unsigned i = 0; i < ARRAY_LEN(deadly); i++)
		sigdelset(blocked, deadly[i]);
	pthread_sigmask(SIG_SETMASK, blocked, NULL);
}

static void wait_for_end(const sigset_t *blocked)
{
	for (;;) {
		int signal = 0;
		if (sigwait(blocked, &signal) != 0)
			continue;
		if (signal == SIGTERM || signal == SIGINT || signal == SIGQUIT) {
			log_notice("%s received, stopping", strsignal(signal));
			return;
		}
		if (signal == SIGHUP)
			log_write(LOG_LEVEL_WARNING, NULL,
				  "Restart bdrmon to apply a changed configuration.",
				  "SIGHUP received, but this version cannot reload its "
				  "configuration");
	}
}

static enum status open_log(const struct config *config, struct error *err)
{
	struct log_target target = { config->log_level, config->log_facility, config->log_file };
	return log_open(&target, err);
}

enum status daemon_run(const struct config *config, struct error *err)
{
	struct cluster c = { .config = config, .bell.fd = -1, .stop.fd = -1 };
	sigset_t blocked;

	enum status st = open_log(config, err);
	if (st != OK)
		return st;
	for (unsigned i = 0; i < NODES; i++)
		c.worker[i].mailbox.bell.fd = -1;
	block_signals(&blocked);
	st = log_start(err);
	if (st == OK)
		st = prepare(&c, err);
	if (st == OK)
		st = start(&c, err);
	if (st == OK) {
		announce_monitor(config, c.executor, EVENT_REPMGRD_START);
		wait_for_end(&blocked);
		announce_monitor(config, c.executor, EVENT_REPMGRD_SHUTDOWN);
	}
	bool all_ended = stop(&c);
	log_close();
	if (!all_ended)
		_exit(st == OK ? EXIT_SUCCESS : EXIT_FAILURE);
	discard(&c);
	return st;
}
