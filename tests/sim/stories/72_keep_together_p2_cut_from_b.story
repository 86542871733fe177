# SPDX-License-Identifier: PostgreSQL
story keep_together: P2 cut from B
layout two
on_no_quorum wait
keep_together on
at 5000 links P2 and B are cut for 20000
expect commands 0 moves 0 alive 0 harm 0 outage 40000
