/* SPDX-License-Identifier: PostgreSQL */
#include "inquiry.h"

#include "bdrmon/clock.h"
#include "bdrmon/log.h"
#include "bdrmon/lookup.h"
#include "bdrmon/nodes.h"
#include "bdrmon/strbuf.h"

#include <string.h>

/* What one question goes by. */
struct asking {
	struct inquiry *inquiry;
	const struct worker_order *order;
	struct worker_cell *cell;
	struct session *session;
	struct pg_wait wait;
	enum status st; /* how the last question ended, */
	struct pg_failure failure;
};

/* ------------------------------------------------------------ the other node */

static bool wants_other(const struct asking *a)
{
	return a->order->find_other && a->cell->other.id == 0;
}

/* Keep its record for a restart while this node, which has it, is down. */
static void keep_other(const struct asking *a)
{
	struct error err;
	if (known_save(&a->inquiry->worker->known, &a->cell->other, &err) != OK)
		log_write(LOG_LEVEL_WARNING, err.text,
			  "Set state_directory in section [monitor] to a directory of the "
			  "monitor's user.",
			  "the other node will not be known after a restart while this one is "
			  "down");
}

static void ask_other(struct asking *a)
{
	a->st = nodes_read_other(a->session, a->order->node.id, &a->wait, &a->cell->other,
				 &a->cell->other_missing);
	if (a->st == OK)
		keep_other(a);
	a->inquiry->found = true;
}

/* ------------------------------------------------------------------ a rival */

static bool always(const struct asking *a)
{
	(void)a;
	return true;
}

static void ask_rival(struct asking *a)
{
	struct rival *rival = &a->cell->rival;
	int before = rival->pid;

	a->st = rival_read(a->session, &a->wait, rival, &a->failure);
	if (rival->pid == before)
		return;
	a->inquiry->found = true;
	if (rival->pid != 0)
		log_notice(
			"a session of repmgr is open on node \"%s\" (ID: %d): server process %d, "
			"role \"%s\", from %s",
			a->order->node.name, a->order->node.id, rival->pid, rival->role,
			rival->address[0] != '\0' ? rival->address : "a unix socket");
}

/* ---------------------------------------------------------- the replication */

/* What the server refuses to tell is said once. */
static void tell_refusal(const struct asking *a, const char *what)
{
	char *said = a->cell->repl_refused;

	if (strcmp(said, a->failure.reason) == 0)
		return;
	copy_line(said, sizeof a->cell->repl_refused, a->failure.reason);
	log_warning("could not read %s of node \"%s\" (ID: %d): %s", what, a->order->node.name,
		    a->order->node.id, a->failure.reason);
}

static void ask_setup(struct asking *a)
{
	struct repl_setup *setup = &a->cell->repl.setup;
	enum repl_kind before = setup->kind;

	a->st = repl_detect(a->session, a->order->repl, &a->wait, setup, &a->failure);
	if (a->st != OK) {
		tell_refusal(a, "the kind of replication");
		return;
	}
	if (setup->kind == before)
		return;
	a->inquiry->found = true;
	a->inquiry->due[INQUIRY_LINKS] = NEVER;
	log_notice("node \"%s\" (ID: %d): replication is %s%s%s", a->order->node.name,
		   a->order->node.id, repl_kind_name(setup->kind),
		   setup->version[0] != '\0' ? " " : "", setup->version);
}

static bool replicates(const struct asking *a)
{
	/* What must be known anew comprises this. */
	if (instant_before(a->cell->repl.asked, a->order->ask_after))
		a->inquiry->due[INQUIRY_LINKS] = NEVER;
	return a->cell->repl.setup.kind != REPL_NONE;
}

static const char *or_not_known(enum repl_says says)
{
	const char *word = repl_says_word(says);
	return word != NULL ? word : "not known";
}

static void tell_links(const struct asking *a, const struct repl_state *before)
{
	const struct repl_state *now = &a->cell->repl.state;

	if (before->in.up == now->in.up && before->out.up == now->out.up)
		return;
	log_notice("node \"%s\" (ID: %d): replication from the other node is %s, to it %s",
		   a->order->node.name, a->order->node.id, or_not_known(now->in.up),
		   or_not_known(now->out.up));
}

static void ask_links(struct asking *a)
{
	struct repl_sight *repl = &a->cell->repl;
	struct repl_state before = repl->state;
	struct instant asked = clock_now();

	a->st = repl_read(a->session, repl->setup.kind, &a->wait, &repl->state, &a->failure);
	if (a->st != OK) {
		tell_refusal(a, "the replication");
		return;
	}
	repl->read = true;
	repl->asked = asked;
	a->cell->repl_refused[0] = '\0';
	a->inquiry->found = true;
	tell_links(a, &before);
}

/* -------------------------------------------------------------- the questions */

/* In this order. The pace of the first three is slow: the server logs an error each time if
 * there is no such table, a repmgrd stays, and nobody changes the replication's kind. */
static const struct {
	int64_t every_ms;
	bool (*wanted)(const struct asking *a);
	void (*ask)(struct asking *a);
} questions[INQUIRY_QUESTIONS] = {
	[INQUIRY_OTHER] = { 10000, wants_other, ask_other },
	[INQUIRY_RIVAL] = { 10000, always, ask_rival },
	[INQUIRY_SETUP] = { 10000, always, ask_setup },
	[INQUIRY_LINKS] = { 1000, replicates, ask_links },
};

/* One that the end of the session has cut short does not wait for its turn: a node that comes back
 * recovers only when its replication is known. */
#define CUT_SHORT_MS 1000

void inquiry_begin(struct inquiry *inquiry)
{
	for (unsigned i = 0; i < INQUIRY_QUESTIONS; i++)
		inquiry->due[i] = NEVER;
}

/* That the session ended in a question is worth no less than that it ended between two. One
 * that took too long is closed, too, and says nothing. */
static void note_end(struct inquiry *inquiry, const struct asking *a)
{
	inquiry->ended = a->st == ERR_SERVER;
	inquiry->ended_by_server = inquiry->ended && a->failure.outcome == OUTCOME_STOPPING;
	probe_drop(inquiry->prober);
}

static struct asking begin(struct inquiry *inquiry, const struct worker_order *order,
			   struct worker_cell *cell)
{
	return (struct asking) {
		.inquiry = inquiry,
		.order = order,
		.cell = cell,
		.session = inquiry->prober->held,
		.wait = { instant_add_ms(clock_now(), order->timeout_ms),
			  inquiry->worker->station.stop->fd },
	};
}

static bool answers(const struct inquiry *inquiry, const struct worker_cell *cell)
{
	return inquiry->prober->held != NULL && cell->observation.last.outcome == OUTCOME_OK;
}

bool inquiry_ask(struct inquiry *inquiry, const struct worker_order *order,
		 struct worker_cell *cell)
{
	inquiry->found = inquiry->ended = inquiry->ended_by_server = false;
	for (unsigned i = 0; i < INQUIRY_QUESTIONS && answers(inquiry, cell); i++) {
		struct asking asking = begin(inquiry, order, cell);
		struct instant now = clock_now();
		if (!questions[i].wanted(&asking) || instant_before(now, inquiry->due[i]))
			continue;
		inquiry->due[i] = instant_add_ms(now, questions[i].every_ms);
		questions[i].ask(&asking);
		if (session_usable(asking.session))
			continue;
		note_end(inquiry, &asking);
		if (inquiry->ended)
			inquiry->due[i] = instant_add_ms(now, CUT_SHORT_MS);
	}
	return inquiry->found;
}

bool inquiry_relay(struct inquiry *inquiry, const struct worker_order *order,
		   struct worker_cell *cell)
{
	struct observation *o = &cell->observation;
	struct sight own = { .health = o->history.health, .asked = o->last.asked };
	struct asking asking = begin(inquiry, order, cell);

	inquiry->found = inquiry->ended = inquiry->ended_by_server = false;
	if (!answers(inquiry, cell))
		return false;
	asking.st = relaying_ask(inquiry->relaying, asking.session, &order->relay, &own,
				 &asking.wait, &cell->noticed, &asking.failure);
	o->started_us = inquiry->relaying->last.board.started_us;
	if (!session_usable(asking.session))
		note_end(inquiry, &asking);
	return asking.st == OK;
}
