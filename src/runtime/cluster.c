/* SPDX-License-Identifier: PostgreSQL */
#include "bdrmon/cluster.h"

#include "bdrmon/clock.h"
#include "bdrmon/log.h"
#include "bdrmon/thread.h"
#include "cluster_state.h"
#include "look.h"
#include "names.h"
#include "recorder.h"

#include <stdlib.h>
#include <string.h>

/* A stop takes at most a second: so long for the threads, which all wake up at once
 * unless one hangs in a name server, and so long for the commands. */
#define STOP_THREADS_MS  500
#define STOP_COMMANDS_MS 300
#define STOP_RECORDER_MS 300

/* From the begin of the stop on; what is not written by then is kept for the next start. */
#define STOP_SCRIBE_MS 900

static enum status prepare(struct cluster *c, struct error *err)
{
	enum status st;

	if ((st = policy_settings(&c->config, &c->settings, err)) != OK ||
	    (st = doorbell_open(&c->stop, err)) != OK || (st = board_new(&c->board, err)) != OK)
		return st;
	return decider_open(&c->decider, c->board, &c->settings, err);
}

/* Where a thread shows what it knows, and when it ends. */
static void prepare_station(struct cluster *c, struct station *station, enum cell cell)
{
	station->board = c->board;
	station->cell = cell;
	station->stop = &c->stop;
}

static enum status start_node(struct cluster *c, unsigned node, struct error *err)
{
	struct worker *worker = &c->worker[node];
	struct claimant *claimant = &c->claimant[node];

	prepare_station(c, &worker->station, CELL_NODE_0 + node);
	prepare_station(c, &claimant->station, CELL_CLAIM_0 + node);
	worker->known = policy_known(&c->config);
	enum status st = worker_start(worker, &c->settings.order[node], err);
	return st == OK ? claimant_start(claimant, err) : st;
}

/* Those that are configured and do not run yet; one that is not any more has nothing to do. */
static enum status start_arbiters(struct cluster *c, unsigned count, struct error *err)
{
	enum status st = OK;

	for (unsigned i = 0; i < count && st == OK; i++) {
		struct arbiter *arbiter = &c->arbiter[i];
		if (arbiter->station.runs)
			continue;
		prepare_station(c, &arbiter->station, CELL_ARBITER_0 + i);
		st = arbiter_start(arbiter, err);
	}
	return st;
}

/* The same of the proxies. */
static enum status start_proxies(struct cluster *c, unsigned count, struct error *err)
{
	enum status st = OK;

	for (unsigned i = 0; i < count && st == OK; i++) {
		struct proxy_worker *proxy = &c->proxy[i];
		if (proxy->station.runs)
			continue;
		prepare_station(c, &proxy->station, CELL_PROXY_0 + i);
		st = proxy_worker_start(proxy, err);
	}
	return st;
}

/* Executor and scribe take over what the bdrmon before has left, and the recorder keeps it. */
static enum status start_executor(struct cluster *c, struct error *err)
{
	const struct config *config = &c->config;
	struct recorded recorded;

	enum status st = recorder_new(config->state_directory, config->cluster, &c->recorder,
				      &recorded, err);
	if (st != OK)
		return st;
	struct executor_setup setup = {
		.config = &config->executor,
		.command = config->command,
		.directory = config->state_directory,
		.changed = recorder_bell(c->recorder),
		.ran = &c->decider.bell,
		.kept = recorded.job,
		.kept_count = recorded.jobs,
	};
	c->decider.kept = recorded.kept;
	c->word.paused_until = kept_pause(&recorded.kept);
	cluster_say(c);
	st = executor_start(&setup, &c->executor, err);
	if (st == OK)
		st = scribe_new(recorded.rows, recorder_bell(c->recorder), &c->scribe, err);
	recorded_free(&recorded);
	if (st == OK)
		st = recorder_start(c->recorder, c->executor, c->scribe, err);
	return st == OK ? scribe_start(c->scribe, err) : st;
}

static enum status start(struct cluster *c, struct error *err)
{
	enum status st = start_executor(c, err);

	for (unsigned i = 0; i < NODES && st == OK; i++)
		st = start_node(c, i, err);
	if (st == OK)
		st = start_arbiters(c, c->settings.arbiters, err);
	if (st == OK)
		st = start_proxies(c, c->settings.proxies, err);
	if (st != OK)
		return st;
	c->decider.executor = c->executor;
	c->decider.recorder = c->recorder;
	c->decider.scribe = c->scribe;
	c->decider.worker = c->worker;
	c->decider.claimant = c->claimant;
	c->decider.arbiter = c->arbiter;
	c->decider.proxy = c->proxy;
	c->decider.stop = &c->stop;
	st = decider_start(&c->decider, err);
	c->decider_runs = st == OK;
	return st;
}

static void announce(struct cluster *c, enum event_kind event)
{
	struct announcer announcer = cluster_announcer(c);
	announce_monitor(&announcer, event);
}

enum status cluster_start(const struct config *config, bool ignore_rival, struct cluster **cluster,
			  struct error *err)
{
	struct cluster *c = calloc(1, sizeof *c);

	if (c == NULL)
		return error_set(err, ERR_SYSTEM, "out of memory");
	c->config = *config;
	c->decider.ignore_rival = ignore_rival;
	c->stop.fd = c->decider.bell.fd = -1;
	enum status st = prepare(c, err);
	if (st == OK)
		st = start(c, err);
	if (st != OK) {
		cluster_stop(c);
		return st; /* NOLINT(clang-analyzer-unix.Malloc): a thread may have it for ever */
	}
	announce(c, EVENT_REPMGRD_START);
	*cluster = c;
	return OK;
}

/* False: one did not end. */
static bool end_threads(struct cluster *c, struct instant deadline)
{
	bool all = true;

	if (c->stop.fd >= 0)
		doorbell_ring(&c->stop);
	for (unsigned i = 0; i < NODES; i++) {
		const struct node_record *node = &c->settings.order[i].node;
		if (station_join(&c->worker[i].station, deadline))
			continue;
		log_warning("the worker of node \"%s\" (ID: %d) does not end and is left behind",
			    node->name, node->id);
		all = false;
	}
	for (unsigned i = 0; i < NODES; i++) {
		if (station_join(&c->claimant[i].station, deadline))
			continue;
		log_warning("a claimant does not end and is left behind");
		all = false;
	}
	for (unsigned i = 0; i < ARBITERS_MAX; i++) {
		if (station_join(&c->arbiter[i].station, deadline))
			continue;
		log_warning("the thread of arbiter \"%s\" does not end and is left behind",
			    c->settings.arbiter[i].name);
		all = false;
	}
	for (unsigned i = 0; i < PROXIES_MAX; i++) {
		if (station_join(&c->proxy[i].station, deadline))
			continue;
		log_warning("the thread of proxy \"%s\" does not end and is left behind",
			    c->settings.proxy[i].config.name);
		all = false;
	}
	if (c->decider_runs && !thread_join(c->decider.thread, deadline)) {
		log_warning("the decider does not end and is left behind");
		c->executor = NULL; /* which it may still use */
		all = false;
	}
	return all;
}

static void discard(struct cluster *c)
{
	for (unsigned i = 0; i < NODES; i++) {
		station_close(&c->worker[i].station);
		station_close(&c->claimant[i].station);
	}
	for (unsigned i = 0; i < ARBITERS_MAX; i++)
		station_close(&c->arbiter[i].station);
	for (unsigned i = 0; i < PROXIES_MAX; i++)
		station_close(&c->proxy[i].station);
	decider_close(&c->decider);
	if (c->executor != NULL)
		executor_free(c->executor);
	if (c->scribe != NULL)
		scribe_free(c->scribe);
	if (c->recorder != NULL)
		recorder_free(c->recorder);
	board_free(c->board);
	doorbell_close(&c->stop);
	free(c);
}

bool cluster_stop(struct cluster *c)
{
	struct instant now = clock_now();

	if (c->decider_runs)
		announce(c, EVENT_REPMGRD_SHUTDOWN);
	bool all = end_threads(c, instant_add_ms(now, STOP_THREADS_MS));
	if (c->executor != NULL)
		all &= executor_stop(c->executor,
				     instant_add_ms(now, STOP_THREADS_MS + STOP_COMMANDS_MS));
	if (c->scribe != NULL && !scribe_stop(c->scribe, instant_add_ms(now, STOP_SCRIBE_MS))) {
		log_warning("the scribe does not end and is left behind");
		all = false;
	}
	if (c->recorder != NULL &&
	    !recorder_stop(c->recorder, instant_add_ms(clock_now(), STOP_RECORDER_MS))) {
		log_warning("the recorder does not end and is left behind");
		all = false;
	}
	if (all)
		discard(c);
	return all;
}

enum status cluster_reload(struct cluster *c, const struct config *config, struct error *err)
{
	struct settings settings;

	enum status st = policy_settings(config, &settings, err);
	if (st == OK)
		st = start_arbiters(c, settings.arbiters, err);
	if (st == OK)
		st = start_proxies(c, settings.proxies, err);
	if (st == OK)
		st = executor_configure(c->executor, &config->executor, config->command, err);
	if (st != OK)
		return st;
	c->settings = settings;
	mailbox_put(&c->decider.settings_box, &settings, sizeof settings);
	announce(c, EVENT_REPMGRD_RELOAD);
	return OK;
}

bool cluster_explain(struct cluster *c, bool json, struct strbuf *out)
{
	struct decider_cell decided = { 0 };

	if (!board_read(c->board, CELL_DECIDER, &decided, sizeof decided))
		return false;
	const char *const node[NODES] = { decided.node[0].name, decided.node[1].name };
	struct explain_names names = names_of(c->config.monitor, &decided.places, node);
	(json ? explain_json : explain_text)(&decided.decision, &names, out);
	if (!json)
		explain_outlook(&decided.policy, &decided.times, out);
	return true;
}

void cluster_look(struct cluster *c, struct cluster_sight *sight)
{
	*sight = (struct cluster_sight) { 0 };
	executor_counters(c->executor, &sight->commands);
	look(c->board, sight);
}

void cluster_enter(void)
{
	board_enter();
}

void cluster_leave(void)
{
	board_leave();
}
