# SPDX-License-Identifier: PostgreSQL
"""PostgreSQL's own logical replication, on servers newer than Debian's."""
import threading

from . import embedded

SCHEMA = "create publication pub_{name} for all tables"

# There is no extension repmgr for these servers; so these are its tables without it.
METADATA = """
create schema repmgr;
create table repmgr.nodes (node_id integer primary key, upstream_node_id integer references repmgr.nodes deferrable,
    active boolean not null default true, node_name text not null, type text not null,
    location text not null default 'default', priority integer not null default 100, conninfo text not null,
    repluser varchar(63) not null, slot_name text, config_file text not null);
create table repmgr.events (node_id integer not null, event text not null, successful boolean not null default true,
    event_timestamp timestamptz not null default current_timestamp, details text);
grant execute on function pg_replication_origin_create(text) to repmgr;
grant execute on function pg_replication_origin_session_setup(text) to repmgr;
grant execute on function pg_replication_origin_session_reset() to repmgr;
"""

SUBSCRIBE = """
create subscription sub_from_{peer} connection '{dsn}' publication pub_{peer} with (origin = none, copy_data = false)
"""


class Logical:
    config = ""
    metadata = METADATA

    def __init__(self, server):
        self.server = server
        self._one_at_a_time = threading.Lock()

    def bin(self):
        return embedded.bin_of(self.server)

    def install(self, session, node):
        session.query(SCHEMA.format(name=node.name), timeout=20)

    def subscribe(self, node, peer):
        """The new slot on the peer waits for the end of all transactions there, a subscription's among them: two of
        them at once would wait for each other."""
        with self._one_at_a_time:
            node.sql(SUBSCRIBE.format(peer=peer.name, dsn=peer.replication_dsn()), timeout=20)

    def enable(self, node, peer, wanted):
        node.sql(f"alter subscription sub_from_{peer.name} {'enable' if wanted else 'disable'}")

    def status(self, node):
        return node.sql("select subname, case when received_lsn is null then 'down' else 'replicating' end"
                        " from pg_stat_subscription")
