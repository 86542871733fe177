# SPDX-License-Identifier: PostgreSQL
story too many connections on B
layout two
on_no_quorum wait
at 5000 server B is full for 20000
expect commands 0 moves 0 alive 0 harm 0 outage 0
