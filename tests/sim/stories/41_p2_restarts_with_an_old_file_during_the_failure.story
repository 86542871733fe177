# SPDX-License-Identifier: PostgreSQL
story P2 restarts with an old file during the failure of B
layout two
on_no_quorum wait
at 5000 server B crashes for 20000
at 9000 proxy P2 restarts with an old file
expect commands 1 moves 2-3 alive 0 harm 0 outage 4500
