# SPDX-License-Identifier: PostgreSQL
story B sends to nobody
layout two
on_no_quorum wait
at 5000 host B sends to nobody for 20000
expect commands 1 moves 1 alive 0-1 harm 0 outage 3500
