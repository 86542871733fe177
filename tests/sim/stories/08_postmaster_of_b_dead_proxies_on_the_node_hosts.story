# SPDX-License-Identifier: PostgreSQL
story postmaster of B dead, proxies on the node hosts
layout on_nodes
on_no_quorum wait
at 5000 server B crashes for 20000
expect commands 1 moves 1 alive 0 harm 0 outage 300
