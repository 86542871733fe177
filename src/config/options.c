/* SPDX-License-Identifier: PostgreSQL */
#include "options.h"

#include "bdrmon/lookup.h"

#include <limits.h>
#include <string.h>

#define SECOND INT64_C(1000)
#define MINUTE (60 * SECOND)
#define HOUR   (60 * MINUTE)
#define DAY    (24 * HOUR)
#define KB     INT64_C(1024)
#define MB     (1024 * KB)
#define TB     (1024 * 1024 * MB)

/* Offset and size of a field; the compiler refuses a field of another type.
 * NOLINTBEGIN(bugprone-macro-parentheses): a type cannot stand in any. */
#define FIELD_OF(holder, type, field)                                                              \
	_Generic(((holder *)0)->field, type : offsetof(holder, field)), sizeof(((holder *)0)->field)
/* NOLINTEND(bugprone-macro-parentheses) */
#define FIELD(type, field)         FIELD_OF(struct config, type, field)
#define NODE_FIELD(type, field)    FIELD_OF(struct node_config, type, field)
#define ARBITER_FIELD(type, field) FIELD_OF(struct arbiter_config, type, field)
#define PROXY_FIELD(type, field)   FIELD_OF(struct pgbouncer_config, type, field)

#define BOOL(field)                TYPE_BOOL, FIELD(bool, field), 0, 1, NULL
#define COUNT(field, min, max)     TYPE_COUNT, FIELD(int, field), min, max, NULL
#define DURATION(field, min, max)  TYPE_DURATION, FIELD(int64_t, field), min, max, NULL
#define SIZE(field, min, max)      TYPE_SIZE, FIELD(int64_t, field), min, max, NULL
#define CHOICE(type, field, words) TYPE_CHOICE, FIELD(type, field), 0, 0, words
#define TEXT(field, min)           TYPE_TEXT, FIELD(char *, field), min, 0, NULL
#define CONNINFO(field)            TYPE_CONNINFO, FIELD(char *, field), 1, 0, NULL
#define COMMAND(field)             TYPE_COMMAND, FIELD(char *, field), 0, 0, NULL
#define OUTCOMES_OF(field)         TYPE_OUTCOMES, FIELD(outcome_set, field), 0, 0, NULL
#define EVENTS(field)              TYPE_EVENTS, FIELD(event_set, field), 0, 0, NULL

#define NODE_COUNT(field, min, max) TYPE_COUNT, NODE_FIELD(int, field), min, max, NULL
#define NODE_TEXT(field, min)       TYPE_TEXT, NODE_FIELD(char *, field), min, 0, NULL
#define NODE_CONNINFO(field)        TYPE_CONNINFO, NODE_FIELD(char *, field), 1, 0, NULL

#define ARBITER_TEXT(field, min) TYPE_TEXT, ARBITER_FIELD(char *, field), min, 0, NULL
#define ARBITER_CONNINFO(field)  TYPE_CONNINFO, ARBITER_FIELD(char *, field), 1, 0, NULL

#define PROXY_TEXT(field, min)     TYPE_TEXT, PROXY_FIELD(char *, field), min, 0, NULL
#define PROXY_CONNINFO(field, min) TYPE_CONNINFO, PROXY_FIELD(char *, field), min, 0, NULL

static const char *const no_quorum_words[] = { "act", "wait", NULL };
static const char *const failback_words[] = { "manual", "auto", NULL };
static const char *const local_words[] = { "node_id", "none", NULL };
static const char *const replication_words[] = {
	"auto", "bdr", "pglogical", "logical", "spock", NULL,
};
static const char *const facility_words[] = {
	"STDERR", "USER",   "DAEMON", "LOCAL0", "LOCAL1", "LOCAL2",
	"LOCAL3", "LOCAL4", "LOCAL5", "LOCAL6", "LOCAL7", NULL,
};
static const char *const level_words[] = {
	"DEBUG", "INFO", "NOTICE", "WARNING", "ERROR", "ALERT", "CRIT", "EMERG", NULL,
};

const struct option options[] = {
	{ "", "node_id", COUNT(node[0].id, 1, INT_MAX), "1", REQUIRED | EXAMPLE | FIXED,
	  "number of the local node" },
	{ "", "node_name", TEXT(node[0].name, 1), "node1", REQUIRED | EXAMPLE | FIXED,
	  "name of the local node" },
	{ "", "conninfo", CONNINFO(node[0].conninfo),
	  "host=node1 dbname=bdrtest user=repmgr connect_timeout=2", REQUIRED | EXAMPLE,
	  "how to connect to the local node, from both hosts" },
	{ "", "data_directory", TEXT(node[0].data_directory, 0), "/var/lib/postgresql/data",
	  EXAMPLE, "data directory of the local node" },
	{ "", "replication_type",
	  CHOICE(enum replication_type, replication_type, replication_words), "bdr", 0,
	  "kind of replication between the nodes; auto and bdr: whichever the database has" },
	{ "", "location", TEXT(node[0].location, 0), "default", 0,
	  "where the local node is, a text of your choice" },
	{ "", "priority", COUNT(node[0].priority, 0, INT_MAX), "100", 0,
	  "priority of the local node, as repmgr.nodes records it" },

	{ "", "event_notification_command", COMMAND(command),
	  "/path/to/bdr-pgbouncer.sh %n %e %s \"%c\" \"%a\" >> /tmp/bdr-failover.log 2>&1", EXAMPLE,
	  "command to run for an event; %n node, %e event, %s success, %t time, %d details, %c "
	  "conninfo and %a name of the next node" },
	{ "", "event_notifications", EVENTS(notify), "bdr_failover, bdr_recovery", EXAMPLE,
	  "events to run the command for, separated by commas; empty: all that repmgr has; none: "
	  "no event" },

	{ "", "monitor_interval_secs", DURATION(probe.interval_ms, 100, HOUR), "2s", SHARED,
	  "time from one probe of a node to the next" },
	{ "", "reconnect_attempts", COUNT(failover.reconnect_attempts, 1, 100), "6", SHARED,
	  "attempts to reach a node again before it counts as failed" },
	{ "", "reconnect_interval", DURATION(failover.reconnect_interval_ms, 0, HOUR), "10s",
	  SHARED, "time between these attempts" },
	{ "", "bdr_recovery_timeout", DURATION(failover.bdr_recovery_timeout_ms, 0, DAY), "30s", 0,
	  "how long a failed node may be up until the log warns that it has not recovered; 0: for "
	  "ever" },

	{ "", "log_level", CHOICE(enum log_level, log_level, level_words), "INFO", 0,
	  "least severity to log" },
	{ "", "log_file", TEXT(log_file, 0), "/var/log/bdrmon/bdrmon.log", EXAMPLE,
	  "file to log to; empty: standard error" },
	{ "", "log_facility", CHOICE(enum log_facility, log_facility, facility_words), "STDERR", 0,
	  "where to log to: STDERR or a facility of syslog" },
	{ "", "log_status_interval", DURATION(log_status_interval_ms, 0, DAY), "300s", 0,
	  "time between two lines in the log that tell the state; 0: none" },

	{ "", "bdr_local_monitoring_only", BOOL(failover.local_only), "off", 0,
	  "act on a failure of the local node only" },
	{ "", "repmgrd_pid_file", TEXT(pid_file, 0), "", FIXED,
	  "file for the number of the daemon's process" },

	{ "cluster", "name", TEXT(cluster, 1), "repmgr", EXAMPLE | FIXED | SHARED,
	  "name of the cluster; default: this file's name without directory and ending" },
	{ "cluster", "monitors", TEXT(monitors, 0), "", SHARED,
	  "names of all monitors, separated by commas; default: the two nodes' names" },

	{ "monitor", "name", TEXT(monitor, 1), "node1", EXAMPLE | FIXED,
	  "name of this monitor; default: node_name, or the host's name if local is none" },
	{ "monitor", "local", CHOICE(bool, local_none, local_words), "node_id", FIXED,
	  "node_id: the node described above runs on this host; none: neither node does, and both "
	  "have a section [node NAME]" },
	{ "monitor", "domain", TEXT(domain, 0), "", 0,
	  "what fails together with this monitor: a node's name, if it is on that node's host, or "
	  "a "
	  "word of your choice; default: node_name, or the monitor's name if local is none" },
	{ "monitor", "state_directory", TEXT(state_directory, 1), "/var/lib/bdrmon", FIXED,
	  "directory for what must outlive a restart; under systemd the default is "
	  "StateDirectory" },
	{ "monitor", "runtime_directory", TEXT(runtime_directory, 1), "/run/bdrmon", FIXED,
	  "directory for the control socket; under systemd the default is RuntimeDirectory" },

	{ "probe", "timeout", DURATION(probe.timeout_ms, 100, MINUTE), "2s", SHARED,
	  "time for one probe, all its steps together; a smaller connect_timeout in conninfo "
	  "counts" },
	{ "probe", "fresh_connection_interval",
	  DURATION(probe.fresh_connection_interval_ms, 100, DAY), "60s", 0,
	  "time after which a probe connects anew, to see whether that still works" },
	{ "probe", "stale", DURATION(probe.stale_ms, 0, DAY), "0", SHARED,
	  "age at which an observation counts for nothing; 0: twice the longer one of "
	  "monitor_interval_secs and timeout, and timeout once more" },
	{ "probe", "write", BOOL(probe.write), "off", 0,
	  "probe with a committed write, too (pg_logical_emit_message; no table is needed)" },

	{ "failover", "fast_failover", BOOL(failover.fast), "off", SHARED,
	  "act as soon as the evidence is clear instead of after all attempts" },
	{ "failover", "on_no_quorum",
	  CHOICE(enum no_quorum, failover.on_no_quorum, no_quorum_words), "act", SHARED,
	  "what to do if nobody else can confirm the failure: act as repmgrd did, or wait" },
	{ "failover", "restart_grace", DURATION(failover.restart_grace_ms, 0, HOUR), "30s", SHARED,
	  "how long a node that says that it is starting or stopping does not count as failed" },
	{ "failover", "recovery_hold", DURATION(failover.recovery_hold_ms, 0, HOUR), "10s", SHARED,
	  "how long a node must be well without a break before it counts as recovered" },
	{ "failover", "tilt", DURATION(failover.tilt_ms, 100, HOUR), "2s", SHARED,
	  "a pause of the monitor itself longer than this: observe anew before acting" },
	{ "failover", "act_on", OUTCOMES_OF(failover.act_on), "", SHARED,
	  "faults of a node that answers which count as failures: denied, too-many-connections, "
	  "read-only, not-bdr" },
	{ "failover", "lease", DURATION(failover.lease_ms, 100, HOUR), "3s", SHARED,
	  "how long a claim lasts that its holder does not renew" },
	{ "failover", "recovery_max_lag", SIZE(failover.recovery_max_lag_bytes, 0, TB), "16MB",
	  SHARED, "how far behind the other one a node may be to count as recovered" },
	{ "failover", "failback", CHOICE(enum failback, failover.failback, failback_words),
	  "manual", SHARED,
	  "whether a proxy goes back to its home node by itself when nothing is wrong any more" },
	{ "failover", "max_failovers", COUNT(failover.max_failovers, 0, 1000), "3", SHARED,
	  "failures within max_failovers_within after which a further one waits for an operator; "
	  "0: no limit" },
	{ "failover", "max_failovers_within",
	  DURATION(failover.max_failovers_within_ms, SECOND, 30 * DAY), "1h", SHARED,
	  "the time in which max_failovers counts" },
	{ "failover", "early_pause", BOOL(failover.early_pause), "off", SHARED,
	  "PAUSE a proxy already when its node is suspect: applications wait, and are not turned "
	  "away" },
	{ "failover", "early_pause_max", DURATION(failover.early_pause_max_ms, 0, MINUTE), "5s",
	  SHARED, "how long early_pause may hold them back" },
	{ "failover", "keep_together", BOOL(failover.keep_together), "off", SHARED,
	  "move all proxies at once when a node has failed, and never one alone" },
	{ "failover", "retest", DURATION(failover.retest_ms, 10, MINUTE), "100ms", SHARED,
	  "the time that a node which has failed before gets for one more chance when a proxy is "
	  "moved, at least" },
	{ "failover", "write_window", DURATION(failover.write_window_ms, 10, MINUTE), "500ms",
	  SHARED, "how old a read of a proxy's file may be when it is written back" },

	{ "executor", "size", COUNT(executor.size, 1, 16), "4", 0,
	  "commands that run at the same time, at most" },
	{ "executor", "queue", COUNT(executor.queue, 1, 256), "64", 0,
	  "commands that wait, at most" },
	{ "executor", "deadline", DURATION(executor.deadline_ms, 100, DAY), "60s", SHARED,
	  "time for one command; then it is ended" },
	{ "executor", "kill_after", DURATION(executor.kill_after_ms, 100, 10 * MINUTE), "5s",
	  SHARED, "time from the signal TERM to the signal KILL" },
	{ "executor", "output_max", SIZE(executor.output_max_bytes, 0, 16 * MB), "64kB", 0,
	  "output of one command that goes to the log, at most" },
	{ "executor", "retries", COUNT(executor.retries, 0, 100), "3", 0,
	  "attempts after a command that exits with 75, or that could not be started" },

	{ "http", "listen", TEXT(http_listen, 0), "off", NO_EFFECT_YET,
	  "address and port of the page with state and metrics" },

	{ "node", "node_id", NODE_COUNT(id, 1, INT_MAX), "2", REQUIRED | EXAMPLE,
	  "number of this node" },
	{ "node", "conninfo", NODE_CONNINFO(conninfo),
	  "host=node2 dbname=bdrtest user=repmgr connect_timeout=2", REQUIRED | EXAMPLE,
	  "how to connect to this node" },
	{ "node", "location", NODE_TEXT(location, 0), "default", 0, "where this node is" },
	{ "node", "priority", NODE_COUNT(priority, 0, INT_MAX), "100", 0, "priority of this node" },

	{ "pgbouncer", "conninfo", PROXY_CONNINFO(conninfo, 1),
	  "host=bouncer1 port=6432 user=bdrmon dbname=pgbouncer", REQUIRED | EXAMPLE,
	  "how to connect to its admin console; the user is one of its admin_users" },
	{ "pgbouncer", "probe_conninfo", PROXY_CONNINFO(probe_conninfo, 0), "", 0,
	  "how to connect through it to a node, as applications do; the database is an alias, "
	  "whatever is said here; default: as conninfo" },
	{ "pgbouncer", "aliases", PROXY_TEXT(aliases, 1), "bdrtest", REQUIRED | EXAMPLE | SHARED,
	  "its databases, of those in section [databases], that are moved, separated by commas; "
	  "\"*\" is one, too" },
	{ "pgbouncer", "file", PROXY_TEXT(file, 1), "/etc/pgbouncer/databases.ini",
	  REQUIRED | EXAMPLE,
	  "the file that holds these aliases: its main one, or one that it "
	  "includes" },
	{ "pgbouncer", "ssh", PROXY_TEXT(ssh, 0), "", 0,
	  "[user@]host, if ssh leads to where the file lies" },
	{ "pgbouncer", "command", PROXY_TEXT(command, 0), "", 0,
	  "if something else leads there: what to write before a command that is to run there, "
	  "such as docker exec -i bouncer1; without this and ssh the file lies on this host" },
	{ "pgbouncer", "targets", PROXY_TEXT(targets, 0),
	  "node1=10.0.0.1:5432, node2=10.0.0.2:5432", EXAMPLE | SHARED,
	  "NODE=HOST:PORT, separated by commas: how it reaches the nodes; default: as bdrmon "
	  "does" },
	{ "pgbouncer", "home", PROXY_TEXT(home, 0), "node1", EXAMPLE | SHARED,
	  "the node that it goes back to when nothing is wrong any more, if failback is auto; "
	  "default: none" },
	{ "pgbouncer", "domain", PROXY_TEXT(domain, 0), "", SHARED,
	  "what fails together with it: a node's name, if it is on that node's host, or a word of "
	  "your choice; default: that of the node with the same host in conninfo, else the "
	  "host's name" },

	{ "arbiter", "conninfo", ARBITER_CONNINFO(conninfo),
	  "host=third dbname=bdrmon user=repmgr connect_timeout=2", REQUIRED | EXAMPLE,
	  "how to connect to its database, in which bdrmon keeps the table bdrmon.arbiter" },
	{ "arbiter", "domain", ARBITER_TEXT(domain, 0), "", SHARED,
	  "what fails together with it: a node's name, if it is on that node's host, or a word of "
	  "your choice; default: the arbiter's name" },
};

const size_t option_count = ARRAY_LEN(options);
_Static_assert(ARRAY_LEN(options) <= OPTIONS_MAX, "OPTIONS_MAX is too small");

const struct section sections[] = {
	{ "", NULL, "The local node and what repmgr knows of it" },
	{ "cluster", NULL, "The cluster as a whole" },
	{ "monitor", NULL, "This bdrmon" },
	{ "probe", NULL, "How the nodes are watched" },
	{ "failover", NULL, "When and how to act" },
	{ "executor", NULL, "How the notification command is run" },
	{ "http", NULL, "The page for people and for monitoring systems" },
	{ "node", "node2", "The other node, if repmgr.nodes does not know it yet" },
	{ "pgbouncer", "bouncer1", "A PgBouncer that bdrmon moves itself; at most 16" },
	{ "arbiter", "third",
	  "A third PostgreSQL that consents to one failover at a time; at most three" },
};

const size_t section_count = ARRAY_LEN(sections);

const struct option *option_find(const char *section, const char *name)
{
	for (size_t i = 0; i < option_count; i++) {
		if (strcmp(options[i].section, section) == 0 && strcmp(options[i].name, name) == 0)
			return &options[i];
	}
	return NULL;
}

const struct option *option_find_anywhere(const char *name)
{
	for (size_t i = 0; i < option_count; i++) {
		if (strcmp(options[i].name, name) == 0)
			return &options[i];
	}
	return NULL;
}

const struct section *section_find(const char *name)
{
	for (size_t i = 0; i < section_count; i++) {
		if (strcmp(sections[i].name, name) == 0)
			return &sections[i];
	}
	return NULL;
}
