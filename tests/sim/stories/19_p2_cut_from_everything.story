# SPDX-License-Identifier: PostgreSQL
story P2 cut from everything
layout two
on_no_quorum wait
at 5000 host P2 is isolated for 20000
expect commands 0 moves 0 alive 0 harm 0 outage 45000
