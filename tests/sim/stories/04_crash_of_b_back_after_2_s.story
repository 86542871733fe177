# SPDX-License-Identifier: PostgreSQL
story crash of B, back after 2 s
layout two
on_no_quorum wait
at 5000 server B crashes for 2000
expect commands 0-1 moves 1 alive 0 harm 0 outage 300
