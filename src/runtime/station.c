/* SPDX-License-Identifier: PostgreSQL */
#include "station.h"

#include "bdrmon/thread.h"

enum status station_open(struct station *station, void *order, size_t size, struct error *err)
{
	enum status st = doorbell_open(&station->bell, err);

	if (st == OK)
		station->orders = mailbox_over(order, size, &station->bell);
	return st;
}

enum status station_start(struct station *station, const char *name, void *(*run)(void *),
			  void *argument, struct error *err)
{
	enum status st = thread_start(&station->thread, name, run, argument, err);

	station->runs = st == OK;
	if (st != OK)
		doorbell_close(&station->bell);
	return st;
}

bool station_join(struct station *station, struct instant deadline)
{
	return !station->runs || thread_join(station->thread, deadline);
}

void station_close(struct station *station)
{
	if (station->runs)
		doorbell_close(&station->bell);
}
