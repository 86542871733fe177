/* SPDX-License-Identifier: PostgreSQL */
/* fate.h - how a command ended. */
#ifndef BDRMON_FATE_H
#define BDRMON_FATE_H

#include <stdbool.h>

enum fate_kind {
	FATE_EXITED,      /* code: its exit code */
	FATE_SIGNALED,    /* by someone else; code: the signal */
	FATE_LATE,        /* its deadline passed, and it was ended with all it had started */
	FATE_STUCK,       /* its deadline passed, and not even KILL ended process CODE */
	FATE_NOT_STARTED, /* code: errno */
	FATE_LEFT,        /* it still runs, under its guard: bdrmon stops */
	FATE_LOST,        /* its guard is gone, nobody knows */
	FATES
};

struct fate {
	enum fate_kind kind;
	int code;
};

const char *fate_name(enum fate_kind kind); /* "exited" */

/* Find the kind NAME; false, and *kind untouched, if there is none. */
bool fate_by_name(const char *name, enum fate_kind *kind);

#endif
