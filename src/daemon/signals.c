/* SPDX-License-Identifier: PostgreSQL */
#include "signals.h"

#include "bdrmon/lookup.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

enum status signals_open(struct signals *signals, struct error *err)
{
	static const int deadly[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP, SIGSYS };
	sigset_t blocked;

	sigfillset(&blocked);
	for (unsigned i = 0; i < ARRAY_LEN(deadly); i++)
		sigdelset(&blocked, deadly[i]);
	pthread_sigmask(SIG_SETMASK, &blocked, NULL);
	signals->fd = signalfd(-1, &blocked, SFD_CLOEXEC | SFD_NONBLOCK);
	if (signals->fd < 0)
		return error_set(err, ERR_SYSTEM, "could not create a signalfd: %s",
				 strerror(errno));
	return OK;
}

int signals_take(const struct signals *signals)
{
	struct signalfd_siginfo info;
	ssize_t got = read(signals->fd, &info, sizeof info);
	return got == sizeof info ? (int)info.ssi_signo : 0;
}

void signals_close(struct signals *signals)
{
	if (signals->fd >= 0)
		close(signals->fd);
	signals->fd = -1;
}
