/* SPDX-License-Identifier: PostgreSQL */
/* Settings that are wrong together, and where the border is. */
#include "config_file.h"

#include "bdrmon/lookup.h"

struct clash {
	const char *settings; /* behind MINIMUM */
	const char *says;     /* a part of the message; NULL: nothing is said */
};

static void each_border_belongs_to_what_is_right(void **state)
{
	(void)state;
	static const struct clash cases[] = {
		{ "[executor]\ndeadline=5s\nkill_after=5s\n", NULL },
		{ "[executor]\ndeadline=4999ms\n", "\"kill_after\" (5s, the default) is larger" },
		{ "[probe]\ntimeout=3s\n", NULL },
		{ "[probe]\ntimeout=3001ms\n", "\"timeout\" (3001ms, line 5) is larger than" },
		{ "[probe]\nstale=4s\n", NULL },
		{ "[probe]\nstale=3999ms\n", "\"stale\" (3999ms, line 5) is smaller than" },
		{ "[probe]\nstale=0\n", NULL },
		{ "[failover]\nretest=500ms\n", NULL },
		{ "[failover]\nretest=501ms\n", "\"retest\" (501ms, line 5) is larger than" },
		{ "[probe]\nfresh_connection_interval=2s\n", NULL },
		{ "[probe]\nfresh_connection_interval=1s\n",
		  "\"fresh_connection_interval\" (1s, line 5) is smaller than" },
		{ "[failover]\nrecovery_hold=2s\n", NULL },
		{ "[failover]\nrecovery_hold=1s\n", "\"recovery_hold\" (1s, line 5) is smaller" },
		{ "[failover]\ntilt=500ms\n", NULL },
		{ "[failover]\ntilt=499ms\n", "\"tilt\" is smaller than 500ms" },
		{ "reconnect_attempts=11\nreconnect_interval=60\n", NULL },
		{ "reconnect_attempts=12\nreconnect_interval=60\n", "more than 10 minutes" },
		{ "log_file=/a\nrepmgrd_pid_file=/b\n", NULL },
		{ "log_file=''\nrepmgrd_pid_file=''\n", NULL },
		{ "log_file=/a\nrepmgrd_pid_file=/a\n", "are the same file" },
		{ "log_file=/a\nlog_facility=STDERR\n", NULL },
		{ "log_file=''\nlog_facility=USER\n", NULL },
		{ "log_file=/a\nlog_facility=USER\n", "\"log_facility\" has no effect" },
		{ "bdr_local_monitoring_only=on\n", NULL },
		{ "event_notification_command=/x\nevent_notifications=bdr_failover\n", NULL },
		{ "event_notifications=bdr_failover\n", "has no effect without" },
	};
	static struct config config;
	static struct config_report report;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char text[1024];
		snprintf(text, sizeof text, MINIMUM "%s", cases[i].settings);
		read_text(text, &config, &report);
		if (cases[i].says == NULL ? report.count > 0 : !says(&report, cases[i].says))
			fail_msg("%s: %u messages, %s", cases[i].settings, report.count,
				 report.count > 0 ? report.message[0].text : "");
	}
}

static void nobody_is_warned_of_a_default(void **state)
{
	(void)state;
	static const char *const settings[] = {
		"monitor_interval_secs=15\n",   /* over recovery_hold */
		"monitor_interval_secs=5min\n", /* over fresh_connection_interval */
		"reconnect_attempts=100\n",     /* at 10 s */
		"repmgrd_pid_file=/run/x\nlog_facility=LOCAL0\n", /* no log_file */
	};
	static struct config config;
	static struct config_report report;

	for (size_t i = 0; i < ARRAY_LEN(settings); i++) {
		char text[1024];
		snprintf(text, sizeof text, MINIMUM "%s", settings[i]);
		assert_int_equal(read_text(text, &config, &report), OK);
		assert_int_equal(report.count, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_border_belongs_to_what_is_right),
		cmocka_unit_test(nobody_is_warned_of_a_default),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
