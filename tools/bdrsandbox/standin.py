# SPDX-License-Identifier: PostgreSQL
"""A stand-in for BDR 1: its catalog, over two nodes with pglogical. See standin/bdr--1.0.8-standin.sql."""
import shutil
from pathlib import Path

from .pglogical import Pglogical
from .session import Session

FILES = Path(__file__).parent / "standin"
EXTENSION_DIRECTORY = "usr/share/postgresql/15/extension"  # below Debian's own setting extension_destdir

SCHEMA = """
create extension bdr;
grant usage on schema bdr to repmgr;
grant select on all tables in schema bdr to repmgr;
"""

NODE = """
insert into bdr.bdr_nodes (node_sysid, node_timeline, node_dboid, node_status, node_name, node_local_dsn, node_seq_id)
    values (%s, 1, %s, 'r', %s, %s, %s)
"""


class StandIn(Pglogical):
    def install(self, session, node):
        super().install(session, node)
        # A copy that the server's account can read; the checkout may be closed to it.
        directory = node.home / "standin" / EXTENSION_DIRECTORY
        shutil.copytree(FILES, directory)
        session.query(f"set extension_destdir = '{node.home}/standin'")
        session.query(SCHEMA, timeout=20)
        # pglogical's apply stops at the name of a set that the other node does not have yet; BDR's does not.
        session.query("select pglogical.create_replication_set('repmgr'),"
                      " pglogical.create_replication_set('repmgr_insert_only', true, false, false, false)")

    def subscribe(self, node, peer):
        super().subscribe(node, peer)
        with Session(node.superuser_dsn()) as session:
            for each in (node, peer):
                [(sysid, _, dboid)] = each.sql("select * from bdr.bdr_get_local_nodeid()")
                session.query(NODE, [sysid, dboid, each.name, each.replication_dsn(), each.number])
