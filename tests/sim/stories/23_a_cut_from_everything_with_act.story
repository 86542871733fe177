# SPDX-License-Identifier: PostgreSQL
story A cut from everything, with act
layout two
on_no_quorum act
at 5000 host A is isolated for 20000
expect commands 1 moves 1 alive 0-1 harm 0 outage 3600
