/* SPDX-License-Identifier: PostgreSQL */
#include "foreign.h"

#include "bdrmon/lookup.h"

#include <string.h>

/* Source: repmgr 4's manual, "Upgrading from repmgr 3.x". Where repmgr 4's name is of no
 * use here either, the successor is ours. */
const struct old_name old_names[] = {
	{ "cluster", "\"name\" in section [cluster]" },
	{ "node", "\"node_id\"" },
	{ "upstream_node", NULL },
	{ "master_response_timeout", "\"timeout\" in section [probe]" },
	{ "master_reponse_timeout", "\"timeout\" in section [probe]" }, /* repmgr 3's spelling */
	{ "loglevel", "\"log_level\"" },
	{ "logfacility", "\"log_facility\"" },
	{ "logfile", "\"log_file\"" },
	{ "retry_promote_interval_secs", NULL },
};

/* Source: repmgr 4.4, configfile.c. Some of these are read in BDR mode, too, and do
 * nothing there that bdrmon has a use for. */
const struct useless_name useless_names[] = {
	{ "archive_cleanup_command", NULL },
	{ "archive_ready_critical", NULL },
	{ "archive_ready_warning", NULL },
	{ "async_query_timeout",
	  "For \"async_query_timeout\" see \"timeout\" in section [probe]." },
	{ "barman_config", NULL },
	{ "barman_host", NULL },
	{ "barman_server", NULL },
	{ "child_nodes_check_interval", NULL },
	{ "child_nodes_connected_include_witness", NULL },
	{ "child_nodes_connected_min_count", NULL },
	{ "child_nodes_disconnect_command", NULL },
	{ "child_nodes_disconnect_min_count", NULL },
	{ "child_nodes_disconnect_timeout", NULL },
	{ "config_directory", NULL },
	{ "connection_check_type", NULL },
	{ "degraded_monitoring_timeout", NULL },
	{ "election_rerun_interval", NULL },
	{ "failover", NULL },
	{ "failover_validation_command", NULL },
	{ "follow_command", NULL },
	{ "monitoring_history", NULL },
	{ "node_rejoin_timeout", NULL },
	{ "passfile", "For \"passfile\" write passfile=... into \"conninfo\"." },
	{ "pg_basebackup_options", NULL },
	{ "pg_bindir", NULL },
	{ "pg_ctl_options", NULL },
	{ "primary_follow_timeout", NULL },
	{ "primary_notification_timeout", NULL },
	{ "primary_visibility_consensus", NULL },
	{ "promote_check_interval", NULL },
	{ "promote_check_timeout", NULL },
	{ "promote_command", NULL },
	{ "promote_delay", NULL },
	{ "recovery_min_apply_delay", NULL },
	{ "replication_lag_critical", NULL },
	{ "replication_lag_warning", NULL },
	{ "replication_user", NULL },
	{ "repmgr_bindir", NULL },
	{ "repmgrd_service_start_command", NULL },
	{ "repmgrd_service_stop_command", NULL },
	{ "repmgrd_standby_startup_timeout", NULL },
	{ "restore_command", NULL },
	{ "rsync_options", NULL },
	{ "service_promote_command", NULL },
	{ "service_reload_command", NULL },
	{ "service_restart_command", NULL },
	{ "service_start_command", NULL },
	{ "service_stop_command", NULL },
	{ "shutdown_check_timeout", NULL },
	{ "sibling_nodes_disconnect_timeout", NULL },
	{ "ssh_options", NULL },
	{ "standby_disconnect_on_failover", NULL },
	{ "standby_follow_timeout", NULL },
	{ "standby_reconnect_timeout", NULL },
	{ "tablespace_mapping", NULL },
	{ "use_primary_conninfo_password", NULL },
	{ "use_replication_slots", NULL },
	{ "wal_receive_check_timeout", NULL },
	{ "witness_sync_interval", NULL },
	/* of other versions */
	{ "always_promote", NULL },
	{ "connection_check_query", NULL },
	{ "failover_delay", NULL },
	{ "reconnect_loop_sync", NULL },
	{ "repmgrd_exit_on_inactive_node", NULL },
	{ "standby_follow_restart", NULL },
	{ "witness_repl_nodes_sync_interval_secs", NULL },
};

const size_t old_name_count = ARRAY_LEN(old_names);
const size_t useless_name_count = ARRAY_LEN(useless_names);

/* Source: repmgr 4 and 5's manuals, "Event notifications"; master_register: repmgr 3. */
static const char *const events[] = {
	"bdr_register",
	"bdr_unregister",
	"child_node_disconnect",
	"child_node_new_connect",
	"child_node_reconnect",
	"child_nodes_disconnect_command",
	"cluster_cleanup",
	"cluster_created",
	"master_register",
	"node_rejoin",
	"primary_register",
	"primary_unregister",
	"repmgrd_failover_abort",
	"repmgrd_failover_aborted",
	"repmgrd_failover_follow",
	"repmgrd_failover_promote",
	"repmgrd_local_disconnect",
	"repmgrd_local_reconnect",
	"repmgrd_promote_error",
	"repmgrd_standby_reconnect",
	"repmgrd_upstream_disconnect",
	"repmgrd_upstream_reconnect",
	"standby_clone",
	"standby_disconnect_manual",
	"standby_failure",
	"standby_follow",
	"standby_promote",
	"standby_recovery",
	"standby_register",
	"standby_register_sync",
	"standby_switchover",
	"standby_unregister",
	"witness_register",
	"witness_unregister",
};

const struct old_name *foreign_old_name(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(old_names); i++) {
		if (strcmp(old_names[i].name, name) == 0)
			return &old_names[i];
	}
	return NULL;
}

const struct useless_name *foreign_useless(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(useless_names); i++) {
		if (strcmp(useless_names[i].name, name) == 0)
			return &useless_names[i];
	}
	return NULL;
}

static bool holds(const char *const *list, size_t length, const char *name)
{
	for (size_t i = 0; i < length; i++) {
		if (strcmp(list[i], name) == 0)
			return true;
	}
	return false;
}

bool foreign_is_include(const char *name)
{
	static const char *const directives[] = { "include", "include_dir", "include_if_exists" };
	return holds(directives, ARRAY_LEN(directives), name);
}

bool foreign_is_event(const char *name)
{
	return holds(events, ARRAY_LEN(events), name);
}

void foreign_try_names(struct nearest *nearest)
{
	for (size_t i = 0; i < ARRAY_LEN(useless_names); i++)
		nearest_try(nearest, useless_names[i].name);
	for (size_t i = 0; i < ARRAY_LEN(old_names); i++)
		nearest_try(nearest, old_names[i].name);
}

void foreign_try_events(struct nearest *nearest)
{
	for (size_t i = 0; i < ARRAY_LEN(events); i++)
		nearest_try(nearest, events[i]);
}
