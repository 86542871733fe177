/* SPDX-License-Identifier: PostgreSQL */
#include "bdrmon/systemd.h"

#include "bdrmon/clock.h"
#include "bdrmon/strbuf.h"

#include <errno.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SOCKET_VARIABLE       "NOTIFY_SOCKET"
#define WATCHDOG_VARIABLE     "WATCHDOG_USEC"
#define WATCHDOG_PID_VARIABLE "WATCHDOG_PID"

#define STATUS_MAX 512

/* A path, or with "@" in front a name in the abstract namespace. The length says where
 * an abstract name ends: a zero behind it would be part of it. */
static enum status set_address(struct systemd *systemd, const char *name, struct error *err)
{
	size_t length = strlen(name);

	if ((name[0] != '/' && name[0] != '@') || length >= sizeof systemd->address.sun_path)
		return error_set(err, ERR_SYSTEM, "unsupported address in %s: \"%s\"",
				 SOCKET_VARIABLE, name);
	systemd->address.sun_family = AF_UNIX;
	memcpy(systemd->address.sun_path, name, length);
	if (name[0] == '@')
		systemd->address.sun_path[0] = '\0';
	systemd->length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
	return OK;
}

static enum status open_socket(struct systemd *systemd, const char *name, struct error *err)
{
	enum status st = set_address(systemd, name, err);
	if (st != OK)
		return st;
	systemd->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (systemd->fd < 0)
		return error_set(err, ERR_SYSTEM, "could not create a socket for systemd: %s",
				 strerror(errno));
	return OK;
}

/* A whole positive number; 0 if TEXT is NULL or something else. */
static int64_t read_number(const char *text)
{
	char *end;

	if (text == NULL)
		return 0;
	errno = 0;
	intmax_t number = strtoimax(text, &end, 10);
	return errno == 0 && end != text && *end == '\0' && number > 0 ? number : 0;
}

static int64_t read_watchdog(void)
{
	const char *pid = getenv(WATCHDOG_PID_VARIABLE);

	/* for another process, that started us without cleaning its environment */
	if (pid != NULL && read_number(pid) != getpid())
		return 0;
	return read_number(getenv(WATCHDOG_VARIABLE));
}

enum status systemd_open(struct systemd *systemd, struct error *err)
{
	const char *name = getenv(SOCKET_VARIABLE);
	enum status st = OK;

	*systemd = (struct systemd) { .fd = -1 };
	if (name != NULL && name[0] != '\0')
		st = open_socket(systemd, name, err);
	if (systemd->fd >= 0)
		systemd->watchdog_us = read_watchdog();
	unsetenv(SOCKET_VARIABLE);
	unsetenv(WATCHDOG_VARIABLE);
	unsetenv(WATCHDOG_PID_VARIABLE);
	return st;
}

void systemd_close(struct systemd *systemd)
{
	if (systemd->fd >= 0)
		close(systemd->fd);
	systemd->fd = -1;
}

bool systemd_notify(const struct systemd *systemd, const char *assignments)
{
	if (systemd->fd < 0)
		return true;
	ssize_t sent =
		sendto(systemd->fd, assignments, strlen(assignments), MSG_DONTWAIT | MSG_NOSIGNAL,
		       (const struct sockaddr *)&systemd->address, systemd->length);
	return sent >= 0;
}

bool systemd_reloading(const struct systemd *systemd)
{
	char memory[64];
	struct strbuf text = STRBUF(memory);
	strbuf_printf(&text, "RELOADING=1\nMONOTONIC_USEC=%" PRId64, clock_now().us);
	return systemd_notify(systemd, memory);
}

bool systemd_status(const struct systemd *systemd, const char *text)
{
	char line[STATUS_MAX], memory[STATUS_MAX + 16];
	struct strbuf assignment = STRBUF(memory);
	COPY_LINE(line, text);
	strbuf_printf(&assignment, "STATUS=%s", line);
	return systemd_notify(systemd, memory);
}

int64_t systemd_watchdog_us(const struct systemd *systemd)
{
	return systemd->watchdog_us;
}
