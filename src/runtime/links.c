/* SPDX-License-Identifier: PostgreSQL */
#include "links.h"

/* From a node's return on. Who does not connect by then has another reason. */
#define POKE_FOR_MS 60000

bool links_watched(const struct worker_cell cell[NODES])
{
	return cell[0].repl.setup.kind != REPL_NONE || cell[1].repl.setup.kind != REPL_NONE;
}

/* From the node that has OUT to the one that has IN. */
static bool flows(const struct repl_link *out, const struct repl_link *in, int64_t max_lag_bytes)
{
	bool down = out->up == REPL_NO || in->up == REPL_NO;
	bool up = out->up == REPL_YES || in->up == REPL_YES;
	return up && !down && out->lag_bytes <= max_lag_bytes && in->lag_bytes <= max_lag_bytes;
}

struct instant links_level(const struct worker_cell cell[NODES], int64_t max_lag_bytes)
{
	const struct repl_state *a = &cell[0].repl.state, *b = &cell[1].repl.state;
	struct instant asked[NODES] = { cell[0].repl.asked, cell[1].repl.asked };

	if (!flows(&a->out, &b->in, max_lag_bytes) || !flows(&b->out, &a->in, max_lag_bytes))
		return NEVER;
	return instant_before(asked[0], asked[1]) ? asked[0] : asked[1];
}

int64_t links_at_risk(const struct worker_cell cell[NODES], unsigned failed)
{
	const struct repl_state *dead = &cell[failed].repl.state;
	const struct repl_state *alive = &cell[1 - failed].repl.state;
	int64_t unsent = dead->out.lag_bytes, missing = REPL_UNKNOWN_NUMBER;

	if (!cell[failed].repl.read)
		return REPL_UNKNOWN_NUMBER;
	if (dead->written_lsn != 0 && alive->received_lsn != 0)
		missing = dead->written_lsn > alive->received_lsn
				  ? (int64_t)(dead->written_lsn - alive->received_lsn)
				  : 0;
	/* Each is an upper bound: of one, much was received since; the other counts what holds
	 * no rows, too. */
	if (unsent == REPL_UNKNOWN_NUMBER || missing == REPL_UNKNOWN_NUMBER)
		return unsent == REPL_UNKNOWN_NUMBER ? missing : unsent;
	return unsent < missing ? unsent : missing;
}

bool links_wait(const struct view *view, const struct worker_cell cell[NODES])
{
	struct instant since = NEVER;

	for (unsigned i = 0; i < NODES; i++) {
		if (view->node[i].last.outcome != OUTCOME_OK || !cell[i].repl.read)
			return false;
		since = instant_later(since, view->node[i].history.ok_since);
	}
	return ms_between(since, view->made) < POKE_FOR_MS && !instant_is_set(view->node[0].level);
}
