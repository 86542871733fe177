# SPDX-License-Identifier: PostgreSQL
story too many connections on A, then B dies
layout two
on_no_quorum wait
at 4000 server A is full for 20000
at 5000 server B crashes for 20000
expect commands 1 moves 0-1 alive 0 harm 0 outage 45000
