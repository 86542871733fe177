/* SPDX-License-Identifier: PostgreSQL */
#include "bdrmon/explain.h"

#include "bdrmon/json_text.h"

#include <inttypes.h>

/* Write the key NAME; FIRST in its object. */
static void add_key(struct strbuf *out, bool first, const char *name)
{
	strbuf_add(out, first ? "" : ", ");
	json_add_text(out, name);
	strbuf_add(out, ": ");
}

static void add_text(struct strbuf *out, bool first, const char *name, const char *text)
{
	add_key(out, first, name);
	json_add_text(out, text);
}

static void add_facts(struct strbuf *out, const char *name, const struct fact_words *words,
		      const void *facts, unsigned count)
{
	const unsigned *value = facts;

	add_key(out, false, name);
	strbuf_add_char(out, '{');
	for (unsigned i = 0; i < count; i++)
		add_text(out, i == 0, words[i].name, fact_word(&words[i], value[i]));
	strbuf_add_char(out, '}');
}

static void add_age(struct strbuf *out, const struct decision *d, const struct testimony *t)
{
	add_key(out, false, "age_ms");
	if (instant_is_set(t->evidence))
		strbuf_printf(out, "%" PRId64, ms_between(t->evidence, d->made));
	else
		strbuf_add(out, "null");
}

static void add_testimony(struct strbuf *out, const struct decision *d, const struct testimony *t,
			  unsigned subject, const struct explain_names *names)
{
	strbuf_add_char(out, '{');
	add_text(out, true, "vantage", vantage_name(t->vantage));
	add_text(out, false, "name", explain_who(t, subject, names));
	add_text(out, false, "domain", names->domain[t->domain]);
	add_text(out, false, "says", voice_name(t->voice));
	add_key(out, false, "sees");
	if (explain_has_eyes(t))
		json_add_text(out, health_name(t->health));
	else
		strbuf_add(out, "null");
	add_age(out, d, t);
	strbuf_add_char(out, '}');
}

static void add_votes(struct strbuf *out, const struct decision *d, unsigned subject,
		      const struct explain_names *names)
{
	const struct votes *votes = &d->node[subject].votes;

	add_key(out, false, "vantages");
	strbuf_add_char(out, '[');
	for (unsigned i = 0; i < votes->count; i++) {
		strbuf_add(out, i == 0 ? "" : ", ");
		add_testimony(out, d, &votes->testimony[i], subject, names);
	}
	strbuf_add_char(out, ']');
	add_key(out, false, "domains");
	strbuf_add_char(out, '{');
	bool first = true;
	for (unsigned domain = 0; domain < DOMAINS_MAX; domain++) {
		for (unsigned v = 0; v < VOICES; v++) {
			if ((votes->says[v] & domain_bit(domain)) == 0)
				continue;
			add_text(out, first, names->domain[domain], voice_name((enum voice)v));
			first = false;
		}
	}
	strbuf_add_char(out, '}');
}

static void add_node(struct strbuf *out, const struct decision *d, unsigned node,
		     const struct explain_names *names)
{
	const struct explanation *e = &d->node[node];
	unsigned count;

	strbuf_add_char(out, '{');
	add_text(out, true, "name", names->node[node]);
	add_text(out, false, "rule", e->rule->name);
	add_text(out, false, "why", e->rule->why);
	add_text(out, false, "verdict", verdict_name(e->rule->then));
	add_text(out, false, "rule_without_pause", e->would->name);
	add_text(out, false, "stage", e->stage->name);
	const struct fact_words *words = facts_words(&count);
	add_facts(out, "facts", words, &e->facts, count);
	words = stage_facts_words(&count);
	add_facts(out, "stage_facts", words, &e->stage_facts, count);
	add_votes(out, d, node, names);
	strbuf_add_char(out, '}');
}

static void add_sights(struct strbuf *out, const struct decision *d, unsigned proxy,
		       const struct explain_names *names)
{
	bool first = true;

	add_key(out, false, "sees");
	strbuf_add_char(out, '[');
	for (unsigned i = 0; i < NODES; i++) {
		const struct testimony *t = explain_sight(d, proxy, i);
		if (t == NULL)
			continue;
		strbuf_add(out, first ? "{" : ", {");
		add_text(out, true, "node", names->node[i]);
		add_text(out, false, "health", health_name(t->health));
		add_age(out, d, t);
		strbuf_add_char(out, '}');
		first = false;
	}
	strbuf_add_char(out, ']');
}

static void add_proxy(struct strbuf *out, const struct decision *d, unsigned proxy,
		      const struct explain_names *names)
{
	const struct route_explanation *e = &d->proxy[proxy];
	unsigned count;

	strbuf_add_char(out, '{');
	add_text(out, true, "name", names->proxy[proxy]);
	add_key(out, false, "route");
	if (e->route < NODES)
		json_add_text(out, names->node[e->route]);
	else
		strbuf_add(out, "null");
	add_text(out, false, "rule", e->rule->name);
	add_text(out, false, "why", e->rule->why);
	add_text(out, false, "move", move_name(e->rule->then));
	add_sights(out, d, proxy, names);
	const struct fact_words *words = route_facts_words(&count);
	add_facts(out, "facts", words, &e->facts, count);
	strbuf_add_char(out, '}');
}

void explain_json(const struct decision *d, const struct explain_names *names, struct strbuf *out)
{
	strbuf_add(out, "{\"nodes\": [");
	for (unsigned i = 0; i < NODES; i++) {
		strbuf_add(out, i == 0 ? "" : ", ");
		add_node(out, d, i, names);
	}
	strbuf_add(out, "], \"proxies\": [");
	for (unsigned i = 0; i < d->proxies; i++) {
		strbuf_add(out, i == 0 ? "" : ", ");
		add_proxy(out, d, i, names);
	}
	strbuf_add(out, "]}\n");
}
