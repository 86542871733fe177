/* SPDX-License-Identifier: PostgreSQL */
/* The operator's word: from a request to what the decider goes by. */
#include "cluster_state.h"

#include <string.h>

struct announcer cluster_announcer(const struct cluster *c)
{
	return (struct announcer) { .settings = &c->settings,
				    .executor = c->executor,
				    .scribe = c->scribe };
}

void cluster_say(struct cluster *c)
{
	mailbox_put(&c->decider.operator_box, &c->word, sizeof c->word);
}

void cluster_pause(struct cluster *c, struct instant until)
{
	c->word.paused_until = until;
	cluster_say(c);
}

static enum status no_such(struct error *err, const char *what, const char *name)
{
	error_set(err, ERR_CONFIG, "there is no %s \"%s\"", what, name);
	error_hint(err, "\"bdrmon status\" shows those that there are.");
	return ERR_CONFIG;
}

/* The node of that name or ID. DECIDED is what the decider shows. */
static enum status find_node(struct cluster *c, const char *name, struct decider_cell *decided,
			     unsigned *node, struct error *err)
{
	*decided = (struct decider_cell) { 0 };
	board_read(c->board, CELL_DECIDER, decided, sizeof *decided);
	*node = 0;
	while (*node < NODES && !node_is_called(&decided->node[*node], name))
		(*node)++;
	return *node < NODES ? OK : no_such(err, "node", name);
}

enum status cluster_failover(struct cluster *c, const char *to, bool force, struct instant until,
			     struct error *err)
{
	struct decider_cell decided;
	unsigned node;

	if (find_node(c, to, &decided, &node, err) != OK)
		return ERR_CONFIG;
	c->word.failover_until[other_node(node)] = until;
	c->word.force[other_node(node)] = force;
	cluster_say(c);
	return OK;
}

enum status cluster_readmit(struct cluster *c, const char *name, struct instant until,
			    struct error *err)
{
	struct decider_cell decided;
	unsigned node;

	if (find_node(c, name, &decided, &node, err) != OK)
		return ERR_CONFIG;
	c->word.readmit_until[node] = until;
	cluster_say(c);
	return OK;
}

/* Is the failure of NODE open, or has it not recovered? */
static bool is_unfit(const struct decider_cell *decided, unsigned node)
{
	return failure_open(&decided->memory, decided->record, node) ||
	       decided->decision.node[node].facts.subject == SUBJECT_RECOVERING;
}

enum status cluster_repoint(struct cluster *c, const char *proxy, const char *to, bool force,
			    struct instant until, struct error *err)
{
	struct decider_cell decided;
	unsigned node, p = 0;

	if (find_node(c, to, &decided, &node, err) != OK)
		return ERR_CONFIG;
	while (p < decided.places.layout.proxies && strcmp(decided.places.proxy[p], proxy) != 0)
		p++;
	if (p == decided.places.layout.proxies)
		return no_such(err, "proxy", proxy);
	if (!force && is_unfit(&decided, node)) {
		error_set(err, ERR_CONFIG, "node \"%s\" has failed and not recovered yet",
			  decided.node[node].name);
		error_hint(err,
			   "It may lack what was written meanwhile. \"--force\" moves the proxy "
			   "there all the same.");
		return ERR_CONFIG;
	}
	c->word.route[p] = (struct route_word) { until, node, force };
	cluster_say(c);
	return OK;
}

void cluster_acknowledge(struct cluster *c, struct instant until)
{
	c->word.ack_until = until;
	cluster_say(c);
}

void cluster_tell_order(struct cluster *c, const char *text)
{
	struct announcer announcer = cluster_announcer(c);
	announce_order(&announcer, text);
}
