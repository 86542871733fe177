/* SPDX-License-Identifier: PostgreSQL */
#include "mailbox.h"

#include <assert.h>
#include <string.h>

struct mailbox mailbox_over(void *value, size_t size, const struct doorbell *bell)
{
	return (struct mailbox) {
		.lock = PTHREAD_MUTEX_INITIALIZER, .bell = bell, .value = value, .size = size
	};
}

void mailbox_put(struct mailbox *mailbox, const void *value, size_t size)
{
	assert(size == mailbox->size);
	pthread_mutex_lock(&mailbox->lock);
	bool news = memcmp(mailbox->value, value, size) != 0;
	if (news) {
		memcpy(mailbox->value, value, size);
		mailbox->puts++;
	}
	pthread_mutex_unlock(&mailbox->lock);
	if (news)
		doorbell_ring(mailbox->bell);
}

bool mailbox_get(struct mailbox *mailbox, void *value, size_t size, uint64_t *seen)
{
	assert(size == mailbox->size);
	pthread_mutex_lock(&mailbox->lock);
	bool news = mailbox->puts != *seen;
	if (news)
		memcpy(value, mailbox->value, size);
	*seen = mailbox->puts;
	pthread_mutex_unlock(&mailbox->lock);
	return news;
}
