# SPDX-License-Identifier: PostgreSQL
story holder killed, its command runs on
layout two
on_no_quorum wait
at 4000 commands take 5000 ms for 8000
at 4000 holder crashes in its command for 10000
at 5000 server B crashes for 30000
expect commands 2 moves 1 alive 0 harm 0 outage 300
