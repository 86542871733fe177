# SPDX-License-Identifier: PostgreSQL
story cut A-B, proxies on the node hosts, with act
layout on_nodes
on_no_quorum act
at 5000 links A and B are cut for 20000
expect commands 2 moves 0 alive 2 harm 0 outage 0
