# SPDX-License-Identifier: PostgreSQL
"""What tools/qa/mutants is made of: `source` reads C, `tables` and `code` make mutants of it, `bench` tries them."""
