# SPDX-License-Identifier: PostgreSQL
"""Replication by pglogical, on Debian's PostgreSQL 15."""
from pathlib import Path

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

    def enable(self, node, peer, wanted):
        verb = "enable" if wanted else "disable"
        node.sql(f"select pglogical.alter_subscription_{verb}(%s, true)", [f"sub_from_{peer.name}"])

    def status(self, node):
        """pglogical's own word on each subscription: it says replicating for a hung peer, too."""
        return node.sql("select subscription_name, status from pglogical.show_subscription_status()")
