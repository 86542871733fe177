/* SPDX-License-Identifier: PostgreSQL */
#include "retry.h"

static bool may_retry(struct fate fate)
{
	switch (fate.kind) {
	case FATE_EXITED:
		return fate.code == RETRY_EXIT_CODE;
	case FATE_SIGNALED:
	case FATE_NOT_STARTED:
	case FATE_LOST:
		return true;
	default:
		return false;
	}
}

enum sequel retry_sequel(struct fate fate, int attempt, int retries)
{
	if (fate.kind == FATE_EXITED && fate.code == 0)
		return SEQUEL_DONE;
	return may_retry(fate) && attempt <= retries ? SEQUEL_RETRY : SEQUEL_FAILED;
}

bool retry_run(struct fate fate)
{
	return may_retry(fate) || fate.kind == FATE_LATE;
}

int64_t retry_pause_ms(int attempt)
{
	int64_t pause_ms = RETRY_FIRST_MS;
	for (int i = 1; i < attempt && pause_ms < RETRY_MAX_MS; i++)
		pause_ms *= 2;
	return pause_ms < RETRY_MAX_MS ? pause_ms : RETRY_MAX_MS;
}
