/* SPDX-License-Identifier: PostgreSQL */
/* parts.h - what the parts of the world ask of each other. */
#ifndef SIM_PARTS_H
#define SIM_PARTS_H

#include "world.h"

/* network.c: messages between hosts. */
struct message *network_take(struct world *w);
void network_send(struct world *w, struct message *message);
void network_drop(struct world *w, struct message *message);
void network_arrive(struct world *w, unsigned index);
void network_reply(struct world *w, struct message *message, int64_t after);
void network_later(struct world *w, struct message *message, int64_t at);
bool network_passes(const struct world *w, unsigned from, unsigned to);

/* call.c: one question at a time, with a deadline. */
struct message *call(struct world *w, unsigned m, unsigned channel, enum ask ask, unsigned host,
		     int64_t deadline);
void call_answered(struct world *w, struct message *message);
void call_timeout(struct world *w, unsigned m, unsigned channel, uint32_t serial);
void call_forget(struct world *w, unsigned m, unsigned channel);

/* server.c */
enum path { PATH_OPEN, PATH_REFUSED, PATH_RESET, PATH_SILENT, PATH_FROZEN, PATH_FULL, PATH_DENIED };
enum path server_path(const struct world *w, unsigned from, unsigned node);
void server_serve(struct world *w, struct message *message);
void server_crash(struct world *w, unsigned node, bool says_so);
void server_start(struct world *w, unsigned node);
void server_started(struct world *w, unsigned node, uint32_t boot);
void server_thaw(struct world *w, unsigned node);
bool server_closed(const struct world *w, unsigned node, const struct lock *lock);
bool server_level(const struct world *w, unsigned node);

/* arbiter.c */
void arbiter_serve(struct world *w, struct message *message);
void arbiter_step(struct world *w, unsigned m);
void arbiter_answer(struct world *w, unsigned m, const struct message *answer);

/* proxy.c */
void proxy_serve(struct world *w, struct message *message);
void proxy_start(struct world *w, unsigned proxy);
void proxy_apps(struct world *w, unsigned proxy);

/* monitor.c: the decider of one bdrmon. */
void monitor_begin(struct world *w, unsigned m);
void monitor_start(struct world *w, unsigned m, bool with_state);
void monitor_stop(struct world *w, unsigned m);
void monitor_timer(struct world *w, unsigned m, enum timer timer);
void monitor_set(struct world *w, unsigned m, enum timer timer, int64_t at);
void monitor_news(struct world *w, unsigned m);
void monitor_decide(struct world *w, unsigned m);

/* worker.c: the node workers, and the relay. */
void worker_step(struct world *w, unsigned m, unsigned node);
void worker_answer(struct world *w, unsigned m, unsigned node, const struct message *answer);
void worker_relay(struct world *w, unsigned m, unsigned node);
void worker_relayed(struct world *w, unsigned m, unsigned node, const struct message *answer);
void worker_ended(struct world *w, unsigned m, unsigned node, uint32_t boot);
void relay_publish(struct world *w, unsigned m, struct message *message);
void relay_take(struct world *w, unsigned m, const struct message *answer);

/* looker.c and mover.c: the proxy workers. */
void looker_step(struct world *w, unsigned m, unsigned proxy);
bool looker_counted(struct world *w, unsigned m, unsigned proxy, const struct message *answer);
void looker_looked(struct world *w, unsigned m, unsigned proxy, const struct message *answer);
void looker_pinged(struct world *w, unsigned m, unsigned proxy, const struct message *answer);
void looker_tested(struct world *w, unsigned m, unsigned proxy, unsigned node,
		   const struct message *answer);
void looker_set(struct world *w, unsigned m, unsigned proxy);
void mover_begin(struct world *w, unsigned m, unsigned proxy);
void mover_answer(struct world *w, unsigned m, unsigned proxy, const struct message *answer);

/* claimant.c */
void claimant_step(struct world *w, unsigned m);
void claimant_answer(struct world *w, unsigned m, unsigned node, const struct message *answer);
void claimant_hang_up(struct world *w, unsigned m, unsigned node);
void claimant_lost(struct world *w, unsigned m, unsigned node);
void claimant_flagged(struct world *w, unsigned m, unsigned node, const struct message *answer);

/* command.c */
void command_order(struct world *w, unsigned m, const struct action *action);
void command_happens(struct world *w, unsigned index);
struct command *command_new(struct world *w, unsigned m, unsigned failed, int64_t begin);

/* repmgrd.c: the algorithm of repmgrd 4.4, for comparison. */
void repmgrd_step(struct world *w, unsigned m);
void repmgrd_answer(struct world *w, unsigned m, const struct message *answer);

/* faults.c */
void fault_strike(struct world *w, unsigned index);
void fault_heal(struct world *w, unsigned index);
void fault_trap(struct world *w, unsigned m, unsigned stage);

/* invariants.c */
void broken(struct world *w, const char *name, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void watch_change(struct world *w);
void watch_begin_command(struct world *w, const struct command *command);
void watch_record(struct world *w, unsigned node, const struct stored *old);
void watch_file(struct world *w, unsigned proxy, const struct proxy_file *old);
void watch_route(struct world *w, unsigned proxy, unsigned old, unsigned m, enum move move);
void watch_told(struct world *w, unsigned proxy, unsigned m);
void watch_apps(struct world *w, unsigned proxy, bool serves);
bool watch_end(struct world *w);
bool proxy_can_use(const struct world *w, unsigned proxy, unsigned node);
bool node_is_used(const struct world *w, unsigned node);

#endif
