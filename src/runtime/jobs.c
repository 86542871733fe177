/* SPDX-License-Identifier: PostgreSQL */
#include "jobs.h"

#include "bdrmon/lookup.h"

#include <assert.h>

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
	for (unsigned lane = 0; lane < EVENT_LANES; lane++)
		jobs->runs[lane] = false;
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
	while (*link != NULL && lane_of(&(*link)->job) != lane)
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

static void append(struct jobs *jobs, const struct job *job)
{
	struct job_entry *entry = jobs->free, **end = &jobs->first;

	assert(entry != NULL);
	jobs->free = entry->next;
	entry->job = *job;
	entry->next = NULL;
	while (*end != NULL)
		end = &(*end)->next;
	*end = entry;
	jobs->waiting++;
}

/* The link to the waiting job that has to go for JOB; one that holds NULL if none has. */
static struct job_entry **find_victim(struct jobs *jobs, const struct job *job)
{
	struct job_entry **notice = find_oldest(jobs, LANE_NOTICE);

	if (*notice != NULL || lane_of(job) == LANE_NOTICE || jobs->waiting < EXECUTOR_QUEUE_MAX)
		return notice;
	return find_oldest(jobs, LANE_FAILOVER);
}

bool jobs_put(struct jobs *jobs, const struct job *job, struct job *dropped)
{
	if (jobs->waiting < jobs->bound) {
		append(jobs, job);
		return false;
	}
	struct job_entry **victim = find_victim(jobs, job);
	if (*victim != NULL) {
		struct job_entry *entry = unlink_entry(jobs, victim);
		*dropped = entry->job;
		give_back(jobs, entry);
		append(jobs, job);
		return true;
	}
	if (lane_of(job) == LANE_NOTICE) {
		*dropped = *job;
		return true;
	}
	append(jobs, job);
	return false;
}

struct job_entry *jobs_take(struct jobs *jobs)
{
	static const enum event_lane by_urgency[] = { LANE_FAILOVER, LANE_NOTICE };

	for (unsigned i = 0; i < ARRAY_LEN(by_urgency); i++) {
		enum event_lane lane = by_urgency[i];
		struct job_entry **oldest = find_oldest(jobs, lane);
		if (!jobs->runs[lane] && *oldest != NULL) {
			jobs->runs[lane] = true;
			return unlink_entry(jobs, oldest);
		}
	}
	return NULL;
}

void jobs_done(struct jobs *jobs, struct job_entry *entry)
{
	enum event_lane lane = lane_of(&entry->job);
	assert(jobs->runs[lane]);
	jobs->runs[lane] = false;
	give_back(jobs, entry);
}

unsigned jobs_running(const struct jobs *jobs)
{
	unsigned running = 0;
	for (unsigned lane = 0; lane < EVENT_LANES; lane++)
		running += jobs->runs[lane];
	return running;
}
