# SPDX-License-Identifier: PostgreSQL
"""Replication by pglogical, on Debian's PostgreSQL 15."""
from pathlib import Path

from .session import Session

SCHEMA = """
create extension pglogical;
grant usage on schema pglogical to repmgr;
grant select on all tables in schema pglogical to repmgr;
select pglogical.create_node(node_name := 'node{number}', dsn := '{dsn}');
select pglogical.replication_set_add_all_tables('default', array['public']);
"""

SUBSCRIBE = """
select pglogical.create_subscription(subscription_name := 'sub_from_{peer}', provider_dsn := %s,
    replication_sets := array['default', 'default_insert_only', 'ddl_sql'],
    synchronize_structure := false, synchronize_data := false, forward_origins := '{{}}')
"""


class Pglogical:
    server = "15"
    metadata = "create extension repmgr;"
    config = """
shared_preload_libraries = 'pglogical'
pglogical.conflict_resolution = 'last_update_wins'
"""

    def bin(self):
        return Path("/usr/lib/postgresql/15/bin")

    def install(self, session, node):
        session.query(SCHEMA.format(number=node.number, dsn=node.replication_dsn()), timeout=20)

    def subscribe(self, node, peer):
        node.sql(SUBSCRIBE.format(peer=peer.name), [peer.replication_dsn()], timeout=20)

    def poke(self, node, peer):
        """By itself it may take 180 s after the peer's return. Two statements on purpose: in one transaction they
        cancel each other out."""
        with Session(node.superuser_dsn()) as session:
            session.query("select pglogical.alter_subscription_disable(%s, true)", [f"sub_from_{peer.name}"])
            session.query("select pglogical.alter_subscription_enable(%s, true)", [f"sub_from_{peer.name}"])

    def status(self, node):
        """pglogical's own word on each subscription: it says replicating for a hung peer, too."""
        return node.sql("select subscription_name, status from pglogical.show_subscription_status()")
