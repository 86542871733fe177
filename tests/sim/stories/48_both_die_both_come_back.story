# SPDX-License-Identifier: PostgreSQL
story both die, both come back
layout two
on_no_quorum wait
at 5000 server A crashes for 5000
at 5000 server B crashes for 5000
expect commands 0 moves 0-1 alive 0 harm 0 outage 23000
