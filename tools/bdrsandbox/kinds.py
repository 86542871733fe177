# SPDX-License-Identifier: PostgreSQL
"""The kinds of replication that a sandbox can have.

Each has: server, the major version; config, lines of postgresql.conf; metadata, the SQL that makes repmgr's tables;
bin(), where the server's programs are;
install(session, node), what a node needs by itself; subscribe(node, peer), to receive what is written on peer;
enable(node, peer, wanted), switches that on and off; status(node), [(name, "replicating" or else)].
"""
from .logical import Logical
from .pglogical import Pglogical
from .standin import StandIn

KINDS = {
    "pglogical": Pglogical(),
    "logical": Logical("18"),
    "logical17": Logical("17"),
    "bdr": StandIn(),
}
