/* SPDX-License-Identifier: PostgreSQL */
#include "bdrmon/control.h"

#include "bdrmon/clock.h"
#include "bdrmon/strbuf.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* How often to try again while the monitor's queue of connections is full. */
#define RETRY_US 1000

#define HEADER_MAX 64

static enum status no_answer(struct error *err)
{
	return error_set(err, ERR_TIMEOUT, "the monitor did not answer in time");
}

static enum status broken(struct error *err)
{
	return error_set(err, ERR_SYSTEM, "the monitor's answer ended too early");
}

static enum status wait_for(int fd, short events, struct instant deadline, struct error *err)
{
	struct pollfd one = { .fd = fd, .events = events };
	for (;;) {
		struct timespec rest;
		int ready = ppoll(&one, 1, clock_rest(deadline, &rest), NULL);
		if (ready > 0)
			return OK;
		if (ready == 0)
			return no_answer(err);
		if (errno != EINTR)
			return error_set(err, ERR_SYSTEM, "could not wait: %s", strerror(errno));
	}
}

static enum status reach(int fd, const char *path, struct instant deadline, struct error *err)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	if (!COPY_TEXT(address.sun_path, path))
		return error_set(err, ERR_SYSTEM, "path of the control socket is too long");
	while (connect(fd, (struct sockaddr *)&address, sizeof address) != 0) {
		if (errno == EAGAIN && instant_before(clock_now(), deadline)) {
			struct timespec pause = clock_timespec(RETRY_US);
			nanosleep(&pause, NULL);
			continue;
		}
		if (errno == EAGAIN)
			return no_answer(err);
		bool nobody = errno == ENOENT || errno == ECONNREFUSED;
		return error_set(err, nobody ? ERR_SERVER : ERR_SYSTEM,
				 "could not connect to the monitor at \"%s\": %s", path,
				 strerror(errno));
	}
	return OK;
}

static enum status send_line(int fd, const char *request, struct instant deadline,
			     struct error *err)
{
	char line[CONTROL_REQUEST_MAX + 1];
	struct strbuf out = STRBUF(line);

	strbuf_printf(&out, "%s\n", request);
	if (out.cut)
		return error_set(err, ERR_SYSTEM, "the request is too long");
	for (size_t sent = 0; sent < out.length;) {
		ssize_t now = send(fd, line + sent, out.length - sent, MSG_NOSIGNAL);
		if (now > 0) {
			sent += (size_t)now;
			continue;
		}
		if (errno != EAGAIN && errno != EINTR)
			return broken(err);
		enum status st = wait_for(fd, POLLOUT, deadline, err);
		if (st != OK)
			return st;
	}
	return OK;
}

/* Read one byte or more up to SIZE. */
static enum status receive(int fd, char *bytes, size_t size, struct instant deadline, size_t *got,
			   struct error *err)
{
	for (;;) {
		ssize_t now = recv(fd, bytes, size, 0);
		if (now > 0) {
			*got = (size_t)now;
			return OK;
		}
		if (now == 0 || (errno != EAGAIN && errno != EINTR))
			return broken(err);
		enum status st = wait_for(fd, POLLIN, deadline, err);
		if (st != OK)
			return st;
	}
}

static enum status receive_header(int fd, struct instant deadline, int *code, size_t *length,
				  struct error *err)
{
	char header[HEADER_MAX], *end;
	size_t used = 0, got;

	do {
		if (used == sizeof header - 1)
			return broken(err);
		enum status st = receive(fd, header + used, 1, deadline, &got, err);
		if (st != OK)
			return st;
	} while (header[used++] != '\n');
	header[used] = '\0';
	*code = (int)strtol(header, &end, 10);
	*length = strtoul(end, &end, 10);
	return *end == '\n' ? OK : broken(err);
}

static enum status converse(int fd, const char *path, const char *request, struct instant deadline,
			    int *code, struct strbuf *body, struct error *err)
{
	char bytes[4096];
	size_t left = 0, got = 0;
	int told = 0;

	enum status st = reach(fd, path, deadline, err);
	if (st == OK)
		st = send_line(fd, request, deadline, err);
	if (st == OK)
		st = receive_header(fd, deadline, &told, &left, err);
	while (st == OK && left > 0) {
		st = receive(fd, bytes, left < sizeof bytes ? left : sizeof bytes, deadline, &got,
			     err);
		if (st != OK)
			break;
		strbuf_add_bytes(body, bytes, got);
		left -= got;
	}
	if (st == OK && body->cut)
		st = error_set(err, ERR_SYSTEM, "the monitor's answer is too long");
	if (st == OK)
		*code = told;
	return st;
}

enum status control_ask(const char *path, const char *request, struct instant deadline, int *code,
			struct strbuf *body, struct error *err)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return error_set(err, ERR_SYSTEM, "could not create a socket: %s", strerror(errno));
	enum status st = converse(fd, path, request, deadline, code, body, err);
	close(fd);
	return st;
}
