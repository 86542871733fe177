/* SPDX-License-Identifier: PostgreSQL */
/* The thread of the control socket. It sleeps in ppoll() on all its clients; nothing
 * that it does for one of them waits for anything. */
#include "bdrmon/clock.h"
#include "bdrmon/log.h"
#include "bdrmon/thread.h"
#include "clients.h"
#include "requests.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

/* The kernel keeps so many that have not been accepted, beyond that it sends them away. */
#define BACKLOG 1024
/* Accept no more than this in a row, so that those who ask get their turn. */
#define ACCEPT_MAX 64

#define STOP_MS         300
#define RELOAD_TEXT_MAX 2048

struct control {
	struct cluster *cluster;
	const struct doorbell *reload_wanted;
	char path[PATH_TEXT_MAX];
	int listener;
	struct doorbell bell, stop;
	pthread_t thread;
	bool running;
	pthread_mutex_t lock; /* of what follows */
	struct control_facts facts;
	unsigned reloads; /* that have been answered */
	bool reload_done;
	char reload_text[RELOAD_TEXT_MAX];
};

/* The thread's own, on the heap: it is too large for its stack. */
struct desk {
	struct control *control;
	struct clients clients;
	struct control_facts facts;
	unsigned reloads_seen;
	char body[REPORT_TEXT_MAX];
};

/* --------------------------------------------------------------------- serving */

static void serve(struct desk *desk, struct client *client)
{
	struct strbuf body = STRBUF(desk->body);
	int code;

	if (!client_receive(client))
		return;
	enum request_end end = request_run(client->request, client->trusted, desk->control->cluster,
					   &desk->facts, &code, &body);
	if (end == REQUEST_DONE) {
		client_answer(client, code, desk->body);
		return;
	}
	client_wait(client);
	doorbell_ring(desk->control->reload_wanted);
}

static void accept_clients(struct desk *desk)
{
	for (unsigned i = 0; i < ACCEPT_MAX; i++) {
		int fd = accept4(desk->control->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
		if (fd < 0)
			return; /* nobody is left, or it has gone again, or no descriptor is free */
		struct client *client = clients_add(&desk->clients, fd);
		if (client != NULL)
			serve(desk, client); /* most have asked by now */
	}
}

/* Take what the main thread says, and answer those that wait for a reload. */
static void take_news(struct desk *desk)
{
	struct control *control = desk->control;

	doorbell_quiet(&control->bell);
	pthread_mutex_lock(&control->lock);
	desk->facts = control->facts;
	bool reloaded = control->reloads != desk->reloads_seen;
	desk->reloads_seen = control->reloads;
	int code = control->reload_done ? CODE_OK : CODE_REFUSED;
	copy_text(desk->body, sizeof desk->body, control->reload_text);
	pthread_mutex_unlock(&control->lock);
	for (unsigned i = 0; reloaded && i < CONTROL_CLIENTS_MAX; i++) {
		if (desk->clients.client[i].phase == CLIENT_WAITS)
			client_answer(&desk->clients.client[i], code, desk->body);
	}
}

static void serve_ready(struct desk *desk, const struct pollfd *fds)
{
	for (unsigned i = 0; i < CONTROL_CLIENTS_MAX; i++) {
		struct client *client = &desk->clients.client[i];
		if (fds[i].revents == 0 || client->phase == CLIENT_NONE || client->fd != fds[i].fd)
			continue;
		if (client->phase == CLIENT_IS_ANSWERED)
			client_send(client);
		else
			serve(desk, client);
	}
}

static void *control_run(void *argument)
{
	enum { STOP, BELL, LISTENER, CLIENTS };
	struct desk *desk = argument;
	struct control *control = desk->control;
	struct pollfd fds[CLIENTS + CONTROL_CLIENTS_MAX];
	struct timespec rest;

	cluster_enter();
	for (;;) {
		fds[STOP] = (struct pollfd) { .fd = control->stop.fd, .events = POLLIN };
		fds[BELL] = (struct pollfd) { .fd = control->bell.fd, .events = POLLIN };
		fds[LISTENER] = (struct pollfd) { .fd = control->listener, .events = POLLIN };
		clients_poll(&desk->clients, fds + CLIENTS);
		struct instant deadline = clients_deadline(&desk->clients);
		int ready = ppoll(fds, CLIENTS + CONTROL_CLIENTS_MAX, clock_rest(deadline, &rest),
				  NULL);
		assert(ready >= 0 || errno == EINTR);
		if (ready < 0)
			continue;
		if (fds[STOP].revents != 0)
			break;
		if (fds[BELL].revents != 0)
			take_news(desk);
		serve_ready(desk, fds + CLIENTS);
		if (fds[LISTENER].revents != 0)
			accept_clients(desk);
		clients_expire(&desk->clients, clock_now());
	}
	cluster_leave();
	for (unsigned i = 0; i < CONTROL_CLIENTS_MAX; i++) {
		if (desk->clients.client[i].phase != CLIENT_NONE)
			client_close(&desk->clients.client[i]);
	}
	free(desk);
	return NULL;
}

/* -------------------------------------------------------------- start and stop */

/* A socket that nobody listens at is left from a monitor that was killed. */
static enum status clear_path(const char *path, struct error *err)
{
	char memory[1];
	struct strbuf unused = STRBUF(memory);
	int code;

	enum status st =
		control_ask(path, "", instant_add_ms(clock_now(), STOP_MS), &code, &unused, err);
	if (st != ERR_SERVER) {
		error_set(err, ERR_CONFIG, "another monitor listens at \"%s\"", path);
		error_hint(err, "Give each monitor on this host a runtime_directory of its own in "
				"section [monitor].");
		return ERR_CONFIG;
	}
	unlink(path);
	return OK;
}

static enum status refuse_path(const char *path, struct error *err)
{
	error_set(err, ERR_SYSTEM, "could not create control socket \"%s\": %s", path,
		  strerror(errno));
	error_hint(err, "Set runtime_directory in section [monitor] to a directory of the "
			"monitor's user.");
	return ERR_SYSTEM;
}

static enum status open_listener(struct control *control, struct error *err)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	enum status st = clear_path(control->path, err);
	if (st != OK)
		return st;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return refuse_path(control->path, err);
	control->listener = fd;
	if (!COPY_TEXT(address.sun_path, control->path))
		return error_set(err, ERR_CONFIG, "path of the control socket is too long");
	/* Everybody may ask; who may change something is looked at for each client. */
	if (bind(fd, (struct sockaddr *)&address, sizeof address) != 0 ||
	    chmod(control->path, 0666) != 0 || listen(fd, BACKLOG) != 0)
		return refuse_path(control->path, err);
	return OK;
}

static enum status start_thread(struct control *control, struct error *err)
{
	struct desk *desk = calloc(1, sizeof *desk);

	if (desk == NULL)
		return error_set(err, ERR_SYSTEM, "out of memory");
	desk->control = control;
	desk->facts = control->facts;
	enum status st = thread_start(&control->thread, "control", control_run, desk, err);
	control->running = st == OK;
	if (st != OK)
		free(desk);
	return st;
}

enum status control_start(const char *path, struct cluster *cluster,
			  const struct control_facts *facts, const struct doorbell *reload_wanted,
			  struct control **control, struct error *err)
{
	struct control *made = calloc(1, sizeof *made);

	if (made == NULL)
		return error_set(err, ERR_SYSTEM, "out of memory");
	made->cluster = cluster;
	made->facts = *facts;
	made->reload_wanted = reload_wanted;
	made->listener = made->bell.fd = made->stop.fd = -1;
	COPY_TEXT(made->path, path);
	pthread_mutex_init(&made->lock, NULL);
	enum status st = open_listener(made, err);
	if (st == OK)
		st = doorbell_open(&made->bell, err);
	if (st == OK)
		st = doorbell_open(&made->stop, err);
	if (st == OK)
		st = start_thread(made, err);
	if (st == OK)
		*control = made;
	else
		control_stop(made);
	return st;
}

void control_stop(struct control *control)
{
	if (control == NULL)
		return;
	if (control->running) {
		doorbell_ring(&control->stop);
		if (!thread_join(control->thread, instant_add_ms(clock_now(), STOP_MS))) {
			log_warning("the thread of the control socket does not end and is left "
				    "behind");
			return;
		}
		unlink(control->path);
	}
	if (control->listener >= 0)
		close(control->listener);
	doorbell_close(&control->bell);
	doorbell_close(&control->stop);
	pthread_mutex_destroy(&control->lock);
	free(control);
}

void control_tell(struct control *control, const struct control_facts *facts)
{
	pthread_mutex_lock(&control->lock);
	control->facts = *facts;
	pthread_mutex_unlock(&control->lock);
	doorbell_ring(&control->bell);
}

void control_reloaded(struct control *control, bool done, const char *text)
{
	pthread_mutex_lock(&control->lock);
	control->reloads++;
	control->reload_done = done;
	COPY_TEXT(control->reload_text, text);
	pthread_mutex_unlock(&control->lock);
	doorbell_ring(&control->bell);
}
