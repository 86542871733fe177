/* SPDX-License-Identifier: PostgreSQL */
#include "log_queue.h"

#include <string.h>

/* What is stored in front of each message. */
struct header {
	uint64_t dropped;
	size_t size; /* of the message, without the unused end of its texts */
};

#define MESSAGE_HEAD offsetof(struct log_message, texts)

static void put_bytes(struct log_queue *queue, const void *bytes, size_t size)
{
	size_t at = (queue->first + queue->used) % LOG_QUEUE_SIZE;
	size_t to_end = LOG_QUEUE_SIZE - at;
	size_t part = size < to_end ? size : to_end;

	memcpy(queue->bytes + at, bytes, part);
	memcpy(queue->bytes, (const char *)bytes + part, size - part);
	queue->used += size;
}

static void take_bytes(struct log_queue *queue, void *bytes, size_t size)
{
	size_t to_end = LOG_QUEUE_SIZE - queue->first;
	size_t part = size < to_end ? size : to_end;

	memcpy(bytes, queue->bytes + queue->first, part);
	memcpy((char *)bytes + part, queue->bytes, size - part);
	queue->first = (queue->first + size) % LOG_QUEUE_SIZE;
	queue->used -= size;
}

bool log_queue_put(struct log_queue *queue, const struct log_message *message)
{
	struct header header = { queue->dropped, MESSAGE_HEAD + message->size };

	if (queue->used + sizeof header + header.size > LOG_QUEUE_SIZE) {
		queue->dropped++;
		return false;
	}
	put_bytes(queue, &header, sizeof header);
	put_bytes(queue, message, header.size);
	queue->dropped = 0;
	return true;
}

bool log_queue_take(struct log_queue *queue, struct log_message *message, uint64_t *dropped)
{
	struct header header;

	if (queue->used == 0) {
		*dropped = queue->dropped;
		queue->dropped = 0;
		return false;
	}
	take_bytes(queue, &header, sizeof header);
	take_bytes(queue, message, header.size);
	*dropped = header.dropped;
	return true;
}
