/* SPDX-License-Identifier: PostgreSQL */
#include "bdrmon/doorbell.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum status doorbell_open(struct doorbell *bell, struct error *err)
{
	int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (fd < 0)
		return error_set(err, ERR_SYSTEM, "could not create an eventfd: %s",
				 strerror(errno));
	bell->fd = fd;
	return OK;
}

void doorbell_close(struct doorbell *bell)
{
	if (bell->fd >= 0)
		close(bell->fd);
	bell->fd = -1;
}

void doorbell_ring(const struct doorbell *bell)
{
	/* It fails only when the counter is full, and then it rings already. */
	uint64_t one = 1;
	ssize_t written = write(bell->fd, &one, sizeof one);
	(void)written;
}

void doorbell_quiet(const struct doorbell *bell)
{
	uint64_t rings;
	ssize_t got = read(bell->fd, &rings, sizeof rings);
	(void)got; /* EAGAIN: it did not ring */
}
