# SPDX-License-Identifier: PostgreSQL
story clock of A set by an hour, then crash of B
layout two
on_no_quorum wait
at 4000 clock of A jumps 3600000 ms
at 5000 server B crashes for 20000
expect commands 1 moves 1 alive 0 harm 0 outage 300
