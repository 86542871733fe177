# SPDX-License-Identifier: PostgreSQL
story late ssh write
layout two
on_no_quorum wait
at 4000 ssh to P2 writes 4000 ms late for 20000
at 5000 links P2 and B are cut for 3500
expect commands 0 moves 0 alive 0 harm 0 outage 9000
