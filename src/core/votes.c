/* SPDX-License-Identifier: PostgreSQL */
#include "bdrmon/votes.h"

#include "bdrmon/lookup.h"

#include <assert.h>

static const char *const vantage_names[VANTAGES] = {
	[VANTAGE_ME] = "monitor",      [VANTAGE_PEER] = "peer", [VANTAGE_PROXY] = "proxy",
	[VANTAGE_ARBITER] = "arbiter", [VANTAGE_HOST] = "host",
};

static const char *const voice_names[VOICES] = {
	[VOICE_SILENT] = "is silent",    [VOICE_REFUSES] = "refuses",
	[VOICE_UNSURE] = "is not sure",  [VOICE_CONSENTS] = "consents",
	[VOICE_UP_BEFORE] = "saw it up", [VOICE_VETOES] = "vetoes",
};

const char *vantage_name(enum vantage vantage)
{
	assert(vantage < ARRAY_LEN(vantage_names));
	return vantage_names[vantage];
}

const char *voice_name(enum voice voice)
{
	assert(voice < ARRAY_LEN(voice_names));
	return voice_names[voice];
}

/* What every vantage is measured by. */
struct question {
	const struct memory *memory;
	const struct view *view;
	const struct decide_policy *policy;
	unsigned subject;
	struct sight_policy how_old;
	struct instant doubt; /* "up" counts from here on */
	struct instant since; /* and consent from here on */
};

struct instant votes_since(const struct view *view, unsigned subject)
{
	bool mine = view->claim.held && view->claim.failed == subject;
	return mine ? view->claim.since : NEVER;
}

static enum voice consent(const struct question *q, struct instant evidence)
{
	return instant_before(evidence, q->since) ? VOICE_UNSURE : VOICE_CONSENTS;
}

static enum voice voice_of(const struct question *q, const struct sight *sight)
{
	struct instant up = sight_up(sight, q->view->made, &q->how_old);

	if (instant_is_set(up))
		return instant_before(up, q->doubt) ? VOICE_UP_BEFORE : VOICE_VETOES;
	switch (sight_health(sight, q->view->made, &q->how_old)) {
	case HEALTH_DOWN:
		return consent(q, sight->asked);
	case HEALTH_SUSPECT:
		return VOICE_UNSURE;
	default:
		return VOICE_SILENT;
	}
}

static struct testimony *add(struct votes *votes, enum vantage vantage, unsigned index,
			     unsigned domain)
{
	assert(votes->count < TESTIMONIES_MAX && domain < DOMAINS_MAX);
	struct testimony *t = &votes->testimony[votes->count++];
	*t = (struct testimony) { .vantage = vantage, .index = index, .domain = domain };
	votes->domains |= domain_bit(domain);
	return t;
}

static void ask_eyes(const struct question *q, struct testimony *t, const struct sight *sight)
{
	t->voice = voice_of(q, sight);
	t->health = sight_health(sight, q->view->made, &q->how_old);
	t->evidence = instant_later(sight->asked, sight->used);
}

/* An arbiter has no eyes: it consents by what is reserved at it. Before there is a record
 * to be reserved it consents if it can be asked. */
static enum voice voice_of_arbiter(const struct question *q, const struct arbiter_view *arbiter)
{
	unsigned recorder = other_node(q->subject);
	const struct record *record = &q->view->record[recorder];
	struct arbiter_key wanted = { recorder, record_open(record) ? record->epoch : 0 };
	bool recorded = instant_is_set(q->since) && record_open(record);

	if (!instant_is_set(arbiter->asked) ||
	    ms_between(arbiter->asked, q->view->made) > q->how_old.stale_ms)
		return VOICE_SILENT;
	if (arbiter->key.epoch == 0)
		return recorded ? VOICE_UNSURE : consent(q, arbiter->asked);
	return key_is(&arbiter->key, &wanted) ? consent(q, arbiter->asked) : VOICE_REFUSES;
}

/* The subject's own kernel says that nobody listens. While I was stopped the end of the
 * session may have waited for me, and the server may have come back since. */
static enum voice voice_of_host(const struct question *q)
{
	const struct observation *o = &q->view->node[q->subject];
	bool while_awake = instant_before(q->memory->awake, o->history.doubt_since);
	return history_conclusive(&o->history) && while_awake ? consent(q, o->last.asked)
							      : VOICE_SILENT;
}

/* A domain says what the strongest of its vantages says. The host speaks last, and only if
 * its domain is otherwise silent. */
static void count_domains(struct votes *votes)
{
	enum voice says[DOMAINS_MAX] = { VOICE_SILENT };

	for (unsigned i = 0; i < votes->count; i++) {
		const struct testimony *t = &votes->testimony[i];
		enum voice *domain = &says[t->domain];
		if (t->vantage == VANTAGE_HOST && *domain != VOICE_SILENT)
			continue;
		if (t->voice > *domain)
			*domain = t->voice;
	}
	for (unsigned d = 0; d < DOMAINS_MAX; d++)
		votes->says[says[d]] |= domain_bit(d) & votes->domains;
}

static void ask_others(struct votes *votes, const struct question *q)
{
	const struct view *view = q->view;
	const struct layout *layout = &q->policy->layout;

	for (unsigned i = 0; i < layout->peers; i++)
		ask_eyes(q, add(votes, VANTAGE_PEER, i, layout->peer[i]),
			 &view->peer[i].sight[q->subject]);
	for (unsigned i = 0; i < layout->proxies; i++) {
		bool blind = layout->proxy[i].one_eyed &&
			     view_route(view, i, q->policy) == other_node(q->subject);
		if (!blind)
			ask_eyes(q, add(votes, VANTAGE_PROXY, i, layout->proxy[i].domain),
				 &view->proxy[i].sight[q->subject]);
	}
	for (unsigned i = 0; i < layout->arbiters; i++) {
		struct testimony *t = add(votes, VANTAGE_ARBITER, i, layout->arbiter[i]);
		t->voice = voice_of_arbiter(q, &view->arbiter[i]);
		t->evidence = view->arbiter[i].asked;
	}
}

void votes_count(struct votes *votes, const struct memory *memory, const struct view *view,
		 unsigned subject, const struct decide_policy *policy)
{
	const struct layout *layout = &policy->layout;
	const struct question q = {
		.memory = memory,
		.view = view,
		.policy = policy,
		.subject = subject,
		.how_old = view_sight_policy(policy),
		.doubt = view_doubt(view, subject),
		.since = votes_since(view, subject),
	};
	struct sight mine = view_sight(view, subject);

	assert(layout->peers <= PEERS_MAX && layout->proxies <= PROXIES_MAX &&
	       layout->arbiters <= ARBITERS_MAX);
	*votes = (struct votes) { 0 };
	ask_others(votes, &q);
	votes->host = domain_bit(layout->node[subject]);
	votes->thirds = votes->domains & ~(domain_bit(layout->me) | votes->host);
	ask_eyes(&q, add(votes, VANTAGE_ME, 0, layout->me), &mine);
	struct testimony *host = add(votes, VANTAGE_HOST, 0, layout->node[subject]);
	host->voice = voice_of_host(&q);
	host->evidence = mine.asked;
	count_domains(votes);
}

static unsigned size(domain_set set)
{
	unsigned count = 0;
	for (; set != 0; set &= set - 1)
		count++;
	return count;
}

bool votes_majority(const struct votes *votes, domain_set set)
{
	return 2 * size(set) > size(votes->domains);
}

bool votes_reach(const struct votes *votes, domain_set set)
{
	bool all_others_silent = (votes->domains & ~set & ~votes->says[VOICE_SILENT]) == 0;
	bool third_heard = votes->thirds == 0 || ((votes->thirds | votes->host) & set) != 0;
	return all_others_silent && third_heard;
}
