# SPDX-License-Identifier: PostgreSQL
story cut A and P1 from B and P2
layout two
on_no_quorum wait
at 5000 hosts A and P1 are an island for 20000
expect commands 0 moves 0 alive 0 harm 0 outage 0
