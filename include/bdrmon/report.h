/* SPDX-License-Identifier: PostgreSQL */
/* report.h - what is known of the cluster, judged once and printed in several formats.
 * Each format is a loop over three field tables, for the monitor, a node and a proxy, so
 * that a new field is one row and stands in all of them. Pure.
 */
#ifndef BDRMON_REPORT_H
#define BDRMON_REPORT_H

#include "bdrmon/error.h"
#include "bdrmon/health.h"
#include "bdrmon/limits.h"
#include "bdrmon/probe_result.h"
#include "bdrmon/range.h"
#include "bdrmon/strbuf.h"

/* Nagios' states; their numbers are the exit codes. */
enum state { STATE_OK, STATE_WARNING, STATE_CRITICAL, STATE_UNKNOWN, STATES };

const char *state_name(enum state state); /* "CRITICAL" */

/* The replication, as this node says of itself; what it cannot say is NULL or -1. */
struct report_link {
	const char *kind; /* "pglogical"; NULL: none is known, and the rest says nothing */
	const char *in;   /* from the other node: "up", "down" */
	const char *out;  /* to the other node */
	/* What the other node has written, or has got, and this one has not. */
	int64_t lag_bytes, lag_ms;
	int64_t lag_max_bytes; /* more is worth a warning */
	const char *slot;      /* of what the other node lacks: "safe", "at risk", "lost" */
	int64_t conflicts;     /* counted so far */
	unsigned nodes;        /* of the replication, 0: cannot say */
};

/* A reason may hold an error's text, or all that is wrong with one proxy. */
#define REPORT_REASON_MAX  (ERROR_TEXT_MAX + REASON_MAX)
#define REPORT_PROBLEM_MAX (REPORT_REASON_MAX - NAME_TEXT_MAX - 16)

struct report_node {
	int id; /* 0: not known, and the rest says nothing */
	const char *name;
	struct probe_result result; /* the latest one */
	/* Only a monitor knows these: */
	enum health health;
	int64_t health_ms;   /* for how long */
	int64_t evidence_ms; /* age of the latest result's question */
	bool failed;         /* a failure is open, */
	const char *stage;   /* and recorded at this stage; NULL: none is */
	bool not_recordable; /* it lacks the table for failures */
	struct report_link link;
	const char *rule; /* that holds, and that would hold without a pause; NULL: none yet */
	const char *would;
};

/* Another monitor. */
struct report_peer {
	const char *name;
	bool silent;
	bool settings_differ;
};

struct report_arbiter {
	const char *name;
	bool silent;        /* it does not answer, */
	const char *reason; /* and why; empty: not known */
};

/* Can a proxy use the node that it points to? */
enum report_use { USE_UNKNOWN, USE_YES, USE_NO };

/* What a proxy sees of a node. */
struct report_sight {
	const char *node; /* its name; NULL: not known, and the rest says nothing */
	enum health health;
	int64_t age_ms; /* of the question behind it; -1: it has not been asked */
};

struct report_proxy {
	const char *name;
	const char *node; /* that it points to; NULL: not known */
	bool moving;
	bool silent;        /* its console does not answer, */
	const char *reason; /* and why; empty: it has not been asked yet */
	const char *rule;   /* that holds; NULL: none yet */
	enum report_use use;
	bool other_usable;       /* it could use the other node */
	bool wants_move;         /* the rule is to move it, */
	bool fenced;             /* and to take it off a node that may have old data */
	bool differs;            /* its file names the other node, and nobody is about to load it */
	bool one_eyed;           /* it has no probe aliases */
	const char *odd;         /* what is wrong with aliases or file; empty: nothing */
	const char *file_reason; /* why the file cannot be read or changed; empty: it can */
	const char *move_reason; /* how the last move failed; empty: it did not */
	uint64_t epoch;          /* in its file; 0: not known */
	unsigned moves;          /* so far */
	struct report_sight sees[NODES];
	/* what report_judge() has found: */
	enum state state;
	char problem[REPORT_PROBLEM_MAX]; /* what follows its name in a sentence; empty: none */
};

/* What there is to say of the monitor itself. */
struct report_monitor {
	bool here; /* false: no monitor was asked, and the rest says nothing */
	const char *name;
	int64_t uptime_ms;
	bool paused;
	int64_t pause_left_ms; /* -1: until the operator ends it */
	bool rival;            /* a repmgrd watches the same nodes */
	bool config_rejected;  /* the file was changed to a bad one, and an older one is in force */
	unsigned commands_waiting, commands_running, commands_failed;
	bool failover_pending; /* a failover's command is not done, or has failed */
	bool has_claim;        /* it acts just now, for all monitors */
	unsigned peers;
	struct report_peer peer[PEERS_MAX];
	unsigned arbiters;
	struct report_arbiter arbiter[ARBITERS_MAX];
};

/* Thresholds for the number of nodes that are down. */
struct report_limits {
	const char *warning_text, *critical_text; /* as the user wrote them */
	struct range warning, critical;
};

/* The defaults: a node down is a warning, both are critical. */
#define NODES_DOWN_WARNING  "0"
#define NODES_DOWN_CRITICAL "1"

/* Read the two ranges. Errors: ERR_CONFIG */
enum status report_limits_parse(const char *warning, const char *critical,
				struct report_limits *limits, struct error *err);

#define REASONS_MAX (48 + PROXIES_MAX)

struct report {
	const char *cluster;
	struct report_monitor monitor;
	bool monitor_wanted; /* that there is none here is worth a warning */
	struct report_node node[NODES];
	const char *missing; /* why a node is not known; may be NULL */
	unsigned proxies;    /* only a monitor knows of them */
	struct report_proxy proxy[PROXIES_MAX];
	/* what report_judge() has found: */
	struct report_limits limits;
	enum state state;
	unsigned nodes_up, nodes_down;
	unsigned proxies_off; /* that cannot use the node that they point to */
	unsigned reasons;
	char reason[REASONS_MAX][REPORT_REASON_MAX]; /* the gravest first */
};

/* Fill what has to be found from the rest. LIMITS may be NULL: the defaults. */
void report_judge(struct report *report, const struct report_limits *limits);

/* A report of nothing but the fact that there is none, for REASON. */
void report_unknown(struct report *report, const char *cluster, const char *reason);

/* Long enough for each format, and for an explanation. */
#define REPORT_TEXT_MAX (128 * 1024)

enum report_format {
	FORMAT_NAGIOS, /* one line with performance data, no longer than Nagios reads */
	FORMAT_TABLE,  /* for people, as psql and repmgr print tables */
	FORMAT_CSV,    /* the nodes, with a header; RFC 4180 */
	FORMAT_JSON,   /* one document, RFC 8259; null for what is not known */
	FORMATS
};

const char *report_format_name(enum report_format format); /* "json" */
bool report_format_by_name(const char *name, enum report_format *format);

void report_write(const struct report *report, enum report_format format, struct strbuf *out);

#endif
