/* SPDX-License-Identifier: PostgreSQL */
/* clients.h - the connections of the control socket: bounded in number, in bytes and
 * in time, so that no client, slow or hostile, is in the way of another.
 */
#ifndef BDRMON_CONTROL_CLIENTS_H
#define BDRMON_CONTROL_CLIENTS_H

#include "bdrmon/control.h"

#include <poll.h>

enum client_phase {
	CLIENT_NONE, /* the place is free */
	CLIENT_ASKS,
	CLIENT_WAITS, /* for a reload */
	CLIENT_IS_ANSWERED,
};

struct client {
	enum client_phase phase;
	int fd;
	bool trusted; /* may change something */
	struct instant accepted, deadline;
	size_t received, length, sent;
	char request[CONTROL_REQUEST_MAX + 1];
	char *answer;
};

struct clients {
	struct client client[CONTROL_CLIENTS_MAX];
};

/* Take FD, for which the oldest client that has not asked yet makes room if need be.
 * FD is closed when there is none. Gives the client, or NULL. */
struct client *clients_add(struct clients *clients, int fd);

/* Cut off whoever is too late. */
void clients_expire(struct clients *clients, struct instant now);

/* When the next one will be too late. */
struct instant clients_deadline(const struct clients *clients);

/* What to wait for; CONTROL_CLIENTS_MAX places. */
void clients_poll(const struct clients *clients, struct pollfd *fds);

/* Read what is there; true if the request is complete now, in client->request without
 * its line feed. */
bool client_receive(struct client *client);

/* Let it wait for a reload. */
void client_wait(struct client *client);

/* Answer with CODE and TEXT. */
void client_answer(struct client *client, int code, const char *text);

/* Send on. */
void client_send(struct client *client);

void client_close(struct client *client);

#endif
