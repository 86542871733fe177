# SPDX-License-Identifier: PostgreSQL
story P2 restarts with an old file after the recovery of B
layout two
on_no_quorum wait
at 5000 server B crashes for 6000
at 25000 proxy P2 restarts with an old file
expect commands 1 moves 1 alive 0 harm 0 outage 300
