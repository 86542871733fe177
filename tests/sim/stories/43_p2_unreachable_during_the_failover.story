# SPDX-License-Identifier: PostgreSQL
story P2 unreachable during the failover
layout two
on_no_quorum wait
at 4500 links P2 and A are cut for 12000
at 4500 links P2 and B are cut for 12000
at 5000 server B crashes for 30000
expect commands 0-1 moves 1 alive 0 harm 0 outage 30000
