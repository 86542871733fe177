/* SPDX-License-Identifier: PostgreSQL */
/* mailbox.h - tell a thread something: a struct that is copied in and out under a
 * lock which is never held over I/O, and a bell that wakes the thread. Who looks later
 * finds the latest value; those in between are lost.
 */
#ifndef BDRMON_RUNTIME_MAILBOX_H
#define BDRMON_RUNTIME_MAILBOX_H

#include "bdrmon/doorbell.h"

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mailbox {
	pthread_mutex_t lock;
	const struct doorbell *bell; /* rings at each put; borrowed */
	void *value;                 /* borrowed memory */
	size_t size;
	uint64_t puts;
};

/* A mailbox for values like *VALUE, which it starts with and uses as its memory. */
#define MAILBOX(value, bell) mailbox_over((value), sizeof *(value), (bell))
struct mailbox mailbox_over(void *value, size_t size, const struct doorbell *bell);

/* What is there already wakes nobody: so the memory must start as what its reader starts with,
 * which is zeroes everywhere. Threads: any. SIZE is that of the mailbox. */
void mailbox_put(struct mailbox *mailbox, const void *value, size_t size);

/* Copy the latest value. SEEN is the reader's own count, at first 0: false, and value
 * untouched, if nothing was put since. */
bool mailbox_get(struct mailbox *mailbox, void *value, size_t size, uint64_t *seen);

#endif
