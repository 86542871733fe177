# SPDX-License-Identifier: PostgreSQL
story node B flaps 6 times
layout two
on_no_quorum wait
max_failovers 3
at 5000 server B crashes for 3000
at 17000 server B crashes for 3000
at 29000 server B crashes for 3000
at 41000 server B crashes for 3000
at 53000 server B crashes for 3000
at 65000 server B crashes for 3000
expect commands 1-3 moves 1-6 alive 0 harm 0 outage 300
