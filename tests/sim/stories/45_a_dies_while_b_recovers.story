# SPDX-License-Identifier: PostgreSQL
story A dies while B recovers
layout two
on_no_quorum wait
at 5000 server B crashes for 5000
at 11500 server A crashes for 15000
expect commands 1-2 moves 3 alive 0 harm 0 outage 4500
