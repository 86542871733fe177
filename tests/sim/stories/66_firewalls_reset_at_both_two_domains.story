# SPDX-License-Identifier: PostgreSQL
story firewalls reset at both, two domains
layout on_nodes
on_no_quorum wait
at 5000 firewall on B resets everybody for 20000
at 5000 firewall on A resets everybody for 20000
expect commands 0 moves 0 alive 0 harm 0 outage 0
