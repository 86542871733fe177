# SPDX-License-Identifier: PostgreSQL
story nothing reaches B
layout two
on_no_quorum wait
at 5000 nothing reaches host B for 20000
expect commands 1 moves 1 alive 0-1 harm 0 outage 3500
