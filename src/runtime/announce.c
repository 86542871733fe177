/* SPDX-License-Identifier: PostgreSQL */
#include "announce.h"

#include "bdrmon/clock.h"
#include "bdrmon/log.h"
#include "bdrmon/strbuf.h"

#include <inttypes.h>
#include <stdio.h>

/* The node that records an event about NODE which is not a failure of it: repmgrd
 * gives its own. */
static int recorder_id(const struct announcer *a, unsigned node)
{
	return a->config->local_none ? a->node[1 - node]->id : a->node[0]->id;
}

static void hand_over(const struct config *config, struct executor *executor, struct job *job)
{
	COPY_TEXT(job->cluster, config->cluster);
	clock_timestamp(job->timestamp);
	job->success = true;
	if ((config->notify & event_bit(job->event)) != 0)
		executor_submit(executor, job);
}

static void describe_failover(const struct announcer *a, const struct action *action,
			      struct job *job)
{
	const struct node_record *failed = a->node[action->node];
	const struct node_record *next = a->node[1 - action->node];

	job->node_id = job->former_id = failed->id;
	COPY_TEXT(job->node_name, next->name);
	COPY_TEXT(job->conninfo, next->conninfo);
	snprintf(job->details, sizeof job->details,
		 "node \"%s\" (ID: %d) detected as failed; next available node is \"%s\" (ID: %d)",
		 failed->name, failed->id, next->name, next->id);
}

static void describe_return(const struct announcer *a, const struct action *action, struct job *job)
{
	const struct node_record *node = a->node[action->node];
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

void announce_action(const struct announcer *a, const struct action *action)
{
	struct job job = { .event = action->event, .confirmed = action->confirmed };
	char detail[128] = "";

	if (action->event == EVENT_BDR_FAILOVER) {
		describe_failover(a, action, &job);
		snprintf(detail, sizeof detail,
			 "Rule \"%s\", %s, %" PRId64 " ms after the first doubt.",
			 action->rule->name, action->confirmed ? "confirmed" : "unconfirmed",
			 action->after_ms);
	} else {
		describe_return(a, action, &job);
	}
	log_write(LOG_LEVEL_NOTICE, detail, NULL, "%s: %s", event_type(action->event)->name,
		  job.details);
	hand_over(a->config, a->executor, &job);
}

void announce_monitor(const struct config *config, struct executor *executor, enum event_kind event)
{
	const struct node_config *own = &config->node[0];
	struct job job = { .event = event, .node_id = own->id };

	COPY_TEXT(job.node_name, own->name);
	COPY_TEXT(job.conninfo, own->conninfo);
	snprintf(job.details, sizeof job.details, "monitor \"%s\" of cluster \"%s\" %s",
		 config->monitor, config->cluster,
		 event == EVENT_REPMGRD_START ? "has started" : "is stopping");
	log_notice("%s: %s", event_type(event)->name, job.details);
	hand_over(config, executor, &job);
}

void announce_rule(const struct announcer *a, unsigned node, const struct rule *rule)
{
	/* What a rule does is told as an event; here is told why nothing is done. */
	bool refusal = rule->alarm && rule->then != VERDICT_FAILOVER;

	if (a->node[node]->id == 0)
		return;
	log_write(refusal ? LOG_LEVEL_WARNING : LOG_LEVEL_DEBUG, NULL, NULL,
		  "node \"%s\" (ID: %d): rule \"%s\": %s", a->node[node]->name, a->node[node]->id,
		  rule->name, rule->why);
}
