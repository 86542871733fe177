/* SPDX-License-Identifier: PostgreSQL */
#include "output.h"

#include "bdrmon/guard.h"

#include <errno.h>
#include <poll.h>
#include <stddef.h>
#include <sys/socket.h>
#include <unistd.h>

/* What a pipe holds: more cannot be from before the command's end. */
#define REST_MAX 65536

/* A bdrmon that takes nothing for so long gets no more: it may be stopped, and the
 * command must go on. */
#define PATIENCE_MS 1000

struct message {
	struct guard_report head;
	char bytes[GUARD_OUTPUT_MAX];
};

static bool send_message(const struct message *message, size_t length)
{
	struct pollfd socket = { .fd = GUARD_SOCKET, .events = POLLOUT };
	size_t size = offsetof(struct message, bytes) + length;

	for (int tries = 0; tries < 2; tries++) {
		if (send(GUARD_SOCKET, message, size, MSG_DONTWAIT | MSG_NOSIGNAL) >= 0)
			return true;
		if (errno != EAGAIN || poll(&socket, 1, PATIENCE_MS) <= 0)
			break;
	}
	return false;
}

static void forward(struct output *output, struct message *message, size_t length)
{
	size_t sent = output->deaf ? 0 : length;

	if ((int64_t)sent > output->room)
		sent = (size_t)output->room;
	if (sent > 0 && !send_message(message, sent)) {
		output->deaf = true;
		sent = 0;
	}
	output->room -= (int64_t)sent;
	output->dropped += (int64_t)(length - sent);
}

bool output_read(struct output *output)
{
	struct message message = { .head.kind = GUARD_OUTPUT };
	ssize_t got = read(output->fd, message.bytes, sizeof message.bytes);

	if (got > 0) {
		forward(output, &message, (size_t)got);
		return true;
	}
	if (got == 0 || (errno != EAGAIN && errno != EINTR)) {
		close(output->fd);
		output->fd = -1;
	}
	return false;
}

void output_read_rest(struct output *output)
{
	for (int i = 0; i < REST_MAX / GUARD_OUTPUT_MAX && output->fd >= 0; i++) {
		if (!output_read(output))
			break;
	}
}
