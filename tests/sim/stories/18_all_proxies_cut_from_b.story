# SPDX-License-Identifier: PostgreSQL
story all proxies cut from B
layout both_on_b
on_no_quorum wait
at 5000 links P1 and B are cut for 20000
at 5000 links P2 and B are cut for 20000
expect commands 0 moves 2 alive 0 harm 0 outage 3500
