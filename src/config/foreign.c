/* SPDX-License-Identifier: PostgreSQL */
#include "foreign.h"

#include "bdrmon/lookup.h"

#include <string.h>

/* Source: repmgr 4's manual, "Upgrading from repmgr 3.x". */
static const struct old_name old_names[] = {
	{ "cluster", "\"name\" in section [cluster]" },
	{ "node", "\"node_id\"" },
	{ "upstream_node", NULL },
	{ "master_response_timeout", "\"async_query_timeout\"" },
	{ "master_reponse_timeout", "\"async_query_timeout\"" }, /* repmgr 3's own spelling */
	{ "loglevel", "\"log_level\"" },
	{ "logfacility", "\"log_facility\"" },
	{ "logfile", "\"log_file\"" },
	{ "retry_promote_interval_secs", "\"primary_notification_timeout\"" },
};

/* Source: repmgr 4.4, configfile.c; the last lines are of other versions. */
static const char *const useless[] = {
	"archive_cleanup_command",
	"archive_ready_critical",
	"archive_ready_warning",
	"barman_config",
	"barman_host",
	"barman_server",
	"child_nodes_check_interval",
	"child_nodes_connected_include_witness",
	"child_nodes_connected_min_count",
	"child_nodes_disconnect_command",
	"child_nodes_disconnect_min_count",
	"child_nodes_disconnect_timeout",
	"election_rerun_interval",
	"failover_validation_command",
	"follow_command",
	"monitoring_history",
	"node_rejoin_timeout",
	"pg_basebackup_options",
	"pg_ctl_options",
	"primary_follow_timeout",
	"primary_notification_timeout",
	"primary_visibility_consensus",
	"promote_check_interval",
	"promote_check_timeout",
	"promote_command",
	"promote_delay",
	"recovery_min_apply_delay",
	"replication_lag_critical",
	"replication_lag_warning",
	"repmgrd_service_start_command",
	"repmgrd_service_stop_command",
	"repmgrd_standby_startup_timeout",
	"restore_command",
	"rsync_options",
	"service_promote_command",
	"service_reload_command",
	"service_restart_command",
	"service_start_command",
	"service_stop_command",
	"shutdown_check_timeout",
	"sibling_nodes_disconnect_timeout",
	"standby_disconnect_on_failover",
	"standby_follow_timeout",
	"standby_reconnect_timeout",
	"tablespace_mapping",
	"use_primary_conninfo_password",
	"use_replication_slots",
	"wal_receive_check_timeout",
	"witness_sync_interval",
	"always_promote",
	"standby_follow_restart",
	"witness_repl_nodes_sync_interval_secs",
};

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

static bool holds(const char *const *list, size_t length, const char *name)
{
	for (size_t i = 0; i < length; i++) {
		if (strcmp(list[i], name) == 0)
			return true;
	}
	return false;
}

const struct old_name *foreign_old_name(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(old_names); i++) {
		if (strcmp(old_names[i].name, name) == 0)
			return &old_names[i];
	}
	return NULL;
}

bool foreign_is_useless(const char *name)
{
	return holds(useless, ARRAY_LEN(useless), name);
}

bool foreign_is_event(const char *name)
{
	return holds(events, ARRAY_LEN(events), name);
}

void foreign_try_names(struct nearest *nearest)
{
	for (size_t i = 0; i < ARRAY_LEN(useless); i++)
		nearest_try(nearest, useless[i]);
	for (size_t i = 0; i < ARRAY_LEN(old_names); i++)
		nearest_try(nearest, old_names[i].name);
}

void foreign_try_events(struct nearest *nearest)
{
	for (size_t i = 0; i < ARRAY_LEN(events); i++)
		nearest_try(nearest, events[i]);
}
