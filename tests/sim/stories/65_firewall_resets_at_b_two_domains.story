# SPDX-License-Identifier: PostgreSQL
story firewall resets at B, two domains
layout on_nodes
on_no_quorum wait
at 5000 firewall on B resets everybody for 20000
expect commands 0 moves 0-1 alive 0 harm 0 outage 25000
