# SPDX-License-Identifier: PostgreSQL
story crash during recovery
layout two
on_no_quorum wait
at 5000 server B crashes for 5000
at 12000 server B crashes for 5000
expect commands 1 moves 1 alive 0 harm 0 outage 300
