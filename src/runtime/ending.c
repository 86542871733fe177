/* SPDX-License-Identifier: PostgreSQL */
#include "ending.h"

#include "bdrmon/log.h"

#include <inttypes.h>
#include <string.h>

/* The shell's exit codes for a command that it cannot run. */
#define SHELL_NOT_EXECUTABLE 126
#define SHELL_NOT_FOUND      127

void ending_describe(const struct job *job, char name[JOB_NAME_MAX])
{
	struct strbuf out = strbuf_over(name, JOB_NAME_MAX);
	strbuf_printf(&out, "%s command for node %d", event_type(job->event)->name, job->node_id);
}

static void describe_fate(struct strbuf *out, const struct ending *ending)
{
	switch (ending->fate.kind) {
	case FATE_EXITED:
		strbuf_printf(out, "It exited with code %d", ending->fate.code);
		break;
	case FATE_SIGNALED:
		strbuf_printf(out, "Signal %d ended it", ending->fate.code);
		break;
	case FATE_LATE:
		strbuf_printf(out,
			      "It did not end within %" PRId64
			      " ms, and was ended with all that it had started",
			      ending->deadline_ms);
		break;
	case FATE_STUCK:
		strbuf_printf(out,
			      "It did not end within %" PRId64
			      " ms, and process %d remains after the signal KILL",
			      ending->deadline_ms, ending->fate.code);
		break;
	case FATE_NOT_STARTED:
		strbuf_add(out, "It could not be started");
		if (ending->fate.code != 0)
			strbuf_printf(out, ": %s", strerror(ending->fate.code));
		break;
	case FATE_LEFT:
		strbuf_printf(out, "It is process %d", (int)ending->process);
		break;
	case FATE_LOST:
	case FATES:
		strbuf_add(out, "Its guard is gone or hangs, and was ended with it");
		break;
	}
	if (ending->took_ms >= 0)
		strbuf_printf(out, ", after %" PRId64 " ms", ending->took_ms);
	strbuf_add_char(out, '.');
}

static void describe_sequel(struct strbuf *out, const struct ending *ending)
{
	if (ending->sequel == SEQUEL_RETRY)
		strbuf_printf(out, " Attempt %d of %d follows in %" PRId64 " ms.",
			      ending->attempt + 1, ending->retries + 1,
			      retry_pause_ms(ending->attempt));
	else if (ending->attempt > 1)
		strbuf_printf(out, " It was attempt %d.", ending->attempt);
}

static const char *hint_for(struct fate fate)
{
	if (fate.kind != FATE_EXITED)
		return NULL;
	if (fate.code == SHELL_NOT_FOUND)
		return "With this code the shell says that it does not find a program.";
	if (fate.code == SHELL_NOT_EXECUTABLE)
		return "With this code the shell says that it may not run a program.";
	return NULL;
}

void ending_log(const struct job *job, const struct ending *ending)
{
	char name[JOB_NAME_MAX], text[256];
	struct strbuf detail = STRBUF(text);
	const char *earlier = ending->took_ms < 0 ? ", started before the restart," : "";

	ending_describe(job, name);
	if (ending->sequel == SEQUEL_DONE && ending->took_ms >= 0) {
		log_notice("%s succeeded after %" PRId64 " ms", name, ending->took_ms);
		return;
	}
	if (ending->sequel == SEQUEL_DONE) {
		log_notice("%s%s succeeded", name, earlier);
		return;
	}
	describe_fate(&detail, ending);
	if (ending->fate.kind != FATE_LEFT)
		describe_sequel(&detail, ending);
	log_write(LOG_LEVEL_WARNING, text, hint_for(ending->fate), "%s%s %s", name, earlier,
		  ending->fate.kind == FATE_LEFT ? "is left running" : "failed");
}
