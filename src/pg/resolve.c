/* SPDX-License-Identifier: PostgreSQL */
#include "bdrmon/resolve.h"

#include "bdrmon/clock.h"
#include "bdrmon/log.h"
#include "bdrmon/strbuf.h"
#include "name_query.h"
#include "wait.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

/* With addresses at hand the name server gets this part of the time that is left: the
 * rest is for the connection. */
#define PATIENCE_PART 4

void resolver_close(struct resolver *r)
{
	name_query_drop(r->query);
	*r = (struct resolver) { 0 };
}

/* How long to wait for an answer: a name server that was late for the probe before is
 * not waited for again. */
static struct pg_wait patience(const struct resolver *r, bool already_late,
			       const struct pg_wait *wait)
{
	struct instant now = clock_now();
	struct pg_wait patient = *wait;

	if (r->known.count > 0) {
		int64_t us = already_late ? 0 : us_between(now, wait->deadline) / PATIENCE_PART;
		patient.deadline = instant_sooner(wait->deadline, instant_add_us(now, us));
	}
	return patient;
}

/* Wait until the query that runs is over. */
static enum status wait_over(const struct name_query *query, const struct pg_wait *wait,
			     struct error *err)
{
	if (name_query_over(query))
		return OK;
	enum status st = wait_for(name_query_fd(query), POLLIN, wait);
	if (st == ERR_TIMEOUT)
		error_set(err, st, "no answer from the name server in time");
	else if (st != OK)
		error_set(err, st, "could not wait for the name server: %s", strerror(errno));
	return st;
}

/* Take the answer to the query that runs, or to a new one. */
static enum status await(struct resolver *r, const char *host, const struct pg_wait *wait,
			 struct address_list *found, struct error *err)
{
	struct pg_wait patient = patience(r, r->query != NULL, wait);
	bool wanted = false;
	enum status st = OK;

	while (!wanted) { /* what runs may be for the name that the node had before */
		if (r->query == NULL && (st = name_query_start(host, &r->query, err)) != OK)
			return st;
		if ((st = wait_over(r->query, &patient, err)) != OK)
			return st;
		wanted = strcmp(name_query_host(r->query), host) == 0;
		st = name_query_answer(r->query, found, err);
		name_query_drop(r->query);
		r->query = NULL;
	}
	return st;
}

/* One line, whatever stands in the host's name: it may come from a table. */
static void explain(char text[ERROR_TEXT_MAX], const char *host, const struct error *err)
{
	char raw[ERROR_TEXT_MAX];
	struct strbuf out = STRBUF(raw);

	strbuf_printf(&out, "could not translate host name \"%s\" to address: %s", host, err->text);
	copy_line(text, ERROR_TEXT_MAX, raw);
}

static void tell(const struct resolver *r, const struct error *err)
{
	char text[ERROR_TEXT_MAX], memory[ERROR_TEXT_MAX];
	struct strbuf detail = STRBUF(memory);

	explain(text, r->host, err);
	strbuf_add(&detail, "The addresses of its last answer are used:");
	for (unsigned i = 0; i < r->known.count; i++)
		strbuf_printf(&detail, "%s %s", i > 0 ? "," : "", r->known.address[i]);
	strbuf_add(&detail, ".");
	log_write(LOG_LEVEL_WARNING, detail.text, NULL, "%s", text);
}

static enum status fail(enum status st, const char *host, const struct error *err,
			struct pg_failure *failure)
{
	char text[ERROR_TEXT_MAX];

	failure->step = STEP_RESOLVE;
	failure->outcome = st == ERR_TIMEOUT  ? OUTCOME_TIMEOUT
			   : st == ERR_SERVER ? OUTCOME_UNREACHABLE
					      : OUTCOME_BROKEN;
	explain(text, host, err);
	COPY_TEXT(failure->reason, text);
	return st == ERR_TIMEOUT ? st : ERR_SERVER;
}

/* What is known is of another name: forget it. */
static void turn_to(struct resolver *r, const char *host)
{
	if (strcmp(r->host, host) == 0)
		return;
	r->known.count = 0;
	r->told = false;
	COPY_TEXT(r->host, host);
}

enum status resolver_ask(struct resolver *r, const char *host, const struct pg_wait *wait,
			 struct address_list *list, struct pg_failure *failure)
{
	struct error err = { .text = "" };

	turn_to(r, host);
	enum status st = await(r, host, wait, list, &err);
	if (st == ERR_STOPPED)
		return st;
	if (st != OK && r->known.count == 0)
		return fail(st, host, &err, failure);
	if (st != OK && !r->told)
		tell(r, &err);
	if (st == OK)
		r->known = *list;
	r->told = st != OK;
	*list = r->known;
	return OK;
}
