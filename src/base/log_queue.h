/* SPDX-License-Identifier: PostgreSQL */
/* log_queue.h - messages that wait for the log's writer: a ring of bytes. What does
 * not fit is dropped and counted, and the count goes with the next message that fits,
 * so that it is told in its place. Pure; the caller has the lock.
 */
#ifndef BDRMON_LOG_QUEUE_H
#define BDRMON_LOG_QUEUE_H

#include "log_message.h"

#include <stdbool.h>
#include <stdint.h>

/* Some two thousand messages. */
#define LOG_QUEUE_SIZE (256 * 1024)

struct log_queue {
	size_t first, used;
	uint64_t dropped; /* since the last message that fitted */
	char bytes[LOG_QUEUE_SIZE];
};

/* False: MESSAGE is dropped and counted. */
bool log_queue_put(struct log_queue *queue, const struct log_message *message);

/* Take the oldest message, and how many were dropped before it. False: there is none;
 * DROPPED is then what was dropped since the last one. */
bool log_queue_take(struct log_queue *queue, struct log_message *message, uint64_t *dropped);

#endif
