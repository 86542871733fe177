/* SPDX-License-Identifier: PostgreSQL */
#include "worker.h"

enum status mailbox_open(struct mailbox *mailbox, struct error *err)
{
	*mailbox = (struct mailbox) { .lock = PTHREAD_MUTEX_INITIALIZER };
	return doorbell_open(&mailbox->bell, err);
}

void mailbox_close(struct mailbox *mailbox)
{
	doorbell_close(&mailbox->bell);
	pthread_mutex_destroy(&mailbox->lock);
}

void mailbox_put(struct mailbox *mailbox, const struct worker_order *order)
{
	pthread_mutex_lock(&mailbox->lock);
	mailbox->order = *order;
	pthread_mutex_unlock(&mailbox->lock);
	doorbell_ring(&mailbox->bell);
}

void mailbox_get(struct mailbox *mailbox, struct worker_order *order)
{
	doorbell_quiet(&mailbox->bell);
	pthread_mutex_lock(&mailbox->lock);
	*order = mailbox->order;
	pthread_mutex_unlock(&mailbox->lock);
}
