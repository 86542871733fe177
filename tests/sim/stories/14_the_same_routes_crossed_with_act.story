# SPDX-License-Identifier: PostgreSQL
story the same, routes crossed, with act
layout crossed
on_no_quorum act
at 5000 hosts A and P1 are an island for 20000
expect commands 2 moves 2 alive 2 harm 0 outage 3600
