/* SPDX-License-Identifier: PostgreSQL */
#include "bdrmon/explain.h"

#include "bdrmon/columns.h"

#include <inttypes.h>
#include <string.h>

enum column { WHO, DOMAIN, SEES, AGE, SAYS, COLUMNS };

/* Long enough for "proxy" and a quoted name. */
#define CELL_MAX (NAME_TEXT_MAX + 16)

const char *explain_who(const struct testimony *t, unsigned subject,
			const struct explain_names *names)
{
	switch (t->vantage) {
	case VANTAGE_PEER:
		return names->peer[t->index];
	case VANTAGE_PROXY:
		return names->proxy[t->index];
	case VANTAGE_ARBITER:
		return names->arbiter[t->index];
	case VANTAGE_HOST:
		return names->node[subject];
	default:
		return names->me;
	}
}

bool explain_has_eyes(const struct testimony *t)
{
	return t->vantage != VANTAGE_ARBITER && t->vantage != VANTAGE_HOST;
}

const struct testimony *explain_sight(const struct decision *d, unsigned proxy, unsigned node)
{
	const struct votes *votes = &d->node[node].votes;

	for (unsigned i = 0; i < votes->count; i++) {
		const struct testimony *t = &votes->testimony[i];
		if (t->vantage == VANTAGE_PROXY && t->index == proxy)
			return t;
	}
	return NULL;
}

struct table {
	char cell[1 + TESTIMONIES_MAX][COLUMNS][CELL_MAX];
	unsigned rows;
};

static void fill_row(struct table *table, const struct decision *d, const struct testimony *t,
		     unsigned subject, const struct explain_names *names)
{
	char(*row)[CELL_MAX] = table->cell[table->rows++];
	struct strbuf who = STRBUF(row[WHO]), age = STRBUF(row[AGE]);

	strbuf_printf(&who, "%s \"%s\"", vantage_name(t->vantage), explain_who(t, subject, names));
	if (instant_is_set(t->evidence))
		strbuf_printf(&age, "%" PRId64 " ms", ms_between(t->evidence, d->made));
	COPY_TEXT(row[DOMAIN], names->domain[t->domain]);
	COPY_TEXT(row[SEES], explain_has_eyes(t) ? health_name(t->health) : "-");
	COPY_TEXT(row[SAYS], voice_name(t->voice));
}

static void add_table(struct strbuf *out, const struct table *table)
{
	int widths[COLUMNS] = { 0 };

	for (unsigned r = 0; r < table->rows; r++) {
		for (unsigned c = 0; c < COLUMNS; c++) {
			int width = columns_width(table->cell[r][c]);
			if (width > widths[c])
				widths[c] = width;
		}
	}
	for (unsigned r = 0; r < table->rows; r++) {
		const char *cells[COLUMNS];
		for (unsigned c = 0; c < COLUMNS; c++)
			cells[c] = table->cell[r][c];
		columns_row(out, cells, widths, COLUMNS);
		if (r == 0)
			columns_rule(out, widths, COLUMNS);
	}
}

/* The domains by what they say, the strongest word first. */
static void add_domains(struct strbuf *out, const struct votes *votes,
			const struct explain_names *names)
{
	const char *separator = " ";

	strbuf_add(out, " Failure domains:");
	for (unsigned v = VOICES; v-- > 0;) {
		if (votes->says[v] == 0)
			continue;
		strbuf_printf(out, "%s%s", separator, voice_name((enum voice)v));
		separator = ": ";
		for (unsigned domain = 0; domain < DOMAINS_MAX; domain++) {
			if ((votes->says[v] & domain_bit(domain)) == 0)
				continue;
			strbuf_printf(out, "%s\"%s\"", separator, names->domain[domain]);
			separator = ", ";
		}
		separator = "; ";
	}
	strbuf_add_char(out, '\n');
}

static void add_votes(struct strbuf *out, const struct decision *d, unsigned subject,
		      const struct explain_names *names)
{
	static const char *const headings[COLUMNS] = { "Vantage", "Domain", "Sees", "Age", "Says" };
	const struct votes *votes = &d->node[subject].votes;
	struct table table = { .rows = 1 };

	for (unsigned c = 0; c < COLUMNS; c++)
		COPY_TEXT(table.cell[0][c], headings[c]);
	for (unsigned i = 0; i < votes->count; i++)
		fill_row(&table, d, &votes->testimony[i], subject, names);
	add_table(out, &table);
	add_domains(out, votes, names);
}

static void add_facts(struct strbuf *out, const char *title, const struct fact_words *words,
		      const void *facts, unsigned count)
{
	const unsigned *value = facts;

	strbuf_printf(out, " %s:", title);
	for (unsigned i = 0; i < count; i++)
		strbuf_printf(out, "%s %s %s", i == 0 ? "" : ",", words[i].name,
			      fact_word(&words[i], value[i]));
	strbuf_add_char(out, '\n');
}

static void add_node(struct strbuf *out, const struct decision *d, unsigned node,
		     const struct explain_names *names)
{
	const struct explanation *e = &d->node[node];
	unsigned count;

	strbuf_printf(out, "Node \"%s\": rule \"%s\": %s\n", names->node[node], e->rule->name,
		      e->rule->why);
	if (e->would != e->rule)
		strbuf_printf(out, " Without the pause: rule \"%s\": %s\n", e->would->name,
			      e->would->why);
	strbuf_printf(out, " Stage \"%s\": %s\n", e->stage->name, e->stage->why);
	add_votes(out, d, node, names);
	const struct fact_words *words = facts_words(&count);
	add_facts(out, "Facts", words, &e->facts, count);
	words = stage_facts_words(&count);
	add_facts(out, "Facts of the stage", words, &e->stage_facts, count);
}

static void add_sights(struct strbuf *out, const struct decision *d, unsigned proxy,
		       const struct explain_names *names)
{
	const char *separator = " Sees: ";

	for (unsigned i = 0; i < NODES; i++) {
		const struct testimony *t = explain_sight(d, proxy, i);
		if (t == NULL)
			continue;
		strbuf_printf(out, "%snode \"%s\" %s", separator, names->node[i],
			      health_name(t->health));
		if (instant_is_set(t->evidence))
			strbuf_printf(out, ", %" PRId64 " ms ago",
				      ms_between(t->evidence, d->made));
		separator = "; ";
	}
	if (separator[0] == ';')
		strbuf_add_char(out, '\n');
}

static void add_proxy(struct strbuf *out, const struct decision *d, unsigned proxy,
		      const struct explain_names *names)
{
	const struct route_explanation *e = &d->proxy[proxy];
	unsigned count;

	strbuf_printf(out, "Proxy \"%s\"", names->proxy[proxy]);
	if (e->route < NODES)
		strbuf_printf(out, " on node \"%s\"", names->node[e->route]);
	strbuf_printf(out, ": rule \"%s\": %s\n", e->rule->name, e->rule->why);
	add_sights(out, d, proxy, names);
	const struct fact_words *words = route_facts_words(&count);
	add_facts(out, "Facts", words, &e->facts, count);
}

void explain_text(const struct decision *d, const struct explain_names *names, struct strbuf *out)
{
	for (unsigned i = 0; i < NODES; i++)
		add_node(out, d, i, names);
	for (unsigned i = 0; i < d->proxies; i++)
		add_proxy(out, d, i, names);
}
