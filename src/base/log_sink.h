/* SPDX-License-Identifier: PostgreSQL */
/* log_sink.h - where the log goes: stderr, a file, the journal or syslog. Writing may
 * block, so that it is for the log's own thread. A sink has one user at a time.
 */
#ifndef BDRMON_LOG_SINK_H
#define BDRMON_LOG_SINK_H

#include "bdrmon/error.h"
#include "log_message.h"

#include <stdbool.h>
#include <stdint.h>

enum log_style {
	LOG_STYLE_STAMPED, /* repmgr's: stderr and files */
	LOG_STYLE_JOURNAL, /* stderr is systemd's journal: it wants a priority, and has a clock */
	LOG_STYLE_SYSLOG
};

struct log_sink {
	enum log_style style;
	int fd;        /* not used for syslog */
	bool owned;    /* close fd at the end */
	int facility;  /* syslog's number */
	uint64_t lost; /* not written, and not yet told */
	bool torn;     /* the last line was written in part */
};

/* Prepare the sink for TARGET; it becomes valid on OK only. Errors: ERR_SYSTEM. */
enum status log_sink_open(const struct log_target *target, struct log_sink *sink,
			  struct error *err);

/* Call this once before the first message, in the thread that writes. */
void log_sink_begin(const struct log_sink *sink);

void log_sink_close(struct log_sink *sink);

/* Write MESSAGE, and before it how many messages were lost. False: it is lost, too. */
bool log_sink_write(struct log_sink *sink, const struct log_message *message);

/* Tell how many messages were lost, if any were. */
void log_sink_tell_lost(struct log_sink *sink);

#endif
