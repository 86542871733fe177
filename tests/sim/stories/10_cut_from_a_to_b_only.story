# SPDX-License-Identifier: PostgreSQL
story cut from A to B only
layout two
on_no_quorum wait
at 5000 link A to B is cut for 20000
expect commands 0 moves 0 alive 0 harm 0 outage 0
