# SPDX-License-Identifier: PostgreSQL
story the same with act
layout on_nodes
on_no_quorum act
at 5000 host B dies for 20000
expect commands 1 moves 1 alive 0 harm 0 outage 25000
