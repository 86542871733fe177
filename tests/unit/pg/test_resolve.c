/* SPDX-License-Identifier: PostgreSQL */
/* The resolver, with a name server of our own in place of getaddrinfo(): it answers when
 * the test lets it. */
#include "bdrmon/clock.h"
#include "bdrmon/doorbell.h"
#include "bdrmon/lookup.h"
#include "bdrmon/resolve.h"
#include "../base/patience.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <arpa/inet.h>
#include <dirent.h>
#include <limits.h>
#include <netdb.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LONG_MS  2000 /* longer than anything here takes */
#define SHORT_MS 80

/* The name server. */
struct server {
	bool silent; /* wait for `go' */
	int failure;
	const char *address[ADDRESSES_MAX + 2];
	unsigned asked;
	char last_host[HOST_TEXT_MAX];
};

static struct server server;
static pthread_mutex_t server_lock = PTHREAD_MUTEX_INITIALIZER;
static sem_t go;

static struct server server_now(void)
{
	pthread_mutex_lock(&server_lock);
	struct server now = server;
	pthread_mutex_unlock(&server_lock);
	return now;
}

static void server_becomes(const struct server *next)
{
	pthread_mutex_lock(&server_lock);
	server = *next;
	pthread_mutex_unlock(&server_lock);
}

static struct addrinfo *make_address(const char *text)
{
	struct addrinfo *info = calloc(1, sizeof *info + sizeof(struct sockaddr_in6));
	struct sockaddr_in6 *v6 = (void *)(info + 1);
	struct sockaddr_in *v4 = (void *)(info + 1);

	info->ai_addr = (void *)(info + 1);
	if (inet_pton(AF_INET, text, &v4->sin_addr) == 1) {
		info->ai_addr->sa_family = AF_INET;
		info->ai_addrlen = sizeof *v4;
	} else {
		inet_pton(AF_INET6, text, &v6->sin6_addr);
		info->ai_addr->sa_family = AF_INET6;
		info->ai_addrlen = sizeof *v6;
	}
	return info;
}

int getaddrinfo(const char *host, const char *port, const struct addrinfo *hints,
		struct addrinfo **found)
{
	(void)port;
	(void)hints;
	pthread_mutex_lock(&server_lock);
	server.asked++;
	strncpy(server.last_host, host, sizeof server.last_host - 1);
	bool silent = server.silent;
	pthread_mutex_unlock(&server_lock);
	if (silent)
		sem_wait(&go);
	struct server now = server_now();
	*found = NULL;
	for (unsigned i = ARRAY_LEN(now.address); i-- > 0 && now.failure == 0;) {
		if (now.address[i] == NULL)
			continue;
		struct addrinfo *info = make_address(now.address[i]);
		info->ai_next = *found;
		*found = info;
	}
	return now.failure;
}

void freeaddrinfo(struct addrinfo *info)
{
	while (info != NULL) {
		struct addrinfo *next = info->ai_next;
		free(info);
		info = next;
	}
}

/* The resolver's threads; sanitizers have others. */
static unsigned helpers(void)
{
	unsigned count = 0;
	DIR *tasks = opendir("/proc/self/task");
	for (struct dirent *task; (task = readdir(tasks)) != NULL;) {
		char path[PATH_MAX], name[32] = "";
		snprintf(path, sizeof path, "/proc/self/task/%s/comm", task->d_name);
		FILE *comm = fopen(path, "r");
		if (comm == NULL)
			continue;
		count += fgets(name, sizeof name, comm) != NULL && strcmp(name, "resolve\n") == 0;
		fclose(comm);
	}
	closedir(tasks);
	return count;
}

static int begin(void **state)
{
	(void)state;
	sem_init(&go, 0, 0);
	server_becomes(&(struct server) { .address = { "192.0.2.1" } });
	return 0;
}

static int end(void **state)
{
	(void)state;
	struct instant deadline = instant_add_ms(clock_now(), LONG_MS);
	sem_post(&go);
	while (helpers() > 0) {
		assert_true(instant_before(clock_now(), deadline));
		sched_yield();
	}
	return 0;
}

static struct pg_wait within(int64_t ms)
{
	return (struct pg_wait) { instant_add_ms(clock_now(), ms), -1 };
}

static enum status ask(struct resolver *r, const char *host, int64_t ms, struct address_list *list,
		       struct pg_failure *failure)
{
	struct pg_wait wait = within(ms);
	struct instant asked = clock_now();
	*list = (struct address_list) { 0 };
	enum status st = resolver_ask(r, host, &wait, list, failure);
	assert_in_range(ms_between(asked, clock_now()), 0, 3 * ms);
	return st;
}

static void assert_asked(unsigned times)
{
	assert_int_equal(server_now().asked, times);
}

/* From now on it answers only when the test lets it, and then with ADDRESS. */
static void make_silent(const char *address)
{
	struct server now = server_now();
	now.silent = true;
	now.address[0] = address;
	server_becomes(&now);
}

static void test_a_name_has_its_addresses_in_their_order_up_to_the_bound(void **state)
{
	struct resolver r = { 0 };
	struct address_list list;
	struct pg_failure failure;
	(void)state;
	struct server many = { .address = { "2001:db8::1" } };
	for (unsigned i = 1; i < ARRAY_LEN(many.address); i++)
		many.address[i] = "192.0.2.7";
	server_becomes(&many);
	assert_int_equal(ask(&r, "node1", LONG_MS, &list, &failure), OK);
	assert_int_equal(list.count, ADDRESSES_MAX);
	assert_string_equal(list.address[0], "2001:db8::1");
	assert_string_equal(list.address[1], "192.0.2.7");
	assert_string_equal(server_now().last_host, "node1");
	resolver_close(&r);
}

static void test_a_name_without_address_is_unreachable(void **state)
{
	struct resolver r = { 0 };
	struct address_list list;
	struct pg_failure failure;
	(void)state;
	server_becomes(&(struct server) { .failure = EAI_NONAME });
	assert_int_equal(ask(&r, "node1", LONG_MS, &list, &failure), ERR_SERVER);
	assert_int_equal(failure.outcome, OUTCOME_UNREACHABLE);
	assert_int_equal(failure.step, STEP_RESOLVE);
	assert_string_equal(failure.reason, "could not translate host name \"node1\" to address: "
					    "Name or service not known");
	resolver_close(&r);
}

static void test_a_silent_name_server_is_a_timeout_and_its_late_answer_is_used(void **state)
{
	struct resolver r = { 0 };
	struct address_list list;
	struct pg_failure failure;
	(void)state;
	make_silent("192.0.2.1");
	for (int i = 0; i < 3; i++) {
		assert_int_equal(ask(&r, "node1", SHORT_MS, &list, &failure), ERR_TIMEOUT);
		assert_int_equal(failure.outcome, OUTCOME_TIMEOUT);
		assert_int_equal(failure.step, STEP_RESOLVE);
	}
	assert_asked(1); /* one helper, however often it was asked */
	sem_post(&go);
	assert_int_equal(ask(&r, "node1", LONG_MS, &list, &failure), OK);
	assert_string_equal(list.address[0], "192.0.2.1");
	assert_asked(1);
	resolver_close(&r);
}

static void test_each_connection_asks_anew_since_a_node_may_move(void **state)
{
	struct resolver r = { 0 };
	struct address_list list;
	struct pg_failure failure;
	(void)state;
	assert_int_equal(ask(&r, "node1", LONG_MS, &list, &failure), OK);
	server_becomes(&(struct server) { .address = { "192.0.2.2" }, .asked = 1 });
	assert_int_equal(ask(&r, "node1", LONG_MS, &list, &failure), OK);
	assert_string_equal(list.address[0], "192.0.2.2");
	assert_asked(2);
	resolver_close(&r);
}

static void test_a_known_address_outlives_the_name_server(void **state)
{
	struct resolver r = { 0 };
	struct address_list list;
	struct pg_failure failure;
	(void)state;
	assert_int_equal(ask(&r, "node1", LONG_MS, &list, &failure), OK);
	static const int failures[] = { EAI_AGAIN, EAI_FAIL, EAI_NONAME };
	for (unsigned i = 0; i < ARRAY_LEN(failures); i++) {
		server_becomes(&(struct server) { .failure = failures[i] });
		assert_int_equal(ask(&r, "node1", LONG_MS, &list, &failure), OK);
		assert_string_equal(list.address[0], "192.0.2.1");
	}
	assert_true(r.told);
	server_becomes(&(struct server) { .address = { "192.0.2.2" } });
	assert_int_equal(ask(&r, "node1", LONG_MS, &list, &failure), OK);
	assert_false(r.told);
	resolver_close(&r);
}

static void
test_with_a_known_address_a_silent_name_server_takes_a_part_of_the_time_once(void **state)
{
	struct resolver r = { 0 };
	struct address_list list;
	struct pg_failure failure;
	(void)state;
	assert_int_equal(ask(&r, "node1", LONG_MS, &list, &failure), OK);
	make_silent("192.0.2.1");
	struct instant first = clock_now();
	assert_int_equal(ask(&r, "node1", LONG_MS, &list, &failure), OK);
	struct instant second = clock_now();
	assert_in_range(ms_between(first, second), LONG_MS / 4, LONG_MS / 2 * slowness());
	for (int i = 0; i < 10; i++)
		assert_int_equal(ask(&r, "node1", LONG_MS, &list, &failure), OK);
	assert_true(ms_between(second, clock_now()) < LONG_MS / 4 * slowness());
	assert_string_equal(list.address[0], "192.0.2.1");
	assert_asked(2);
	resolver_close(&r);
}

static void test_another_name_waits_for_the_helper_and_never_gets_the_others_addresses(void **state)
{
	struct resolver r = { 0 };
	struct address_list list;
	struct pg_failure failure;
	(void)state;
	assert_int_equal(ask(&r, "node1", LONG_MS, &list, &failure), OK);
	make_silent("192.0.2.1");
	assert_int_equal(ask(&r, "other", SHORT_MS, &list, &failure), ERR_TIMEOUT);
	assert_int_equal(ask(&r, "third", SHORT_MS, &list, &failure), ERR_TIMEOUT);
	assert_asked(2);
	make_silent("192.0.2.3");
	sem_post(&go);
	sem_post(&go);
	assert_int_equal(ask(&r, "third", LONG_MS, &list, &failure), OK);
	assert_string_equal(list.address[0], "192.0.2.3");
	assert_string_equal(server_now().last_host, "third");
	assert_asked(3);
	resolver_close(&r);
}

static void test_a_stop_waits_for_no_name_server(void **state)
{
	struct resolver r = { 0 };
	struct address_list list;
	struct pg_failure failure;
	struct doorbell stop;
	struct error err;
	(void)state;
	make_silent("192.0.2.1");
	assert_int_equal(doorbell_open(&stop, &err), OK);
	doorbell_ring(&stop);
	struct pg_wait wait = { instant_add_ms(clock_now(), 10 * LONG_MS), stop.fd };
	struct instant asked = clock_now();
	assert_int_equal(resolver_ask(&r, "node1", &wait, &list, &failure), ERR_STOPPED);
	resolver_close(&r); /* while the helper still uses what it was given */
	assert_true(ms_between(asked, clock_now()) < LONG_MS);
	doorbell_close(&stop);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_a_name_has_its_addresses_in_their_order_up_to_the_bound),
		TEST(test_a_name_without_address_is_unreachable),
		TEST(test_a_silent_name_server_is_a_timeout_and_its_late_answer_is_used),
		TEST(test_each_connection_asks_anew_since_a_node_may_move),
		TEST(test_a_known_address_outlives_the_name_server),
		TEST(test_with_a_known_address_a_silent_name_server_takes_a_part_of_the_time_once),
		TEST(test_another_name_waits_for_the_helper_and_never_gets_the_others_addresses),
		TEST(test_a_stop_waits_for_no_name_server),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
