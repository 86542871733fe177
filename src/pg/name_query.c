/* SPDX-License-Identifier: PostgreSQL */
#include "name_query.h"

#include "bdrmon/doorbell.h"
#include "bdrmon/strbuf.h"
#include "bdrmon/thread.h"

#include <assert.h>
#include <errno.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>

struct name_query {
	int users; /* atomic: of the asker and the thread, those that have not let go */
	struct doorbell over;
	char host[HOST_TEXT_MAX];
	/* Written by the thread, read by the asker when it is over: */
	bool answered; /* atomic: release and acquire of what follows */
	struct address_list found;
	char failure[REASON_MAX]; /* why there is no address */
};

static void add_address(struct address_list *list, const struct addrinfo *info)
{
	if (list->count == ADDRESSES_MAX ||
	    getnameinfo(info->ai_addr, info->ai_addrlen, list->address[list->count],
			sizeof list->address[0], NULL, 0, NI_NUMERICHOST) != 0)
		return;
	list->count++;
}

static void ask(struct name_query *q)
{
	const struct addrinfo wanted = { .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM };
	struct addrinfo *all = NULL;

	int failure = getaddrinfo(q->host, NULL, &wanted, &all);
	if (failure != 0) {
		COPY_TEXT(q->failure,
			  failure == EAI_SYSTEM ? strerror(errno) : gai_strerror(failure));
		return;
	}
	for (const struct addrinfo *info = all; info != NULL; info = info->ai_next)
		add_address(&q->found, info);
	freeaddrinfo(all);
	if (q->found.count == 0)
		COPY_TEXT(q->failure, "it has no address");
}

static void *name_query_run(void *argument)
{
	struct name_query *q = argument;

	ask(q);
	__atomic_store_n(&q->answered, true, __ATOMIC_RELEASE);
	doorbell_ring(&q->over);
	name_query_drop(q);
	return NULL;
}

static struct name_query *make(const char *host, struct error *err)
{
	struct name_query *q = calloc(1, sizeof *q);
	if (q == NULL) {
		error_set(err, ERR_SYSTEM, "out of memory");
		return NULL;
	}
	COPY_TEXT(q->host, host);
	q->users = 2;
	if (doorbell_open(&q->over, err) == OK)
		return q;
	free(q);
	return NULL;
}

enum status name_query_start(const char *host, struct name_query **query, struct error *err)
{
	pthread_t thread;
	struct name_query *q = make(host, err);
	if (q == NULL)
		return ERR_SYSTEM;
	enum status st = thread_start(&thread, "resolve", name_query_run, q, err);
	if (st != OK) {
		q->users = 1;
		name_query_drop(q);
		return st;
	}
	pthread_detach(thread); /* nobody waits for it */
	*query = q;
	return OK;
}

bool name_query_over(const struct name_query *q)
{
	return __atomic_load_n(&q->answered, __ATOMIC_ACQUIRE);
}

int name_query_fd(const struct name_query *q)
{
	return q->over.fd;
}

const char *name_query_host(const struct name_query *q)
{
	return q->host;
}

enum status name_query_answer(const struct name_query *q, struct address_list *found,
			      struct error *err)
{
	assert(name_query_over(q));
	if (q->found.count == 0)
		return error_set(err, ERR_SERVER, "%s", q->failure);
	*found = q->found;
	return OK;
}

void name_query_drop(struct name_query *q)
{
	if (q == NULL || __atomic_sub_fetch(&q->users, 1, __ATOMIC_ACQ_REL) > 0)
		return;
	doorbell_close(&q->over);
	free(q);
}
