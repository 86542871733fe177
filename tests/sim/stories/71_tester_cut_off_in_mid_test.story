# SPDX-License-Identifier: PostgreSQL
story tester cut off in mid-test
layout two
on_no_quorum wait
at 5000 links P1 and A are cut for 6000
at 5000 links P2 and A are cut for 6000
at 5100 links P1 and B are cut for 6000
expect commands 0 moves 0-2 alive 0 harm 0 outage 16000
