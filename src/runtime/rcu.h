/* SPDX-License-Identifier: PostgreSQL */
/* rcu.h - the part of liburcu that board.c uses, in the memb flavour: a thread that
 * sleeps outside a read section never holds up a grace period.
 *
 * Debian's library is not built for the thread sanitizer, which then sees races in
 * correct code; under it the calls carry annotations that say what they order.
 */
#ifndef BDRMON_RUNTIME_RCU_H
#define BDRMON_RUNTIME_RCU_H

#include <stdint.h>
#include <urcu/urcu-memb.h>

#ifdef __SANITIZE_THREAD__
#include <sanitizer/tsan_interface.h>

/* What the annotations hang on: an address that all calls share. */
static const char rcu_tag;
#define RCU_TAG ((void *)(uintptr_t)&rcu_tag)

static inline void rcu_enter(void)
{
	urcu_memb_read_lock();
}

static inline void rcu_leave(void)
{
	__tsan_release(RCU_TAG);
	urcu_memb_read_unlock();
}

static inline void rcu_wait_for_readers(void)
{
	urcu_memb_synchronize_rcu();
	__tsan_acquire(RCU_TAG);
}
#else
#define rcu_enter()            urcu_memb_read_lock()
#define rcu_leave()            urcu_memb_read_unlock()
#define rcu_wait_for_readers() urcu_memb_synchronize_rcu()
#endif

#endif
