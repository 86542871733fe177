/* SPDX-License-Identifier: PostgreSQL */
#include "bdrmon/daemon.h"

#include "bdrmon/clock.h"
#include "bdrmon/control.h"
#include "bdrmon/lockfile.h"
#include "bdrmon/log.h"
#include "bdrmon/lookup.h"
#include "bdrmon/preflight.h"
#include "bdrmon/systemd.h"
#include "reload.h"
#include "signals.h"

#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The decider decides at least each DECIDE_AGAIN_MS; without a decision for this long it
 * hangs, and systemd's watchdog is not fed any more. */
#define DECIDER_HANGS_MS (10 * DECIDE_AGAIN_MS)

#define STATUS_MAX 1024

/* All that the main thread has. */
struct daemon {
	const struct daemon_options *options;
	struct config config; /* in force */
	struct control_facts facts;
	struct signals signals;
	struct systemd systemd;
	struct lockfile state_lock, pid_file;
	struct doorbell reload_wanted; /* by a client of the control socket */
	struct cluster *cluster;
	struct control *control;      /* NULL: there is none */
	struct instant next_status;   /* in the log */
	char told_status[STATUS_MAX]; /* to systemd */
};

/* ------------------------------------------------------------- before the start */

/* What is missing here does not stop the watch over the nodes. */
static void warn(const struct error *err, const char *consequence)
{
	log_write(LOG_LEVEL_WARNING, err->text, err->hint, "%s", consequence);
}

static enum status take_state_directory(struct daemon *d, struct error *err)
{
	char path[PATH_TEXT_MAX];
	struct strbuf out = STRBUF(path);

	strbuf_printf(&out, "%s/lock", d->config.state_directory);
	enum status st = preflight_directory(d->config.state_directory, err);
	if (st == OK)
		st = lockfile_take(&d->state_lock, path, err);
	if (st == ERR_TAKEN) {
		error_hint(err, "Give each monitor on this host a state_directory of its own in "
				"section [monitor].");
		return st;
	}
	if (st == OK)
		return OK;
	error_hint(err, "Set state_directory in section [monitor] to a directory of the monitor's "
			"user.");
	warn(err, "nothing will be remembered over a restart");
	return OK;
}

static enum status take_pid_file(struct daemon *d, struct error *err)
{
	const char *path = d->options->pid_file != NULL ? d->options->pid_file : d->config.pid_file;
	return path[0] == '\0' ? OK : lockfile_take(&d->pid_file, path, err);
}

static enum status check_descriptors(const struct daemon *d, struct error *err)
{
	struct descriptor_users users = {
		.workers = NODES,
		.commands = (unsigned)d->config.executor.size,
		.clients = CONTROL_CLIENTS_MAX,
	};
	return preflight_descriptors(preflight_descriptors_needed(&users), err);
}

static enum status open_log(const struct config *config, struct error *err)
{
	struct log_target target = { config->log_level, config->log_facility, config->log_file };
	return log_open(&target, err);
}

/* A monitor without control socket watches all the same. */
static void open_control(struct daemon *d)
{
	char path[PATH_TEXT_MAX];
	struct error err;

	enum status st = control_path(d->config.runtime_directory, path, &err);
	if (st == OK)
		st = control_start(path, d->cluster, &d->facts, &d->reload_wanted, &d->control,
				   &err);
	if (st != OK)
		warn(&err, "\"bdrmon status\" and the like cannot reach this monitor");
}

static void tell_facts(struct daemon *d, bool config_rejected)
{
	d->facts.config_rejected = config_rejected;
	COPY_TEXT(d->facts.cluster, d->config.cluster);
	COPY_TEXT(d->facts.monitor, d->config.monitor);
	if (d->control != NULL)
		control_tell(d->control, &d->facts);
}

static enum status open_all(struct daemon *d, struct error *err)
{
	enum status st;

	if (systemd_open(&d->systemd, err) != OK)
		warn(err, "systemd will not be told how the monitor is");
	if ((st = signals_open(&d->signals, err)) != OK || (st = open_log(&d->config, err)) != OK ||
	    (st = log_start(err)) != OK || (st = check_descriptors(d, err)) != OK ||
	    (st = take_state_directory(d, err)) != OK || (st = take_pid_file(d, err)) != OK ||
	    (st = doorbell_open(&d->reload_wanted, err)) != OK ||
	    (st = cluster_start(&d->config, d->options->ignore_repmgrd, &d->cluster, err)) != OK)
		return st;
	tell_facts(d, false);
	open_control(d);
	cluster_enter(); /* for the status */
	d->next_status = instant_add_ms(clock_now(), d->config.log_status_interval_ms);
	systemd_notify(&d->systemd, "READY=1");
	return OK;
}

/* False: a thread did not end. */
static bool close_all(struct daemon *d)
{
	bool all = true;

	systemd_notify(&d->systemd, "STOPPING=1");
	control_stop(d->control);
	if (d->cluster != NULL) {
		cluster_leave();
		all = cluster_stop(d->cluster);
	}
	doorbell_close(&d->reload_wanted);
	lockfile_release(&d->pid_file);
	lockfile_release(&d->state_lock);
	signals_close(&d->signals);
	systemd_close(&d->systemd);
	log_close();
	return all;
}

/* -------------------------------------------------------------- while it watches */

static void reload(struct daemon *d)
{
	struct error result, err;

	systemd_reloading(&d->systemd);
	log_notice("reading configuration file \"%s\" again", d->options->config_file);
	bool done = reload_config(d->options->config_file, &d->config, d->cluster, &result);
	/* The log's file may have been renamed whether or not its settings have changed. */
	if ((done ? open_log(&d->config, &err) : log_reopen(&err)) != OK)
		warn(&err, "the log stays where it was");
	tell_facts(d, !done);
	if (d->control != NULL)
		control_reloaded(d->control, done, result.text);
	systemd_notify(&d->systemd, "READY=1");
}

/* What there is to say in one line; and when the decider decided last. */
static struct instant describe(struct daemon *d, char status[STATUS_MAX])
{
	char text[REPORT_TEXT_MAX];
	struct strbuf out = STRBUF(text);
	struct cluster_sight sight;
	struct report report;

	control_report(d->cluster, &d->facts, &sight, &report);
	report_judge(&report, NULL);
	report_write(&report, FORMAT_NAGIOS, &out);
	text[strcspn(text, "|\n")] = '\0';
	copy_text(status, STATUS_MAX, text);
	return sight.made;
}

static void tell_status(struct daemon *d, struct instant now)
{
	char status[STATUS_MAX];
	struct instant decided = describe(d, status);

	if (strcmp(status, d->told_status) != 0 && systemd_status(&d->systemd, status))
		COPY_TEXT(d->told_status, status);
	if (ms_between(decided, now) < DECIDER_HANGS_MS)
		systemd_notify(&d->systemd, "WATCHDOG=1");
	if (d->config.log_status_interval_ms == 0 || instant_before(now, d->next_status))
		return;
	d->next_status = instant_add_ms(now, d->config.log_status_interval_ms);
	log_info("%s", status);
}

/* The status changes with time, too, and the watchdog wants to be fed. */
static struct instant next_round(const struct daemon *d)
{
	int64_t us = DECIDE_AGAIN_MS * 1000, watchdog_us = systemd_watchdog_us(&d->systemd) / 2;
	if (watchdog_us > 0 && watchdog_us < us)
		us = watchdog_us;
	return instant_add_us(clock_now(), us);
}

/* Wait for what concerns the main thread; false: the end. */
static bool wait_for_news(struct daemon *d)
{
	enum { SIGNALS, RELOAD };
	struct pollfd fds[] = {
		[SIGNALS] = { .fd = d->signals.fd, .events = POLLIN },
		[RELOAD] = { .fd = d->reload_wanted.fd, .events = POLLIN },
	};
	struct timespec rest;
	int signal = 0;

	ppoll(fds, ARRAY_LEN(fds), clock_rest(next_round(d), &rest), NULL);
	bool wanted = fds[RELOAD].revents != 0;
	if (wanted)
		doorbell_quiet(&d->reload_wanted);
	if (fds[SIGNALS].revents != 0)
		signal = signals_take(&d->signals);
	if (signal == SIGTERM || signal == SIGINT || signal == SIGQUIT) {
		log_notice("%s received, stopping", strsignal(signal));
		return false;
	}
	if (wanted || signal == SIGHUP)
		reload(d);
	tell_status(d, clock_now());
	return true;
}

enum status daemon_run(const struct config *config, const struct daemon_options *options,
		       struct error *err)
{
	struct daemon *d = calloc(1, sizeof *d);

	if (d == NULL)
		return error_set(err, ERR_SYSTEM, "out of memory");
	d->options = options;
	d->config = *config;
	d->signals.fd = d->reload_wanted.fd = -1;
	d->state_lock = d->pid_file = LOCKFILE_NONE;
	enum status st = open_all(d, err);
	while (st == OK && wait_for_news(d))
		continue;
	if (!close_all(d))
		_exit(st == OK ? EXIT_SUCCESS : EXIT_FAILURE);
	free(d);
	return st;
}

void daemon_log_report(const struct config_report *report)
{
	for (unsigned i = 0; i < report->count; i++) {
		const struct config_message *m = &report->message[i];
		log_write(m->severity == CONFIG_ERROR ? LOG_LEVEL_ERROR : LOG_LEVEL_WARNING, NULL,
			  m->hint, "%s", m->text);
	}
}
