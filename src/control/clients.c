/* SPDX-License-Identifier: PostgreSQL */
#include "clients.h"

#include "bdrmon/clock.h"
#include "bdrmon/strbuf.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* For asking and being answered, all together. */
#define CLIENT_MS 2000
/* For a reload, which waits for the main thread. */
#define RELOAD_MS 15000

#define HEADER_MAX 64

static bool may_change(int fd)
{
	struct ucred peer;
	socklen_t size = sizeof peer;

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0)
		return false;
	return peer.uid == 0 || peer.uid == geteuid();
}

/* A free place, or that of the oldest client that has not asked yet. */
static struct client *find_place(struct clients *clients)
{
	struct client *oldest = NULL;

	for (unsigned i = 0; i < CONTROL_CLIENTS_MAX; i++) {
		struct client *client = &clients->client[i];
		if (client->phase == CLIENT_NONE)
			return client;
		if (client->phase == CLIENT_ASKS &&
		    (oldest == NULL || instant_before(client->accepted, oldest->accepted)))
			oldest = client;
	}
	if (oldest != NULL)
		client_close(oldest);
	return oldest;
}

struct client *clients_add(struct clients *clients, int fd)
{
	struct client *client = find_place(clients);

	if (client == NULL) {
		close(fd);
		return NULL;
	}
	struct instant now = clock_now();
	*client = (struct client) {
		.phase = CLIENT_ASKS,
		.fd = fd,
		.trusted = may_change(fd),
		.accepted = now,
		.deadline = instant_add_ms(now, CLIENT_MS),
	};
	return client;
}

void clients_expire(struct clients *clients, struct instant now)
{
	for (unsigned i = 0; i < CONTROL_CLIENTS_MAX; i++) {
		struct client *client = &clients->client[i];
		if (client->phase != CLIENT_NONE && !instant_before(now, client->deadline))
			client_close(client);
	}
}

struct instant clients_deadline(const struct clients *clients)
{
	struct instant next = NEVER;
	for (unsigned i = 0; i < CONTROL_CLIENTS_MAX; i++) {
		if (clients->client[i].phase != CLIENT_NONE)
			next = instant_sooner(next, clients->client[i].deadline);
	}
	return next;
}

void clients_poll(const struct clients *clients, struct pollfd *fds)
{
	for (unsigned i = 0; i < CONTROL_CLIENTS_MAX; i++) {
		const struct client *client = &clients->client[i];
		bool sends = client->phase == CLIENT_IS_ANSWERED;
		fds[i] = (struct pollfd) { .fd = client->phase == CLIENT_NONE ? -1 : client->fd,
					   .events = sends ? POLLOUT : POLLIN };
	}
}

bool client_receive(struct client *client)
{
	size_t room = CONTROL_REQUEST_MAX - client->received;
	ssize_t got = recv(client->fd, client->request + client->received, room, MSG_DONTWAIT);

	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return false;
	if (got <= 0 || client->phase != CLIENT_ASKS) {
		/* It has gone, or says something while it waits for its answer. */
		client_close(client);
		return false;
	}
	client->received += (size_t)got;
	client->request[client->received] = '\0';
	char *end = memchr(client->request, '\n', client->received);
	if (end == NULL) {
		if (client->received == CONTROL_REQUEST_MAX)
			client_close(client);
		return false;
	}
	*end = '\0';
	return true;
}

void client_wait(struct client *client)
{
	client->phase = CLIENT_WAITS;
	client->deadline = instant_add_ms(client->deadline, RELOAD_MS);
}

void client_answer(struct client *client, int code, const char *text)
{
	size_t size = HEADER_MAX + strlen(text);

	client->answer = malloc(size);
	if (client->answer == NULL) {
		client_close(client);
		return;
	}
	struct strbuf out = strbuf_over(client->answer, size);
	strbuf_printf(&out, "%d %zu\n", code, strlen(text));
	strbuf_add(&out, text);
	client->length = out.length;
	client->phase = CLIENT_IS_ANSWERED;
	client_send(client);
}

void client_send(struct client *client)
{
	ssize_t now = send(client->fd, client->answer + client->sent, client->length - client->sent,
			   MSG_DONTWAIT | MSG_NOSIGNAL);
	if (now < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (now > 0)
		client->sent += (size_t)now;
	if (now <= 0 || client->sent == client->length)
		client_close(client);
}

void client_close(struct client *client)
{
	close(client->fd);
	free(client->answer);
	client->answer = NULL;
	client->phase = CLIENT_NONE;
}
