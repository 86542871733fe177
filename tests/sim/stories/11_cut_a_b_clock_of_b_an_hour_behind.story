# SPDX-License-Identifier: PostgreSQL
story cut A-B, clock of B an hour behind
layout two
on_no_quorum wait
at 4000 clock of B jumps -3600000 ms
at 5000 links A and B are cut for 20000
expect commands 0 moves 0 alive 0 harm 0 outage 0
