/* SPDX-License-Identifier: PostgreSQL */
#include "announce.h"

#include "bdrmon/clock.h"
#include "bdrmon/log.h"
#include "bdrmon/strbuf.h"
#include "links.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const struct node_record *record(const struct announcer *a, unsigned node)
{
	return &a->settings->order[node].node;
}

/* The node that records an event about NODE which is not a failure of it: repmgrd
 * gives its own. */
static int recorder_id(const struct announcer *a, unsigned node)
{
	return record(a, a->settings->local_none ? 1 - node : 0)->id;
}

static void make_row(struct job *job, struct row *row)
{
	*row = (struct row) { .event = job->event, .success = true, .node_id = job->node_id };
	clock_timestamp(job->timestamp);
	COPY_TEXT(row->timestamp, job->timestamp);
	COPY_TEXT(row->details, job->details);
}

/* Have the command run. */
static void notify(const struct announcer *a, struct job *job)
{
	COPY_TEXT(job->cluster, a->settings->cluster);
	job->success = true;
	if ((a->settings->notify & event_bit(job->event)) != 0)
		executor_submit(a->executor, job);
	else
		executor_skip(a->executor, job);
}

static void hand_over(const struct announcer *a, struct job *job)
{
	struct row row;

	make_row(job, &row);
	notify(a, job);
	scribe_put(a->scribe, &row);
}

/* What the failed node had written and nobody has received, as far as it was seen. */
static void describe_risk(const struct announcer *a, unsigned failed, struct strbuf *out)
{
	int64_t bytes = links_at_risk(a->cell, failed);

	if (!links_watched(a->cell))
		return;
	if (bytes == REPL_UNKNOWN_NUMBER)
		strbuf_add(out, "; how much of its data is missing there is not known");
	else
		strbuf_printf(out,
			      "; data at risk: %" PRId64 " bytes that it had written %" PRId64
			      " ms ago were not received there",
			      bytes, ms_between(a->cell[failed].repl.asked, clock_now()));
}

/* It is about node FROM; what the command needs to know is how to reach TO. */
static void name_both(struct job *job, const struct node_record *from, const struct node_record *to)
{
	job->node_id = job->former_id = from->id;
	COPY_TEXT(job->node_name, to->name);
	COPY_TEXT(job->conninfo, to->conninfo);
}

static void describe_failover(const struct announcer *a, const struct action *action,
			      struct job *job)
{
	const struct node_record *failed = record(a, action->node);
	const struct node_record *next = record(a, 1 - action->node);

	name_both(job, failed, next);
	struct strbuf details = STRBUF(job->details);
	strbuf_printf(&details,
		      "node \"%s\" (ID: %d) detected as failed; next available node is \"%s\" "
		      "(ID: %d)",
		      failed->name, failed->id, next->name, next->id);
	describe_risk(a, action->node, &details);
}

static void describe_return(const struct announcer *a, const struct action *action, struct job *job)
{
	const struct node_record *node = record(a, action->node);
	int64_t seconds = (action->after_ms + 500) / 1000;

	job->node_id = recorder_id(a, action->node);
	COPY_TEXT(job->node_name, node->name);
	COPY_TEXT(job->conninfo, node->conninfo);
	if (action->event == EVENT_BDR_RECOVERY)
		snprintf(job->details, sizeof job->details,
			 "node \"%s\" (ID: %d) has recovered after %" PRId64 " seconds", node->name,
			 node->id, seconds);
	else
		snprintf(job->details, sizeof job->details,
			 "reconnected to node %d after %" PRId64 " seconds", node->id, seconds);
}

/* What it may find missing there is worth a word if it had no better place to go. */
static void describe_route(const struct announcer *a, const struct action *action, struct job *job)
{
	const struct node_record *from = record(a, other_node(action->node));
	const struct node_record *to = record(a, action->node);

	name_both(job, from, to);
	struct strbuf details = STRBUF(job->details);
	strbuf_printf(&details,
		      "proxy \"%s\" points to node \"%s\" (ID: %d) now, and no longer to \"%s\" "
		      "(ID: %d), by rule \"%s\", after %" PRId64 " ms",
		      a->settings->proxy[action->proxy].config.name, to->name, to->id, from->name,
		      from->id, action->rule, action->after_ms);
	if (strcmp(action->rule, "last_resort") == 0)
		describe_risk(a, other_node(action->node), &details);
}

static void describe_refusal(const struct announcer *a, const struct action *action,
			     struct job *job)
{
	const struct node_record *node = record(a, action->node);

	job->node_id = node->id;
	COPY_TEXT(job->node_name, node->name);
	COPY_TEXT(job->conninfo, node->conninfo);
	snprintf(job->details, sizeof job->details,
		 "no failover of node \"%s\" (ID: %d), by rule \"%s\": %s", node->name, node->id,
		 action->rule, action->why);
}

void announce_again(const struct announcer *a, enum event_kind event, unsigned node,
		    struct row *row)
{
	struct action action = { .event = event, .node = node };
	struct job job = { .event = event };

	if (event == EVENT_BDR_FAILOVER)
		describe_failover(a, &action, &job);
	else
		describe_return(a, &action, &job);
	make_row(&job, row);
}

/* An event that belongs to the record of a failure: the row goes with the record. A command
 * that is run again makes no new one. */
static void hand_over_recorded(const struct announcer *a, const struct action *action,
			       struct job *job)
{
	struct row *row = &a->recorded[action->node];
	struct row made;

	make_row(job, &made);
	if (row->timestamp[0] == '\0' || row->event != job->event)
		*row = made;
	notify(a, job);
}

void announce_action(const struct announcer *a, const struct action *action)
{
	struct job job = {
		.event = action->event,
		.confirmed = action->confirmed,
		.epoch = (int64_t)action->epoch,
		.run = (int)action->run,
		.begin_before = action->begin_before,
	};
	bool recorded = a->recorded != NULL && (action->event == EVENT_BDR_FAILOVER ||
						action->event == EVENT_BDR_RECOVERY);
	char detail[128] = "";

	if (action->event == EVENT_BDR_FAILOVER) {
		describe_failover(a, action, &job);
		snprintf(detail, sizeof detail,
			 "Rule \"%s\", %s, %" PRId64 " ms after the first doubt.", action->rule,
			 action->confirmed ? "confirmed" : "unconfirmed", action->after_ms);
	} else if (action->event == EVENT_BDR_NO_FAILOVER || action->event == EVENT_BDR_PARTITION) {
		describe_refusal(a, action, &job);
	} else if (action->event == EVENT_BDR_ROUTE) {
		describe_route(a, action, &job);
	} else {
		describe_return(a, action, &job);
	}
	log_write(LOG_LEVEL_NOTICE, detail, NULL, "%s: %s", event_type(action->event)->name,
		  job.details);
	if (recorded)
		hand_over_recorded(a, action, &job);
	else
		hand_over(a, &job);
}

/* What the monitor has to tell of itself. */
static void tell_own(const struct announcer *a, enum event_kind event, const char *details)
{
	const struct node_record *own = record(a, 0);
	struct job job = { .event = event, .node_id = own->id };

	COPY_TEXT(job.node_name, own->name);
	COPY_TEXT(job.conninfo, own->conninfo);
	COPY_TEXT(job.details, details);
	log_notice("%s: %s", event_type(event)->name, job.details);
	hand_over(a, &job);
}

void announce_monitor(const struct announcer *a, enum event_kind event)
{
	static const char *const done[EVENT_KINDS] = {
		[EVENT_REPMGRD_START] = "has started",
		[EVENT_REPMGRD_RELOAD] = "has read its configuration again",
		[EVENT_REPMGRD_SHUTDOWN] = "is stopping",
	};
	char details[DETAILS_MAX];

	snprintf(details, sizeof details, "monitor \"%s\" of cluster \"%s\" %s",
		 a->settings->monitor, a->settings->cluster, done[event]);
	tell_own(a, event, details);
}

void announce_order(const struct announcer *a, const char *text)
{
	tell_own(a, EVENT_BDRMON_ORDER, text);
}

void announce_rule(const struct announcer *a, unsigned node, const struct rule *rule)
{
	/* What a rule does is told as an event; here is told why nothing is done. */
	bool refusal = rule->alarm && rule->then != VERDICT_FAILOVER;

	const struct node_record *subject = record(a, node);

	if (subject->id == 0)
		return;
	log_write(refusal ? LOG_LEVEL_WARNING : LOG_LEVEL_DEBUG, NULL, NULL,
		  "node \"%s\" (ID: %d): rule \"%s\": %s", subject->name, subject->id, rule->name,
		  rule->why);
}

void announce_stage(const struct announcer *a, unsigned node, const struct stage_rule *rule,
		    int64_t after_us)
{
	const struct node_record *subject = record(a, node);
	bool step =
		rule->then != DEED_NOTHING && rule->then != DEED_RELEASE && rule->then != DEED_KEEP;
	char moment[64] = "";

	if (after_us >= 0)
		snprintf(moment, sizeof moment, " %" PRId64 ".%03d ms after the first doubt",
			 after_us / 1000, (int)(after_us % 1000));
	log_write(step ? LOG_LEVEL_INFO : LOG_LEVEL_DEBUG, NULL, NULL,
		  "node \"%s\" (ID: %d): step \"%s\"%s: %s", subject->name, subject->id, rule->name,
		  moment, rule->why);
}
