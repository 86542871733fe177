# SPDX-License-Identifier: PostgreSQL
story the same, routes crossed
layout crossed
on_no_quorum wait
at 5000 hosts A and P1 are an island for 20000
expect commands 0 moves 2 alive 0 harm 0 outage 3600
