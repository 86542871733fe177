# SPDX-License-Identifier: PostgreSQL
story link A-B flaps 8 times
layout two
on_no_quorum wait
at 5000 links A and B are cut for 4000
at 13000 links A and B are cut for 4000
at 21000 links A and B are cut for 4000
at 29000 links A and B are cut for 4000
at 37000 links A and B are cut for 4000
at 45000 links A and B are cut for 4000
at 53000 links A and B are cut for 4000
at 61000 links A and B are cut for 4000
expect commands 0 moves 0 alive 0 harm 0 outage 0
