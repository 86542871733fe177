# SPDX-License-Identifier: PostgreSQL
story link P2-B flaps 8 times
layout two
on_no_quorum wait
at 5000 links P2 and B are cut for 4000
at 13000 links P2 and B are cut for 4000
at 21000 links P2 and B are cut for 4000
at 29000 links P2 and B are cut for 4000
at 37000 links P2 and B are cut for 4000
at 45000 links P2 and B are cut for 4000
at 53000 links P2 and B are cut for 4000
at 61000 links P2 and B are cut for 4000
expect commands 0 moves 1 alive 0 harm 0 outage 3500
