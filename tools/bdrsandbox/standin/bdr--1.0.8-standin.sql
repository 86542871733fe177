-- SPDX-License-Identifier: PostgreSQL
-- NOT BDR. A stand-in for tests of bdrmon: BDR 1 needs a patched PostgreSQL 9.4 that no distribution has any more. It
-- presents BDR 1's catalog, as measured on 1.0.8, over two nodes that pglogical really connects. What is not true of it:
-- a slot has pglogical's name; a new table is not replicated until table_set_replication_sets() says so; DDL travels
-- only through bdr_replicate_ddl_command(); connection_set_replication_sets() acts on the node where it is called.

create schema bdr;

-- Both nodes' rows are written by the sandbox.
create table bdr.bdr_nodes (
    node_sysid text not null, node_timeline oid not null, node_dboid oid not null, node_status "char" not null,
    node_name text, node_local_dsn text, node_init_from_dsn text, node_read_only boolean default false,
    node_seq_id smallint, primary key (node_sysid, node_timeline, node_dboid));

-- A table here, so that a test can count a conflict.
create table bdr.pg_stat_bdr (
    rep_node_id oid primary key, nr_commit bigint default 0, nr_insert_conflict bigint default 0,
    nr_update_conflict bigint default 0, nr_delete_conflict bigint default 0, nr_disconnect bigint default 0);
insert into bdr.pg_stat_bdr values (1);

create function bdr.bdr_version() returns text language sql immutable as $$ select '1.0.8-standin'::text $$;
create function bdr.bdr_version_num() returns integer language sql immutable as $$ select 10008 $$;

create function bdr.bdr_get_local_nodeid(out sysid text, out timeline oid, out dboid oid) language sql stable as $$
    select c.system_identifier::text, 1::oid, d.oid
        from pg_catalog.pg_control_system() c, pg_catalog.pg_database d where d.datname = current_database()
$$;

create function bdr.bdr_get_local_node_name() returns text language sql stable as $$
    select n.node_name from bdr.bdr_nodes n, bdr.bdr_get_local_nodeid() me
        where (n.node_sysid, n.node_timeline, n.node_dboid) = (me.sysid, me.timeline, me.dboid)
$$;

create function bdr.bdr_is_active_in_db() returns boolean language sql stable as $$
    select exists (select from bdr.bdr_nodes where node_name = bdr.bdr_get_local_node_name() and node_status = 'r')
$$;

-- BDR's own would be bdr_16386_7711203487023613920_1_16386__: the peer's subscription is named after this node.
create function bdr.bdr_format_slot_name(sysid text, timeline oid, dboid oid, local_dboid oid,
        replication_name name default '') returns name language sql stable as $$
    select pglogical.pglogical_gen_slot_name(d.datname, me.name::name, ('sub_from_' || me.name)::name)
        from pg_catalog.pg_database d, bdr.bdr_get_local_node_name() as me (name), bdr.bdr_nodes n
        where d.oid = $4 and (n.node_sysid, n.node_timeline, n.node_dboid) = ($1, $2, $3) and n.node_name <> me.name
$$;

create view bdr.bdr_node_slots as
    select n.node_name, s.slot_name, s.restart_lsn as slot_restart_lsn, s.confirmed_flush_lsn as slot_confirmed_lsn,
        s.active as walsender_active, s.active_pid as walsender_pid, r.sent_lsn as sent_location,
        r.write_lsn as write_location, r.flush_lsn as flush_location, r.replay_lsn as replay_location
    from bdr.bdr_nodes n cross join bdr.bdr_get_local_nodeid() me
    join pg_catalog.pg_replication_slots s
        on s.slot_name = bdr.bdr_format_slot_name(n.node_sysid, n.node_timeline, n.node_dboid, me.dboid)
    left join pg_catalog.pg_stat_replication r on r.pid = s.active_pid;

create function bdr.bdr_get_apply_pid(sysid text, timeline oid, dboid oid) returns integer language sql stable as $$
    select pid from pg_catalog.pg_stat_activity where application_name like 'pglogical apply %'
        and datname = current_database()
$$;

create function bdr.bdr_apply_is_paused() returns boolean language sql as $$ select false $$;

create function bdr.bdr_replicate_ddl_command(cmd text) returns void language sql as $$
    select pglogical.replicate_ddl_command(cmd, array['ddl_sql'])
$$;

create function bdr.table_get_replication_sets(relation regclass, out sets text[]) language sql stable as $$
    select coalesce(array_agg(regexp_replace(s.set_name::text, '_insert_only$', '') order by s.set_name), '{}')
        from pglogical.replication_set_table t join pglogical.replication_set s using (set_id)
        where t.set_reloid = relation
$$;

-- BDR lets a table without a primary key into each set, and replicates its inserts; pglogical wants another set for it.
create function bdr.pglogical_set_for(p_relation regclass, p_set text) returns name language sql stable as $$
    select (p_set || case when exists (select from pg_index where indrelid = p_relation and indisprimary)
        then '' else '_insert_only' end)::name
$$;

create function bdr.table_set_replication_sets(p_relation regclass, p_sets text[]) returns void language plpgsql as $$
declare
    wanted text;
begin
    foreach wanted in array bdr.table_get_replication_sets(p_relation) loop
        perform pglogical.replication_set_remove_table(bdr.pglogical_set_for(p_relation, wanted), p_relation);
    end loop;
    foreach wanted in array coalesce(p_sets, array['default']) loop
        if not exists (select from pglogical.replication_set where set_name = wanted) then
            perform pglogical.create_replication_set(wanted);
        end if;
        if not exists (select from pglogical.replication_set where set_name = wanted || '_insert_only') then
            perform pglogical.create_replication_set(wanted || '_insert_only', true, false, false, false);
        end if;
        perform pglogical.replication_set_add_table(bdr.pglogical_set_for(p_relation, wanted), p_relation);
    end loop;
end
$$;

create function bdr.connection_get_replication_sets(node_name text) returns text[] language sql stable as $$
    select sub_replication_sets from pglogical.subscription
$$;

create function bdr.connection_set_replication_sets(replication_sets text[], node_name text) returns void
language plpgsql as $$
begin
    perform pglogical.alter_subscription_add_replication_set(s.sub_name, wanted::name)
        from pglogical.subscription s,
            (select unnest(replication_sets) union select unnest(replication_sets) || '_insert_only') w (wanted)
        where exists (select from pglogical.replication_set where set_name = wanted) and node_name = bdr.bdr_get_local_node_name() and wanted <> all (s.sub_replication_sets);
end
$$;

-- What versions 9.4 to 9.6 call what is now pg_wal_ and pg_current_wal_.
create function pg_catalog.pg_current_xlog_location() returns pg_lsn language sql as $$
    select pg_catalog.pg_current_wal_lsn()
$$;
create function pg_catalog.pg_current_xlog_insert_location() returns pg_lsn language sql as $$
    select pg_catalog.pg_current_wal_insert_lsn()
$$;
create function pg_catalog.pg_xlog_location_diff(pg_lsn, pg_lsn) returns numeric language sql as $$
    select pg_catalog.pg_wal_lsn_diff($1, $2)
$$;
