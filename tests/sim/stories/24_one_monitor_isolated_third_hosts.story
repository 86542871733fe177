# SPDX-License-Identifier: PostgreSQL
story one monitor isolated (third hosts)
layout away
on_no_quorum wait
at 5000 host C is isolated for 20000
expect commands 0 moves 0 alive 0 harm 0 outage 0
