# SPDX-License-Identifier: PostgreSQL
story P2 cut from B
layout two
on_no_quorum wait
at 5000 links P2 and B are cut for 20000
expect commands 0 moves 1 alive 0 harm 0 outage 3500
