# SPDX-License-Identifier: PostgreSQL
story freeze of B
layout two
on_no_quorum wait
at 5000 server B freezes for 20000
expect commands 1 moves 1 alive 0 harm 0 outage 3500
