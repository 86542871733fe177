/* SPDX-License-Identifier: PostgreSQL */
/* config.h - the configuration as one value without pointers into anything
 * else: read once, checked as a whole, then copied in slices to who needs them.
 * Only config, runtime and cli know the whole; other folders get a slice.
 */
#ifndef BDRMON_CONFIG_H
#define BDRMON_CONFIG_H

#include "bdrmon/error.h"
#include "bdrmon/event.h"
#include "bdrmon/limits.h"
#include "bdrmon/log.h"
#include "bdrmon/probe_result.h"
#include "bdrmon/repl_kind.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* What the configuration says about one node: repmgr's keys for the local node,
 * a section [node NAME] for another one. */
struct node_config {
	int id; /* 0: this entry is not in use */
	char name[NAME_TEXT_MAX];
	char conninfo[CONNINFO_MAX];
	char data_directory[PATH_TEXT_MAX];
	char location[NAME_TEXT_MAX];
	int priority;
	int conninfo_line; /* where in the file, for messages */
};

/* A section [arbiter NAME]. */
struct arbiter_config {
	char name[NAME_TEXT_MAX];
	char conninfo[CONNINFO_MAX];
	char domain[NAME_TEXT_MAX]; /* empty: one of its own, of its name */
	int conninfo_line;          /* where in the file, for messages */
};

#define TARGETS_TEXT_MAX 1024
#define ALIASES_TEXT_MAX 2048

/* A section [pgbouncer NAME]: a proxy. */
struct pgbouncer_config {
	char name[NAME_TEXT_MAX];
	char conninfo[CONNINFO_MAX];       /* of its admin console */
	char probe_conninfo[CONNINFO_MAX]; /* of a client that asks through an alias; empty: as
					    * `conninfo', but for the database */
	char aliases[ALIASES_TEXT_MAX];    /* as written: see config_aliases() */
	char file[PATH_TEXT_MAX];          /* that holds them */
	char ssh[NAME_TEXT_MAX + PATH_TEXT_MAX]; /* [user@]host; empty: see `command' */
	char command[COMMAND_MAX];      /* before what is to run where the file lies; empty: here */
	char targets[TARGETS_TEXT_MAX]; /* as written: see config_target() */
	char home[NAME_TEXT_MAX];       /* the node where it belongs; empty: none */
	char domain[NAME_TEXT_MAX];     /* empty: by the host of `conninfo' */
	int conninfo_line, targets_line;
};

enum replication_type {
	REPLICATION_AUTO,
	REPLICATION_BDR,
	REPLICATION_PGLOGICAL,
	REPLICATION_LOGICAL,
	REPLICATION_SPOCK,
	REPLICATION_TYPES
};
enum no_quorum { NO_QUORUM_ACT, NO_QUORUM_WAIT };
enum failback { FAILBACK_MANUAL, FAILBACK_AUTO };

struct probe_config {
	int64_t interval_ms; /* monitor_interval_secs */
	int64_t timeout_ms;  /* for one probe, all its steps together */
	int64_t fresh_connection_interval_ms;
	int64_t stale_ms; /* 0 in the file: 2 x the longer one of the other two, + timeout */
	bool write;
};

struct failover_config {
	int reconnect_attempts;
	int64_t reconnect_interval_ms;
	int64_t restart_grace_ms;
	int64_t recovery_hold_ms;
	int64_t tilt_ms;
	bool fast;
	bool local_only;    /* bdr_local_monitoring_only: act on a failure of the local node only */
	outcome_set act_on; /* faults that count as failures */
	enum no_quorum on_no_quorum;
	int64_t lease_ms, recovery_max_lag_bytes, max_failovers_within_ms;
	int max_failovers; /* 0: no limit */
	int64_t retest_ms, write_window_ms;
	enum failback failback;
	bool keep_together;
	bool early_pause;
	int64_t early_pause_max_ms;
	int64_t bdr_recovery_timeout_ms; /* 0: never */
};

struct executor_config {
	int size;  /* threads */
	int queue; /* jobs that wait, at most */
	int64_t deadline_ms;
	int64_t kill_after_ms; /* from TERM to KILL */
	int retries;
	int64_t output_max_bytes; /* of one command's output to the log */
};

#define MONITOR_NAMES_MAX 512

struct config {
	char file[PATH_TEXT_MAX];
	char cluster[NAME_TEXT_MAX]; /* default: the file's base name */
	char monitor[NAME_TEXT_MAX]; /* default: node_name */
	enum replication_type replication_type;
	bool local_none;                  /* [monitor] local=none: on a third host */
	char monitors[MONITOR_NAMES_MAX]; /* as written: see config_monitors() */
	char domain[NAME_TEXT_MAX];       /* empty: the host's, of the local node or by itself */
	char http_listen[NAME_TEXT_MAX];  /* no effect yet */
	char state_directory[PATH_TEXT_MAX];
	char runtime_directory[PATH_TEXT_MAX]; /* of the control socket */
	char pid_file[PATH_TEXT_MAX];          /* empty: none */
	/* node[0] is the local node unless local_none; node[1].id is 0 if only
	 * repmgr.nodes knows the other one. */
	struct node_config node[NODES];
	unsigned arbiters;
	struct arbiter_config arbiter[ARBITERS_MAX];
	unsigned pgbouncers;
	struct pgbouncer_config pgbouncer[PROXIES_MAX];
	struct probe_config probe;
	struct failover_config failover;
	struct executor_config executor;
	char command[COMMAND_MAX]; /* event_notification_command; empty: none */
	event_set notify;          /* event_notifications; default: repmgr's events */
	enum log_level log_level;
	enum log_facility log_facility;
	char log_file[PATH_TEXT_MAX];   /* empty: stderr, or syslog by log_facility */
	int64_t log_status_interval_ms; /* 0: no such lines */
};

#define CONFIG_MESSAGES_MAX 50
#define CONFIG_TEXT_MAX     (PATH_TEXT_MAX + 2048) /* room for a list of many names */

enum config_severity { CONFIG_ERROR, CONFIG_WARNING };

/* One line about the file, "FILE:LINE: text", and a hint or an empty text. */
struct config_message {
	enum config_severity severity;
	char text[CONFIG_TEXT_MAX];
	char hint[ERROR_TEXT_MAX];
};

/* All that there is to say about one file. When there is more than fits, the last
 * message says so. */
struct config_report {
	unsigned errors, warnings, count;
	struct config_message message[CONFIG_MESSAGES_MAX];
};

/* Read and check the file PATH.
 *
 * config  written on OK only
 * report  always written: all errors and warnings at once, in the order of lines
 *
 * Errors:  ERR_SYSTEM  the file cannot be read; report holds the one message
 *          ERR_CONFIG  report->errors > 0
 * Threads: one at a time (inih's settings are global); the daemon's main thread.
 */
enum status config_read(const char *path, struct config *config, struct config_report *report);

/* The kind of replication to look for; REPL_NONE: whichever is there. That is so with auto,
 * and with bdr, which every file of repmgr 4 has: on a server without BDR it means that the
 * nodes were registered as such, and not what connects them. */
enum repl_kind config_repl_kind(const struct config *config);

/* The names of all monitors, this one too, as [cluster] monitors has them; gives their number,
 * 0: none are named, and then there is one for each node, of the same name. */
unsigned config_monitors(const struct config *config, char names[MONITORS_MAX][NAME_TEXT_MAX]);

/* The aliases of PROXY that are moved, as `aliases' has them; gives their number, which a
 * configuration that was read keeps within 1 .. ALIASES_MAX. */
unsigned config_aliases(const struct pgbouncer_config *proxy,
			char names[ALIASES_MAX][NAME_TEXT_MAX]);

/* Where PROXY reaches the node NODE, as `targets' has it: an IPv6 address without its brackets,
 * the port as text. False, and neither is written: nothing is said of this node, so the proxy
 * reaches it as bdrmon does. */
bool config_target(const struct pgbouncer_config *proxy, const char *node,
		   char host[TARGET_HOST_MAX], char port[TARGET_PORT_MAX]);

/* A hash over those settings that all monitors of a cluster should have alike. */
uint32_t config_shared_hash(const struct config *config);

/* Say whether a connection string can be read: ERR_CONFIG, and ERR tells why without
 * showing the string. Only libpq knows, which this folder does without. */
typedef enum status config_conninfo_fn(const char *conninfo, struct error *err);

/* As config_read(), for the report alone, with CHECK_CONNINFO asked about each node, proxy and
 * arbiter. */
enum status config_check(const char *path, config_conninfo_fn *check_conninfo,
			 struct config_report *report);

enum config_format { CONFIG_TEXT, CONFIG_JSON };

/* Read the file PATH as config_read() does, and if it is right write to OUT what each
 * option has come to and where that is from: a line of the file, the default, the
 * environment, or computed from others. Passwords are masked. Apart from that, CONFIG_TEXT
 * is a configuration that reads the same. */
enum status config_print(const char *path, enum config_format format, FILE *out,
			 struct config_report *report);

/* Give NEW the values of OLD for those options that cannot change in a running monitor,
 * and add a warning to REPORT for each one that differs. */
void config_keep_fixed(const struct config *old, struct config *new, struct config_report *report);

/* The file to use when none is given: the first that exists of
 * /etc/bdrmon/repmgr.ini, ./repmgr.ini and /etc/repmgr.conf; NULL if none does. */
const char *config_default_path(void);

/* Write a sample file, with each option, its default and its meaning. */
void config_sample(FILE *out);

/* Write the same as a document in Markdown, with the placeholders of the command and the
 * events; and what becomes of repmgr's other settings. */
void config_document(FILE *out);

#endif
