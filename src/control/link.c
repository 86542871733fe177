/* SPDX-License-Identifier: PostgreSQL */
/* From what both nodes say of the replication to what is reported of one. */
#include "bdrmon/control.h"

/* The sender knows how much it has not sent; the receiver, what it was told of. */
static int64_t first_known(int64_t sender, int64_t receiver)
{
	return sender != REPL_UNKNOWN_NUMBER ? sender : receiver;
}

void control_link(const struct repl_sight *own, const struct repl_sight *other,
		  int64_t max_lag_bytes, struct report_link *link)
{
	const struct repl_state *s = &own->state;

	*link = (struct report_link) { .nodes = own->setup.nodes };
	if (own->setup.kind == REPL_NONE || !own->read)
		return;
	link->kind = repl_kind_name(own->setup.kind);
	link->in = repl_says_word(s->in.up);
	link->out = repl_says_word(s->out.up);
	link->slot = repl_slot_word(s->slot);
	link->conflicts = s->conflicts;
	link->lag_max_bytes = max_lag_bytes;
	link->lag_bytes = s->in.lag_bytes;
	link->lag_ms = s->in.lag_ms;
	if (!other->read)
		return;
	link->lag_bytes = first_known(other->state.out.lag_bytes, s->in.lag_bytes);
	link->lag_ms = first_known(other->state.out.lag_ms, s->in.lag_ms);
}
