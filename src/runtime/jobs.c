/* SPDX-License-Identifier: PostgreSQL */
#include "jobs.h"

#include "bdrmon/lookup.h"

#include <assert.h>
#include <string.h>

const char *lane_name(enum event_lane lane)
{
	static const char *const names[EVENT_LANES] = {
		[LANE_FAILOVER] = "failover",
		[LANE_NOTICE] = "notice",
	};
	return names[lane];
}

static enum event_lane lane_of(const struct job *job)
{
	return event_type(job->event)->lane;
}

void jobs_init(struct jobs *jobs, unsigned bound)
{
	assert(bound >= 1 && bound <= EXECUTOR_QUEUE_MAX);
	jobs->bound = bound;
	jobs->waiting = 0;
	jobs->first = jobs->free = NULL;
	for (unsigned lane = 0; lane < EVENT_LANES; lane++) {
		jobs->runs[lane] = NULL;
		jobs->held[lane] = 0;
	}
	for (unsigned i = 0; i < ARRAY_LEN(jobs->entries); i++) {
		jobs->entries[i].next = jobs->free;
		jobs->free = &jobs->entries[i];
	}
}

static void give_back(struct jobs *jobs, struct job_entry *entry)
{
	entry->next = jobs->free;
	jobs->free = entry;
}

/* The link to the oldest waiting job of LANE; it holds NULL if there is none. */
static struct job_entry **find_oldest(struct jobs *jobs, enum event_lane lane)
{
	struct job_entry **link = &jobs->first;
	while (*link != NULL && lane_of(&(*link)->kept.job) != lane)
		link = &(*link)->next;
	return link;
}

static struct job_entry *unlink_entry(struct jobs *jobs, struct job_entry **link)
{
	struct job_entry *entry = *link;
	*link = entry->next;
	jobs->waiting--;
	return entry;
}

static void append(struct jobs *jobs, const struct kept_job *kept)
{
	struct job_entry *entry = jobs->free, **end = &jobs->first;

	assert(entry != NULL);
	jobs->free = entry->next;
	*entry = (struct job_entry) { .kept = *kept };
	while (*end != NULL)
		end = &(*end)->next;
	*end = entry;
	jobs->waiting++;
}

/* The link to the waiting job that JOB makes superfluous. Of a reconnect the node is the
 * one that is named: its number is that of the node which records the event. */
static struct job_entry **find_superseded(struct jobs *jobs, const struct job *job)
{
	struct job_entry **link = &jobs->first;

	for (; *link != NULL; link = &(*link)->next) {
		const struct job *older = &(*link)->kept.job;
		if (lane_of(job) == LANE_NOTICE && older->event == job->event &&
		    older->node_id == job->node_id && strcmp(older->node_name, job->node_name) == 0)
			break;
	}
	return link;
}

/* The link to the waiting job that has to go for JOB; one that holds NULL if none has. */
static struct job_entry **find_victim(struct jobs *jobs, const struct job *job)
{
	struct job_entry **notice = find_oldest(jobs, LANE_NOTICE);

	if (*notice != NULL || lane_of(job) == LANE_NOTICE || jobs->waiting < EXECUTOR_QUEUE_MAX)
		return notice;
	return find_oldest(jobs, LANE_FAILOVER);
}

enum put_result jobs_put(struct jobs *jobs, const struct job *job, int64_t serial, struct job *lost)
{
	const struct kept_job kept = { .job = *job, .serial = serial };
	enum put_result result = PUT_REPLACED;
	struct job_entry **gone = find_superseded(jobs, job);

	if (*gone == NULL && jobs->waiting >= jobs->bound) {
		result = PUT_DROPPED;
		gone = find_victim(jobs, job);
		if (*gone == NULL && lane_of(job) == LANE_NOTICE) {
			*lost = *job;
			return result;
		}
	}
	if (*gone == NULL) {
		result = PUT_FITTED;
	} else {
		struct job_entry *entry = unlink_entry(jobs, gone);
		*lost = entry->kept.job;
		give_back(jobs, entry);
	}
	append(jobs, &kept);
	return result;
}

bool jobs_restore(struct jobs *jobs, const struct kept_job *kept)
{
	if (jobs->waiting >= EXECUTOR_QUEUE_MAX)
		return false;
	append(jobs, kept);
	return true;
}

struct job_entry *jobs_take_from(struct jobs *jobs, enum event_lane lane, struct instant now,
				 struct instant *again)
{
	struct job_entry **oldest = find_oldest(jobs, lane);

	*again = NEVER;
	if (*oldest == NULL || jobs->runs[lane] != NULL || jobs->held[lane] > 0)
		return NULL;
	if (instant_before(now, (*oldest)->not_before)) {
		*again = (*oldest)->not_before;
		return NULL;
	}
	jobs->runs[lane] = unlink_entry(jobs, oldest);
	return jobs->runs[lane];
}

struct job_entry *jobs_take(struct jobs *jobs, struct instant now, struct instant *again)
{
	static const enum event_lane by_urgency[] = { LANE_FAILOVER, LANE_NOTICE };
	struct instant soonest = NEVER;

	for (unsigned i = 0; i < ARRAY_LEN(by_urgency); i++) {
		struct job_entry *entry = jobs_take_from(jobs, by_urgency[i], now, again);
		if (entry != NULL)
			return entry;
		soonest = instant_sooner(soonest, *again);
	}
	*again = soonest;
	return NULL;
}

static void end_run(struct jobs *jobs, struct job_entry *entry)
{
	enum event_lane lane = lane_of(&entry->kept.job);
	assert(jobs->runs[lane] == entry);
	jobs->runs[lane] = NULL;
}

void jobs_done(struct jobs *jobs, struct job_entry *entry)
{
	end_run(jobs, entry);
	give_back(jobs, entry);
}

void jobs_retry(struct jobs *jobs, struct job_entry *entry, struct instant not_before)
{
	end_run(jobs, entry);
	entry->not_before = not_before;
	entry->next = jobs->first;
	jobs->first = entry;
	jobs->waiting++;
}

struct job_entry *jobs_find(const struct jobs *jobs, int64_t serial)
{
	struct job_entry *entry = jobs->first;
	while (entry != NULL && entry->kept.serial != serial)
		entry = entry->next;
	return entry;
}

void jobs_remove(struct jobs *jobs, struct job_entry *entry)
{
	struct job_entry **link = &jobs->first;
	while (*link != entry)
		link = &(*link)->next;
	give_back(jobs, unlink_entry(jobs, link));
}

unsigned jobs_pending(const struct jobs *jobs, enum event_lane lane)
{
	unsigned pending = jobs->runs[lane] != NULL;
	for (const struct job_entry *entry = jobs->first; entry != NULL; entry = entry->next)
		pending += lane_of(&entry->kept.job) == lane;
	return pending;
}

unsigned jobs_running(const struct jobs *jobs)
{
	unsigned running = 0;
	for (unsigned lane = 0; lane < EVENT_LANES; lane++)
		running += jobs->runs[lane] != NULL;
	return running;
}
