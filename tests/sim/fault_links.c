/* SPDX-License-Identifier: PostgreSQL */
/* What goes wrong between hosts. */
#include "fault_table.h"

void cut_one(struct world *w, struct fault *f)
{
	w->cut[f->a][f->b] = f->a != f->b;
}

void mend_one(struct world *w, struct fault *f)
{
	w->cut[f->a][f->b] = false;
}

void cut_both(struct world *w, struct fault *f)
{
	w->cut[f->a][f->b] = w->cut[f->b][f->a] = f->a != f->b;
}

void mend_both(struct world *w, struct fault *f)
{
	w->cut[f->a][f->b] = w->cut[f->b][f->a] = false;
}

static void set_out(struct world *w, unsigned a, unsigned b, bool cut)
{
	for (unsigned h = 0; h < HOSTS; h++) {
		if (h != a && h != b)
			w->cut[a][h] = w->cut[b][h] = cut;
	}
}

static void set_in(struct world *w, unsigned a, unsigned b, bool cut)
{
	for (unsigned h = 0; h < HOSTS; h++) {
		if (h != a && h != b)
			w->cut[h][a] = w->cut[h][b] = cut;
	}
}

void isolate(struct world *w, struct fault *f)
{
	set_out(w, f->a, f->a, true);
	set_in(w, f->a, f->a, true);
}

void join(struct world *w, struct fault *f)
{
	set_out(w, f->a, f->a, false);
	set_in(w, f->a, f->a, false);
}

void mute(struct world *w, struct fault *f)
{
	set_out(w, f->a, f->a, true);
}

void deafen(struct world *w, struct fault *f)
{
	set_in(w, f->a, f->a, true);
}

void split(struct world *w, struct fault *f)
{
	set_out(w, f->a, f->b, true);
	set_in(w, f->a, f->b, true);
}

void unite(struct world *w, struct fault *f)
{
	set_out(w, f->a, f->b, false);
	set_in(w, f->a, f->b, false);
}

void lose(struct world *w, struct fault *f)
{
	w->loss[f->a][f->b] = w->loss[f->b][f->a] = (uint8_t)f->value;
}

void lose_no_more(struct world *w, struct fault *f)
{
	w->loss[f->a][f->b] = w->loss[f->b][f->a] = 0;
}

void lose_all(struct world *w, struct fault *f)
{
	for (unsigned a = 0; a < HOSTS; a++) {
		for (unsigned b = 0; b < HOSTS; b++)
			w->loss[a][b] = (uint8_t)f->value;
	}
}

void lose_nothing(struct world *w, struct fault *f)
{
	(void)f;
	for (unsigned a = 0; a < HOSTS; a++) {
		for (unsigned b = 0; b < HOSTS; b++)
			w->loss[a][b] = 0;
	}
}

void slow_link(struct world *w, struct fault *f)
{
	w->extra[f->a][f->b] = w->extra[f->b][f->a] = f->value * MS;
}

void fast_link(struct world *w, struct fault *f)
{
	w->extra[f->a][f->b] = w->extra[f->b][f->a] = 0;
}

void reset(struct world *w, struct fault *f)
{
	w->server[f->a].reset_from[f->b] = f->b != f->a;
}

void reset_no_more(struct world *w, struct fault *f)
{
	w->server[f->a].reset_from[f->b] = false;
}

void reset_all(struct world *w, struct fault *f)
{
	for (unsigned h = 0; h < HOSTS; h++)
		w->server[f->a].reset_from[h] = h != f->a;
}

void reset_none(struct world *w, struct fault *f)
{
	for (unsigned h = 0; h < HOSTS; h++)
		w->server[f->a].reset_from[h] = false;
}
