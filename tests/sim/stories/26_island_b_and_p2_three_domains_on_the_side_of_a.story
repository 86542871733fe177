# SPDX-License-Identifier: PostgreSQL
story island B and P2, three domains on the side of A
layout third
on_no_quorum wait
at 5000 hosts B and P2 are an island for 20000
expect commands 1 moves 0 alive 1 harm 0 outage 0
