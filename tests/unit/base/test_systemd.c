/* SPDX-License-Identifier: PostgreSQL */
#include "bdrmon/systemd.h"

#include "bdrmon/clock.h"
#include "bdrmon/lookup.h"

#include <fcntl.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

/* What systemd has: a datagram socket, at a path or at an abstract name. */
static int listen_at(const char *name)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	size_t length = strlen(name);
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	assert_true(fd >= 0);
	memcpy(address.sun_path, name, length);
	if (name[0] == '@')
		address.sun_path[0] = '\0';
	assert_int_equal(bind(fd, (struct sockaddr *)&address,
			      (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length)),
			 0);
	return fd;
}

static void assert_received(int fd, const char *expected)
{
	char text[1024];
	ssize_t got = recv(fd, text, sizeof text - 1, 0);
	assert_true(got >= 0);
	text[got] = '\0';
	assert_string_equal(text, expected);
}

static void open_with(struct systemd *systemd, const char *name)
{
	struct error err;
	setenv("NOTIFY_SOCKET", name, 1);
	assert_int_equal(systemd_open(systemd, &err), OK);
}

static void test_what_is_sent_arrives_at_a_path_and_at_an_abstract_name(void **state)
{
	char directory[] = "/tmp/bdrmon-systemd-XXXXXX", names[2][64];
	(void)state;
	assert_non_null(mkdtemp(directory));
	snprintf(names[0], sizeof names[0], "%s/notify", directory);
	snprintf(names[1], sizeof names[1], "@bdrmon-test-%d", (int)getpid());
	for (unsigned i = 0; i < ARRAY_LEN(names); i++) {
		struct systemd systemd;
		int fd = listen_at(names[i]);
		open_with(&systemd, names[i]);
		assert_true(systemd_notify(&systemd, "READY=1\nSTATUS=watches"));
		assert_received(fd, "READY=1\nSTATUS=watches");
		assert_true(systemd_status(&systemd, "one\nWATCHDOG=trigger\n"));
		assert_received(fd, "STATUS=one WATCHDOG=trigger");
		assert_int_equal(fcntl(systemd.fd, F_GETFD), FD_CLOEXEC);
		systemd_close(&systemd);
		close(fd);
	}
	unlink(names[0]);
	rmdir(directory);
}

static void test_a_reload_says_when_it_began(void **state)
{
	struct systemd systemd;
	int64_t us;
	char text[128];
	int fd = listen_at("@bdrmon-test-reload");
	(void)state;
	open_with(&systemd, "@bdrmon-test-reload");
	int64_t before = clock_now().us;
	assert_true(systemd_reloading(&systemd));
	ssize_t got = recv(fd, text, sizeof text - 1, 0);
	assert_true(got > 0);
	text[got] = '\0';
	assert_int_equal(sscanf(text, "RELOADING=1\nMONOTONIC_USEC=%" SCNd64, &us), 1);
	assert_in_range(us, before, clock_now().us);
	systemd_close(&systemd);
	close(fd);
}

static void test_a_systemd_that_does_not_read_is_not_waited_for(void **state)
{
	struct systemd systemd;
	unsigned sent = 0;
	int fd = listen_at("@bdrmon-test-full");
	(void)state;
	open_with(&systemd, "@bdrmon-test-full");
	while (systemd_notify(&systemd, "WATCHDOG=1"))
		assert_in_range(++sent, 0, 1000000);
	assert_received(fd, "WATCHDOG=1");
	assert_true(systemd_notify(&systemd, "READY=1"));
	systemd_close(&systemd);
	close(fd);
}

static void test_without_systemd_nothing_is_done(void **state)
{
	struct systemd systemd;
	struct error err;
	(void)state;
	setenv("WATCHDOG_USEC", "30000000", 1);
	assert_int_equal(systemd_open(&systemd, &err), OK);
	assert_int_equal(systemd.fd, -1);
	assert_true(systemd_notify(&systemd, "READY=1"));
	assert_int_equal(systemd_watchdog_us(&systemd), 0);
	systemd_close(&systemd);
}

static void test_a_systemd_that_is_gone_does_no_harm(void **state)
{
	struct systemd systemd;
	(void)state;
	open_with(&systemd, "/nowhere/notify");
	assert_false(systemd_notify(&systemd, "READY=1"));
	systemd_close(&systemd);
}

static void test_an_address_of_another_kind_is_named(void **state)
{
	static char longer[200];
	const char *const names[] = { "vsock:2:1234", "relative", longer };
	struct systemd systemd;
	struct error err;
	(void)state;
	memset(longer, '/', sizeof longer - 1);
	for (unsigned i = 0; i < ARRAY_LEN(names); i++) {
		setenv("NOTIFY_SOCKET", names[i], 1);
		assert_int_equal(systemd_open(&systemd, &err), ERR_SYSTEM);
		assert_non_null(strstr(err.text, names[i]));
		assert_true(systemd_notify(&systemd, "READY=1"));
	}
}

static void test_the_watchdog_is_ours_only_if_its_pid_is(void **state)
{
	char own[16];
	snprintf(own, sizeof own, "%d", (int)getpid());
	const struct {
		const char *usec, *pid;
		int64_t expected;
	} cases[] = {
		{ "30000000", NULL, 30000000 },
		{ "30000000", own, 30000000 },
		{ "30000000", "1", 0 },
		{ "30000000", "", 0 },
		{ "0", own, 0 },
		{ "-5", NULL, 0 },
		{ "5s", NULL, 0 },
		{ "99999999999999999999", NULL, 0 },
		{ NULL, own, 0 },
	};
	struct systemd systemd;
	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(cases); i++) {
		if (cases[i].usec != NULL)
			setenv("WATCHDOG_USEC", cases[i].usec, 1);
		if (cases[i].pid != NULL)
			setenv("WATCHDOG_PID", cases[i].pid, 1);
		open_with(&systemd, "@bdrmon-test-watchdog");
		assert_int_equal(systemd_watchdog_us(&systemd), cases[i].expected);
		systemd_close(&systemd);
	}
}

static void test_no_child_inherits_what_was_for_us(void **state)
{
	struct systemd systemd;
	(void)state;
	setenv("WATCHDOG_USEC", "30000000", 1);
	setenv("WATCHDOG_PID", "1", 1);
	open_with(&systemd, "@bdrmon-test-env");
	assert_null(getenv("NOTIFY_SOCKET"));
	assert_null(getenv("WATCHDOG_USEC"));
	assert_null(getenv("WATCHDOG_PID"));
	systemd_close(&systemd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_sent_arrives_at_a_path_and_at_an_abstract_name),
		cmocka_unit_test(test_a_reload_says_when_it_began),
		cmocka_unit_test(test_a_systemd_that_does_not_read_is_not_waited_for),
		cmocka_unit_test(test_without_systemd_nothing_is_done),
		cmocka_unit_test(test_a_systemd_that_is_gone_does_no_harm),
		cmocka_unit_test(test_an_address_of_another_kind_is_named),
		cmocka_unit_test(test_the_watchdog_is_ours_only_if_its_pid_is),
		cmocka_unit_test(test_no_child_inherits_what_was_for_us),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
