/* SPDX-License-Identifier: PostgreSQL */
/* child_bed.h - commands under a guard, on a test bed (bed.h). */
#ifndef CHILD_BED_H
#define CHILD_BED_H

#include "../../../src/runtime/child.h"
#include "../../../src/runtime/lines.h"
#include "../../../src/runtime/spawn.h"

#include "bdrmon/doorbell.h"
#include "bdrmon/lookup.h"
#include "bdrmon/trace.h"

#include "bed.h"

#include <signal.h>

#define FAR_MS (10 * PATIENCE_MS)

struct run {
	int64_t deadline_ms, kill_after_ms, output_max;
	bool stop; /* before the wait begins */
	struct child_result result;
	int64_t took_ms;
	pid_t guard;
};

#define RUN                                                                                        \
	{                                                                                          \
		.deadline_ms = FAR_MS, .kill_after_ms = FAR_MS, .output_max = TEXT_MAX             \
	}

static inline void start(struct child *child)
{
	struct error err;
	int program;

	assert_int_equal(spawn_open(BDRMON_GUARD, &program, &err), OK);
	assert_int_equal(spawn_guard(program, ".", "test", child, &err), OK);
	close(program);
}

static inline void give(const struct child *child, const char *script, const struct run *run)
{
	char memory[64];
	struct strbuf variables = STRBUF(memory);
	struct error err;
	struct guard_job job = {
		.serial = 17,
		.attempt = 1,
		.deadline = instant_add_ms(clock_now(), run->deadline_ms),
		.kill_after_ms = run->kill_after_ms,
		.output_max_bytes = run->output_max,
	};
	strbuf_add_bytes(&variables, "BDRMON_X=new", sizeof "BDRMON_X=new");
	assert_int_equal(spawn_give(child, &job, script, &variables, &err), OK);
}

/* Wait until the guard has told what it started: if it ended before, only the shell
 * itself would be found. */
static inline void await_started(const struct child *child)
{
	struct trace trace;
	struct error err;
	do
		assert_int_equal(trace_read(child->trace, &trace, &err), OK);
	while (!trace.started);
}

/* Start SCRIPT, wait until it says that it is up (if AWAIT_UP), and for its end. */
static inline void run(struct bed *bed, const char *script, bool await_up, struct run *run)
{
	struct doorbell stop;
	struct error err;
	struct child child;
	struct lines lines;

	assert_int_equal(doorbell_open(&stop, &err), OK);
	if (run->stop)
		doorbell_ring(&stop);
	start(&child);
	run->guard = child.guard;
	struct instant began = clock_now();
	give(&child, script, run);
	if (await_up)
		bed_await(bed->up);
	struct child_limits limits = { instant_add_ms(began, 2 * FAR_MS), stop.fd };
	lines_open(&lines, "test", run->output_max);
	run->result = child_wait(&child, &limits, &lines);
	lines_close(&lines);
	run->took_ms = ms_since(began);
	doorbell_close(&stop);
}

#endif
