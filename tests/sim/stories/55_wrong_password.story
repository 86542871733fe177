# SPDX-License-Identifier: PostgreSQL
story wrong password
layout two
on_no_quorum wait
at 5000 server B denies logins for 20000
expect commands 0 moves 0 alive 0 harm 0 outage 0
