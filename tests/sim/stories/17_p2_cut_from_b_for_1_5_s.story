# SPDX-License-Identifier: PostgreSQL
story P2 cut from B for 1.5 s
layout two
on_no_quorum wait
at 5000 links P2 and B are cut for 1500
expect commands 0 moves 0-1 alive 0 harm 0 outage 4500
