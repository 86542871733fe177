# SPDX-License-Identifier: PostgreSQL
story B cut from everything
layout two
on_no_quorum wait
at 5000 host B is isolated for 20000
expect commands 1 moves 1 alive 0-1 harm 0 outage 3500
